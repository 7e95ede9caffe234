//! Rules between the cases of a matrix: a better network gives no worse report.

use std::collections::BTreeMap;

use crate::statistics::median;
use precall_netem::units::{Bitrate, Ratio, decimals_apart};
use precall_netem::{LinkConfig, NetworkConfig};
use precall_results::{CaseResult, Violation};

/// By how much a MOS may rise with loss and still be noise.
const MOS_NOISE: f64 = 0.2;

/// All repeats of a case.
struct Cell<'a> {
    id: String,
    name: &'a str,
    axes: &'a BTreeMap<String, String>,
    network: &'a NetworkConfig,
    cases: Vec<&'a CaseResult>,
}

/// Where more bandwidth lowers the advice, or more loss raises a MOS beyond noise. Cases are held against one another that
/// have one name and differ in one axis, which is their network's; of repeats the medians.
pub(super) fn violations(cases: &[CaseResult]) -> Vec<Violation> {
    let mut cells: Vec<Cell<'_>> = Vec::new();
    for case in cases.iter().filter(|case| case.measured.quality.is_some()) {
        match cells.iter_mut().find(|cell| cell.name == case.name && *cell.axes == case.axes) {
            Some(cell) => cell.cases.push(case),
            None => cells.push(Cell {
                id: id(case),
                name: &case.name,
                axes: &case.axes,
                network: &case.network,
                cases: vec![case],
            }),
        }
    }
    let pairs = cells.iter().flat_map(|better| cells.iter().map(move |worse| (better, worse)));
    pairs
        .filter(|(better, worse)| differ_in_one_axis(better, worse))
        .flat_map(|(better, worse)| broken(better, worse))
        .collect()
}

fn id(case: &CaseResult) -> String {
    let axes = case.axes.iter().map(|(axis, value)| format!("{axis}={value}"));
    Some(case.name.clone()).filter(|name| !name.is_empty()).into_iter().chain(axes).collect::<Vec<_>>().join(",")
}

fn differ_in_one_axis(a: &Cell<'_>, b: &Cell<'_>) -> bool {
    let is_same_set = a.axes.len() == b.axes.len() && a.axes.keys().eq(b.axes.keys());
    a.name == b.name && is_same_set && a.axes.iter().filter(|(axis, value)| b.axes[*axis] != **value).count() == 1
}

fn broken(better: &Cell<'_>, worse: &Cell<'_>) -> Vec<Violation> {
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

impl Cell<'_> {
    fn median(&self, figure: impl Fn(&CaseResult) -> Option<f64>) -> Option<f64> {
        median(&self.cases.iter().filter_map(|case| figure(case)).collect::<Vec<_>>())
    }

    /// What is recommended in the first of its repeats, in words.
    fn advice(&self) -> String {
        let video = self.cases.first().and_then(|case| case.measured.quality.as_ref()).map(|quality| &quality.video);
        video.and_then(|video| video.recommended_resolution.clone()).unwrap_or_else(|| "no video".to_owned())
    }
}

/// Pixels of what is recommended; none of unsupported video.
fn pixels(case: &CaseResult) -> Option<f64> {
    let video = &case.measured.quality.as_ref()?.video;
    let Some(size) = &video.recommended_resolution else { return Some(0.0) };
    let (width, height) = size.split_once('x')?;
    Some(width.parse::<f64>().ok()? * height.parse::<f64>().ok()?)
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
    // What changes on the way is another story.
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
            case.network.up.rate = Some(Bitrate::from_bits_per_second(kbit * 1000));
            let video = &mut case.measured.quality.as_mut().expect("a result").video;
            video.recommended_resolution = size.map(str::to_owned);
        })
    }

    fn at_loss(percent: f64, mos: f64) -> CaseResult {
        case(("loss", &percent.to_string()), |case| {
            case.network.up.loss = Ratio::new(percent / 100.0);
            case.measured.quality.as_mut().expect("a result").audio.mos = Some(mos);
        })
    }

    #[test]
    fn a_better_network_with_a_worse_report_is_found_and_both_cases_named() {
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
    fn what_differs_in_more_is_not_held_against_one_another() {
        let mut other = at_rate(900, None);
        other.network.down.loss = Ratio::new(0.2);
        assert_eq!(violations(&[at_rate(500, Some("320x240")), other]), []);
        let mut other = at_rate(900, None);
        other.axes.insert("sdk".to_owned(), "2.27.6".to_owned());
        assert_eq!(violations(&[at_rate(500, Some("320x240")), other]), []);
    }
}
