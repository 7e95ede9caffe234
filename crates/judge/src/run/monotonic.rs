//! Rules between the cases of a matrix: a better network must not give a worse report.

use crate::statistics::median;
use precall_netem::units::{Bitrate, Ratio, decimals_apart};
use precall_netem::{LinkConfig, NetworkConfig};
use precall_results::{CaseGroup, CaseGroups, CaseKey, CaseResult, FrameSize, Violation};

/// A MOS that rises with loss by no more than this is noise.
const MOS_NOISE: f64 = 0.2;

/// The repeats of a case with their network.
struct NetworkRepeats<'a> {
    id: String,
    key: &'a CaseKey,
    network: &'a NetworkConfig,
    cases: &'a [&'a CaseResult],
}

/// Returns the pairs of cases where more bandwidth lowers the recommendation, or more loss raises a MOS beyond noise.
/// Two cases are compared if they have the same name and differ in one axis, which is that of their network. Repeats
/// count by their medians.
pub(super) fn violations(cases: &[CaseResult]) -> Vec<Violation> {
    let groups = CaseGroups::of(cases.iter().filter(|case| case.measured.quality.is_some()));
    let groups: Vec<_> = groups.iter().filter_map(NetworkRepeats::of).collect();
    let pairs = groups.iter().flat_map(|better| groups.iter().map(move |worse| (better, worse)));
    pairs
        .filter(|(better, worse)| differ_in_one_axis(better.key, worse.key))
        .flat_map(|(better, worse)| contradictions(better, worse))
        .collect()
}

fn differ_in_one_axis(a: &CaseKey, b: &CaseKey) -> bool {
    let is_same_set = a.axes.len() == b.axes.len() && a.axes.keys().eq(b.axes.keys());
    a.name == b.name && is_same_set && a.axes.iter().filter(|(axis, value)| b.axes[*axis] != **value).count() == 1
}

fn contradictions(better: &NetworkRepeats<'_>, worse: &NetworkRepeats<'_>) -> Vec<Violation> {
    let violation = |rule: &str, detail: String| Violation {
        rule: rule.to_owned(),
        cases: (better.id.clone(), worse.id.clone()),
        detail,
    };
    let mut found = Vec::new();
    if has_more_bandwidth(better.network, worse.network)
        && let (Some(high), Some(low)) = (better.median(pixels), worse.median(pixels))
        && high < low
    {
        let detail =
            format!("more bandwidth, and {} is recommended where less gives {}", better.advice(), worse.advice());
        found.push(violation("bandwidth-lowers-advice", detail));
    }
    if has_less_loss(better.network, worse.network) {
        for (what, mos) in [("audio", audio_mos as fn(&CaseResult) -> Option<f64>), ("video", video_mos)] {
            if let (Some(of_better), Some(of_worse)) = (better.median(mos), worse.median(mos))
                && of_worse > of_better + MOS_NOISE
            {
                let decimals = decimals_apart(of_better, of_worse, 2);
                let detail =
                    format!("more loss, and the {what} MOS rises from {of_better:.decimals$} to {of_worse:.decimals$}");
                found.push(violation("loss-raises-mos", detail));
            }
        }
    }
    found
}

impl<'a> NetworkRepeats<'a> {
    fn of(group: &'a CaseGroup<'a>) -> Option<Self> {
        let network = &group.cases.first()?.network.requested;
        Some(Self { id: group.key.id(), key: &group.key, network, cases: &group.cases })
    }

    fn median(&self, figure: impl Fn(&CaseResult) -> Option<f64>) -> Option<f64> {
        median(&self.cases.iter().filter_map(|case| figure(case)).collect::<Vec<_>>())
    }

    /// Returns the resolution that the first of the repeats recommends.
    fn advice(&self) -> String {
        let video = self.cases.first().and_then(|case| case.measured.quality.as_ref()).map(|quality| &quality.video);
        video.and_then(|video| video.recommended_resolution.clone()).unwrap_or_else(|| "no video".to_owned())
    }
}

/// Returns the number of pixels of the recommended resolution; 0 when video is not supported.
fn pixels(case: &CaseResult) -> Option<f64> {
    let video = &case.measured.quality.as_ref()?.video;
    let Some(size) = &video.recommended_resolution else { return Some(0.0) };
    size.parse::<FrameSize>().ok().map(|size| size.pixels() as f64)
}

fn audio_mos(case: &CaseResult) -> Option<f64> {
    case.measured.quality.as_ref()?.audio.mos
}

fn video_mos(case: &CaseResult) -> Option<f64> {
    case.measured.quality.as_ref()?.video.mos
}

/// Whether a network has more rate in a direction, no less in the other, and all else alike.
fn has_more_bandwidth(a: &NetworkConfig, b: &NetworkConfig) -> bool {
    let rate = |link: &LinkConfig| link.rate.map_or(u64::MAX, Bitrate::bits_per_second);
    let like = |link: &LinkConfig| LinkConfig { rate: None, ..link.clone() };
    is_better(a, b, like, |a, b| rate(a) >= rate(b))
}

/// Whether a network loses less at random in a direction, no more in the other, and all else is alike.
fn has_less_loss(a: &NetworkConfig, b: &NetworkConfig) -> bool {
    let loss = |link: &LinkConfig| link.loss.map_or(0.0, Ratio::get);
    let like = |link: &LinkConfig| LinkConfig { loss: None, ..link.clone() };
    is_better(a, b, like, |a, b| loss(a) <= loss(b))
}

fn is_better(
    a: &NetworkConfig,
    b: &NetworkConfig,
    without: impl Fn(&LinkConfig) -> LinkConfig,
    is_no_worse: impl Fn(&LinkConfig, &LinkConfig) -> bool,
) -> bool {
    // Networks that change over time have no order.
    let is_steady = a.steps.is_empty() && b.steps.is_empty() && a != b;
    is_steady
        && without(&a.up) == without(&b.up)
        && without(&a.down) == without(&b.down)
        && is_no_worse(&a.up, &b.up)
        && is_no_worse(&a.down, &b.down)
}

#[cfg(test)]
mod tests {
    use super::*;
    use precall_results::RunResult;

    fn case(axis: (&str, &str), change: impl Fn(&mut CaseResult)) -> CaseResult {
        let run: RunResult =
            serde_json::from_str(include_str!("../../../../tests/fixtures/results.json")).expect("a recorded result");
        let mut case = run.cases.into_iter().next().expect("a case");
        case.axes = [("sdk", "2.35.2"), axis].map(|(axis, value)| (axis.to_owned(), value.to_owned())).into();
        change(&mut case);
        case
    }

    fn at_rate(kbit: u64, size: Option<&str>) -> CaseResult {
        case(("rate", &kbit.to_string()), |case| {
            case.network.requested.up.rate = Some(Bitrate::from_bits_per_second(kbit * 1000));
            let video = &mut case.measured.quality.as_mut().expect("a result").video;
            video.recommended_resolution = size.map(str::to_owned);
        })
    }

    fn at_loss(percent: f64, mos: f64) -> CaseResult {
        case(("loss", &percent.to_string()), |case| {
            case.network.requested.up.loss = Ratio::new(percent / 100.0);
            case.measured.quality.as_mut().expect("a result").audio.mos = Some(mos);
        })
    }

    #[test]
    fn worse_reports_on_better_networks_name_both_cases() {
        let good = [at_rate(500, Some("320x240")), at_rate(900, Some("640x480")), at_rate(900, None)];
        assert_eq!(violations(&good[..2]), []);
        let bad = [
            at_rate(500, Some("320x240")),
            at_rate(900, None),
            at_loss(0.0, 3.5),
            at_loss(5.0, 4.0),
            at_loss(2.0, 3.6),
        ];
        let found = violations(&bad);
        let lines: Vec<_> =
            found.iter().map(|v| format!("{}: {} and {}: {}", v.rule, v.cases.0, v.cases.1, v.detail)).collect();
        insta::assert_snapshot!(lines.join("\n"));
    }

    #[test]
    fn cases_that_differ_in_more_are_not_compared() {
        let mut other = at_rate(900, None);
        other.network.requested.down.loss = Ratio::new(0.2);
        assert_eq!(violations(&[at_rate(500, Some("320x240")), other]), []);
        let mut other = at_rate(900, None);
        other.axes.insert("sdk".to_owned(), "2.27.6".to_owned());
        assert_eq!(violations(&[at_rate(500, Some("320x240")), other]), []);
    }
}
