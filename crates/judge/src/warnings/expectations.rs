//! Warnings about expectations that the settings of their case make impossible. A value that a metric can never have is
//! an error of the scenario instead.

use super::case_names::CaseNames;
use super::timing::usual_end;
use super::warning::PlacedMessage;
use precall_netem::LinkConfig;
use precall_netem::units::{Bitrate, format_duration};
use precall_results::{Expectation, ExpectedValue, Metric, Operator, ScoringProfile, Window};
use precall_scenario::plan::Case;

/// Warns of expectations that no run of their case can meet, or every run.
pub(super) fn check<'a>(cases: &[&'a Case]) -> Vec<PlacedMessage<'a>> {
    let mut found: Vec<(&'a Expectation, String, CaseNames)> = Vec::new();
    for case in cases {
        for expectation in &case.spec.expect {
            let Some(reason) = not_run(expectation, case)
                .or_else(|| outside_of_test(expectation, case))
                .or_else(|| above(expectation, case))
                .or_else(|| equal(expectation))
            else {
                continue;
            };
            let known = found.iter_mut().find(|(other, text, _)| other.source == expectation.source && *text == reason);
            match known {
                Some((.., names)) => names.add(case),
                None => found.push((expectation, reason, CaseNames::of(case))),
            }
        }
    }
    let said = found.into_iter().map(|(expectation, reason, names)| {
        let bound = format!("{} {} {}", expectation.metric.as_str(), expectation.operator.as_str(), expectation.value);
        (Some(&expectation.source), format!("`{bound}` {reason} ({names})"))
    });
    said.collect()
}

/// Explains that the metric is of a test that does not run.
fn not_run(expectation: &Expectation, case: &Case) -> Option<String> {
    let (test, name) = (&case.spec.test, expectation.metric.as_str());
    let is_of = |table: &str| name.strip_prefix(table).is_some_and(|rest| rest.starts_with('.'));
    let is_word = matches!(expectation.metric, Metric::VideoSupported | Metric::VideoReason);
    let setting = match () {
        () if is_of("connectivity") && !test.connectivity => "test.connectivity = false",
        () if (is_of("audio") || is_of("video") || is_of("quality")) && !test.quality => "test.quality = false",
        () if is_of("video") && !is_word && test.audio_only => "test.audioOnly = true",
        () => return None,
    };
    Some(format!("is never measured: the case has `{setting}`"))
}

/// Explains that the part of the test begins after its usual end.
fn outside_of_test(expectation: &Expectation, case: &Case) -> Option<String> {
    let from = match expectation.window? {
        Window::After(from) | Window::Between(from, _) => from,
        Window::Last(_) => return None,
    };
    let end = usual_end(case);
    (from >= end.as_secs_f64()).then(|| {
        format!("looks at a part that hardly ever comes: the test is usually over after {}", format_duration(end))
    })
}

/// Explains that the bound is above what the case can reach.
fn above(expectation: &Expectation, case: &Case) -> Option<String> {
    let (bound, needs_more) = match (expectation.operator, &expectation.value) {
        (Operator::GreaterOrEqual | Operator::Equal, value) => (number(value)?, false),
        (Operator::Greater, value) => (number(value)?, true),
        _ => return below(expectation, case),
    };
    let network = &case.spec.network;
    let is_over = |ceiling: f64| bound > ceiling || (needs_more && bound >= ceiling);
    match expectation.metric {
        Metric::VideoFrameRate => {
            let rate = case.spec.test.camera.frame_rate;
            is_over(f64::from(rate)).then(|| format!("can never be met: the camera gives {rate} frames per second"))
        }
        Metric::VideoRecommendedResolution if case.spec.test.scoring == ScoringProfile::Classic => {
            is_over(1280.0 * 720.0).then(|| "can never be met: classic scoring recommends 1280x720 at most".to_owned())
        }
        Metric::AudioBitrate | Metric::VideoBitrate | Metric::LinkUpBitrate | Metric::LinkDownBitrate => {
            let ceiling = ceiling(expectation.metric, case)?;
            let said = Bitrate::from_bits_per_second(ceiling as u64);
            is_over(ceiling).then(|| format!("can never be met: the link passes {said}"))
        }
        Metric::LinkUpPacketLossRatio | Metric::LinkDownPacketLossRatio => {
            let is_up = expectation.metric == Metric::LinkUpPacketLossRatio;
            let mut links = network.parts().map(|(_, up, down)| if is_up { up } else { down });
            (is_over(0.0) && links.all(loses_nothing)).then(|| "can never be met: the link drops nothing".to_owned())
        }
        _ => None,
    }
}

/// Explains that the bound is below the smallest value that the case can have.
fn below(expectation: &Expectation, case: &Case) -> Option<String> {
    if !matches!(expectation.operator, Operator::Less | Operator::LessOrEqual) {
        return None;
    }
    let bound = number(&expectation.value).filter(|_| expectation.metric == Metric::LinkRoundTripTime)?;
    let least = |link: &LinkConfig| (link.delay.saturating_sub(link.jitter)).as_secs_f64();
    let floor = case.spec.network.parts().map(|(_, up, down)| least(up) + least(down)).fold(f64::INFINITY, f64::min);
    (bound < floor).then(|| {
        let floor = format_duration(std::time::Duration::from_secs_f64(floor));
        format!("can never be met: the network's delay takes {floor} there and back")
    })
}

/// Returns the highest rate of the links during the test, in bit/s; `None` where nothing limits them.
fn ceiling(metric: Metric, case: &Case) -> Option<f64> {
    let rate = |link: &LinkConfig| link.nominal_rate().map(|rate| rate.bits_per_second() as f64);
    let parts = case.spec.network.parts().map(|(_, up, down)| {
        let (up, down) = (rate(up).unwrap_or(f64::INFINITY), rate(down).unwrap_or(f64::INFINITY));
        match metric {
            Metric::LinkUpBitrate => up,
            Metric::LinkDownBitrate => down,
            _ => up.min(down),
        }
    });
    let highest = parts.fold(0.0, f64::max);
    // The mean of a recorded rate says little about its best seconds.
    let is_recorded = case.spec.network.parts().any(|(_, up, down)| up.trace.is_some() || down.trace.is_some());
    (highest.is_finite() && !is_recorded).then_some(highest)
}

fn loses_nothing(link: &LinkConfig) -> bool {
    let loss = link.loss.map_or(0.0, |loss| loss.get());
    loss == 0.0
        && link.burst.is_none()
        && link.nominal_rate().is_none()
        && link.outages.is_empty()
        && link.blips.is_none()
}

/// Explains that a measured figure is almost never equal to a value.
fn equal(expectation: &Expectation) -> Option<String> {
    let is_measured = matches!(
        expectation.metric,
        Metric::AudioMos
            | Metric::VideoMos
            | Metric::AudioBitrate
            | Metric::VideoBitrate
            | Metric::VideoFrameRate
            | Metric::LinkRoundTripTime
            | Metric::LinkUpBitrate
            | Metric::LinkDownBitrate
    );
    (is_measured && expectation.operator == Operator::Equal)
        .then(|| "is met by chance alone: write `>=` or `<=` in front of it".to_owned())
}

fn number(value: &ExpectedValue) -> Option<f64> {
    match value {
        ExpectedValue::Number(number) | ExpectedValue::Seconds(number) => Some(*number),
        ExpectedValue::Ratio(ratio) => Some(ratio.get()),
        ExpectedValue::Bitrate(rate) => Some(rate.bits_per_second() as f64),
        ExpectedValue::Resolution { width, height } => Some(f64::from(*width) * f64::from(*height)),
        ExpectedValue::Boolean(_) | ExpectedValue::Text(_) => None,
    }
}
