//! The check of one expectation against the measurements.

use std::cmp::Ordering;

use crate::score::score_over;
use precall_netem::units::decimals_apart;
use precall_results::GroundTruth;
use precall_results::Sample;
use precall_results::{CheckedExpectation, FrameSize, Measured};
use precall_results::{Expectation, ExpectedValue, Metric, MetricValue, Operator, ReadMetric, ScoringProfile, Window};

/// Everything that an expectation can be checked against.
#[derive(Debug, Clone, Copy)]
pub(super) struct Evidence<'a> {
    pub measured: &'a Measured,
    pub samples: &'a [Sample],
    pub scoring: ScoringProfile,
    pub truth: &'a GroundTruth,
}

/// Returns the samples of a part of the test, with the sample at its beginning: figures are differences of counters.
fn window_of(samples: &[Sample], window: Window) -> Vec<Sample> {
    // Old recordings do not have the time since the network was applied; the time of the test is close to it.
    let seconds = |sample: &Sample| sample.network_seconds.or(sample.elapsed.map(|ms| ms / 1e3)).unwrap_or(0.0);
    let end = samples.last().map(seconds).unwrap_or(0.0);
    let (from, to) = match window {
        Window::After(from) => (from, f64::INFINITY),
        Window::Last(length) => (end - length, f64::INFINITY),
        Window::Between(from, to) => (from, to),
    };
    samples.iter().filter(|sample| seconds(sample) >= from && seconds(sample) <= to).cloned().collect()
}

/// Checks one expectation. A metric that was not measured meets no expectation.
pub(super) fn check(expectation: &Expectation, evidence: Evidence<'_>) -> CheckedExpectation {
    let value = match expectation.window {
        None => value_of(expectation.metric, evidence.measured, evidence.truth),
        Some(window) => {
            let quality = score_over(&window_of(evidence.samples, window), evidence.scoring);
            let measured = Measured { quality, ..Measured::default() };
            value_of(expectation.metric, &measured, evidence.truth)
        }
    };
    check_value(expectation, value)
}

/// Checks one expectation against a value.
pub(crate) fn check_value(expectation: &Expectation, value: Option<MetricValue>) -> CheckedExpectation {
    let passed = value.as_ref().is_some_and(|value| holds(expectation, value));
    CheckedExpectation {
        wanted: wanted(expectation),
        value: value.as_ref().and_then(|value| match value {
            MetricValue::Number(number) => Some(*number),
            MetricValue::Boolean(_) | MetricValue::Text(_) => None,
        }),
        got: value.map(|value| describe_for(expectation, &value)),
        passed,
        expectation: expectation.clone(),
    }
}

/// Returns what was measured of a metric; `None` when nothing was.
pub(super) fn value_of(metric: Metric, measured: &Measured, truth: &GroundTruth) -> Option<MetricValue> {
    match metric.row().read {
        ReadMetric::Reported(read) => read(measured),
        ReadMetric::Observed(read) => read(truth),
        // No expectation can name a metric of the whole case: its outcome follows from the expectations.
        ReadMetric::Case(_) | ReadMetric::CallOnly => None,
    }
}

/// Whether a value meets an expectation.
pub(super) fn holds(expectation: &Expectation, value: &MetricValue) -> bool {
    let ordering = match (&expectation.value, value) {
        (ExpectedValue::Boolean(wanted), MetricValue::Boolean(got)) => got.partial_cmp(wanted),
        (ExpectedValue::Number(wanted) | ExpectedValue::Seconds(wanted), MetricValue::Number(got)) => {
            got.partial_cmp(wanted)
        }
        (ExpectedValue::Ratio(wanted), MetricValue::Number(got)) => got.partial_cmp(&wanted.get()),
        (ExpectedValue::Bitrate(wanted), MetricValue::Number(got)) => {
            got.partial_cmp(&(wanted.bits_per_second() as f64))
        }
        (ExpectedValue::Text(wanted), MetricValue::Text(got)) => Some(got.cmp(wanted)),
        (ExpectedValue::Resolution { width, height }, MetricValue::Text(got)) => {
            return got.parse().is_ok_and(|got| size_holds(expectation.operator, got, (*width, *height)));
        }
        _ => None,
    };
    ordering.is_some_and(|ordering| ordering_holds(expectation.operator, ordering))
}

/// Whether a frame size meets an expectation. Sizes are ordered by their number of pixels, but two different sizes with
/// the same number are not equal.
fn size_holds(operator: Operator, got: FrameSize, (width, height): (u32, u32)) -> bool {
    let wanted = FrameSize { width, height };
    match operator {
        Operator::Equal => got == wanted,
        Operator::NotEqual => got != wanted,
        _ => ordering_holds(operator, got.pixels().cmp(&wanted.pixels())),
    }
}

/// Whether an operator allows this ordering of the measured value and the expected one.
fn ordering_holds(operator: Operator, ordering: Ordering) -> bool {
    match operator {
        Operator::Equal => ordering.is_eq(),
        Operator::NotEqual => ordering.is_ne(),
        Operator::Less => ordering.is_lt(),
        Operator::LessOrEqual => ordering.is_le(),
        Operator::Greater => ordering.is_gt(),
        Operator::GreaterOrEqual => ordering.is_ge(),
    }
}

fn wanted(expectation: &Expectation) -> String {
    let sign = match expectation.operator {
        Operator::Equal => "=",
        Operator::NotEqual => "!=",
        Operator::Less => "<",
        Operator::LessOrEqual => "<=",
        Operator::Greater => ">",
        Operator::GreaterOrEqual => ">=",
    };
    let value = &expectation.value;
    let aggregate = expectation.aggregate.map(|aggregate| format!("{aggregate} of ")).unwrap_or_default();
    let window = expectation.window.map(|window| format!(" {window}")).unwrap_or_default();
    format!("{aggregate}{} {sign} {value}{window}", expectation.name())
}

/// Returns a value of a metric with its unit.
pub(super) fn describe(metric: Metric, value: &MetricValue) -> String {
    match value {
        MetricValue::Boolean(value) => value.to_string(),
        MetricValue::Text(value) => value.clone(),
        MetricValue::Number(value) => match metric.unit().decimals() {
            Some(decimals) => metric.unit().write(*value, decimals),
            None => value.to_string(),
        },
    }
}

/// Returns a value that an expectation is checked against, with its unit and with enough decimals to show whether the
/// expectation is met, and to distinguish the value from the bound.
pub(super) fn describe_for(expectation: &Expectation, value: &MetricValue) -> String {
    let unit = expectation.metric.unit();
    let (MetricValue::Number(number), Some(usual)) = (value, unit.decimals()) else {
        return describe(expectation.metric, value);
    };
    let decimals = match bound(&expectation.value) {
        Some(bound) => decimals_apart(number * unit.per_unit(), bound * unit.per_unit(), usual),
        None => usual,
    };
    unit.write(*number, decimals)
}

/// Returns the number that a value is compared with, in the unit of the metric.
fn bound(value: &ExpectedValue) -> Option<f64> {
    match value {
        ExpectedValue::Number(wanted) | ExpectedValue::Seconds(wanted) => Some(*wanted),
        ExpectedValue::Ratio(wanted) => Some(wanted.get()),
        ExpectedValue::Bitrate(wanted) => Some(wanted.bits_per_second() as f64),
        ExpectedValue::Boolean(_) | ExpectedValue::Text(_) | ExpectedValue::Resolution { .. } => None,
    }
}

/// Returns the measured value in words; `None` when nothing was measured. The text is made from the number where there
/// is one, since older versions recorded a text that was rounded to the bound.
pub fn got_in_words(checked: &CheckedExpectation, measured: &Measured, truth: &GroundTruth) -> Option<String> {
    let expectation = &checked.expectation;
    let is_of_the_whole = expectation.window.is_none() && expectation.aggregate.is_none();
    let again = || match value_of(expectation.metric, measured, truth).filter(|_| is_of_the_whole) {
        Some(MetricValue::Number(number)) => Some(number),
        _ => None,
    };
    let got = checked.got.as_ref()?;
    let number = checked.value.or_else(again);
    Some(number.map_or_else(|| got.clone(), |number| describe_for(expectation, &MetricValue::Number(number))))
}

/// Returns two values of a metric, with enough decimals to distinguish them.
pub(super) fn describe_both(metric: Metric, a: &MetricValue, b: &MetricValue) -> (String, String) {
    let unit = metric.unit();
    match (a, b, unit.decimals()) {
        (MetricValue::Number(a), MetricValue::Number(b), Some(usual)) => {
            let decimals = decimals_apart(a * unit.per_unit(), b * unit.per_unit(), usual);
            (unit.write(*a, decimals), unit.write(*b, decimals))
        }
        _ => (describe(metric, a), describe(metric, b)),
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use precall_netem::units::{Bitrate, Ratio};
    use precall_results::LinkGroundTruth;
    use precall_results::{Phase, VideoCounters};

    /// Returns the samples of a test of 20 s in which video falls from 800 to 400 kbit/s after 10 s.
    fn samples() -> Vec<Sample> {
        let bytes = |second: u32| f64::from(second.min(10)) * 100e3 + f64::from(second.saturating_sub(10)) * 50e3;
        let sample = |second: u32| Sample {
            phase: Phase::AudioVideo,
            timestamp: f64::from(second) * 1e3,
            elapsed: Some(f64::from(second) * 1e3),
            limit: None,
            // The network was applied two seconds before the test began.
            network_seconds: Some(f64::from(second) + 2.0),
            audio: None,
            video: Some(VideoCounters {
                bytes_received: bytes(second),
                packets_received: f64::from(second) * 100.0,
                ..VideoCounters::default()
            }),
            available_outgoing_bitrate: None,
            quality_limitation_reason: None,
            simulcast: None,
        };
        (1..=20).map(sample).collect()
    }

    fn said(expect: &str) -> String {
        let text = format!(
            "[[case]]\nname = \"a\"\n[[case.network.step]]\nat = \"12 s\"\nrate = \"400 kbit/s\"\n[case.expect]\n{expect}"
        );
        let scenario = precall_scenario::parse(&text, Path::new("test.toml")).unwrap_or_else(|error| panic!("{error}"));
        let truth = GroundTruth {
            up: LinkGroundTruth {
                bitrate: Some(Bitrate::from_bits_per_second(612_345)),
                packet_loss_ratio: Ratio::new(0.021),
            },
            ..GroundTruth::default()
        };
        let measured = Measured::default();
        let evidence =
            Evidence { measured: &measured, samples: &samples(), scoring: ScoringProfile::Classic, truth: &truth };
        let lines = scenario.cases[0].expect.iter().map(|expectation| {
            let checked = check(expectation, evidence);
            format!("{}: {} {}", checked.wanted, checked.got.as_deref().unwrap_or("nothing"), checked.passed)
        });
        lines.collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn parts_of_a_test_and_link_metrics() {
        let all = [
            "video.bitrate = \"700..900 kbit/s in step 0\"",
            "video.bitrate = \"399..401 kbit/s in step 1\"",
            "video.bitrate = \"< 500 kbit/s last 5 s\"",
            "video.bitrate = \"> 500 kbit/s after 12 s\"",
            "video.bitrate = \"600 kbit/s between 7 s and 17 s\"",
            "video.packetLossRatio = \"< 1 % between 1 min and 2 min\"",
            "link.up.bitrate = \"<= 650 kbit/s\"",
            "link.up.packetLossRatio = \"1..3 %\"",
            "link.down.bitrate = \"> 1 kbit/s\"",
        ];
        insta::assert_snapshot!(all.map(said).join("\n"));
    }

    #[test]
    fn sizes_with_the_same_number_of_pixels_are_not_equal() {
        let holds = |operator, got| size_holds(operator, got, (640, 480));
        let (same, turned) = (FrameSize { width: 640, height: 480 }, FrameSize { width: 480, height: 640 });
        assert!(holds(Operator::Equal, same) && !holds(Operator::NotEqual, same));
        assert!(!holds(Operator::Equal, turned) && holds(Operator::NotEqual, turned));
        assert!(holds(Operator::GreaterOrEqual, turned) && holds(Operator::LessOrEqual, turned));
        assert!(!holds(Operator::Less, turned) && !holds(Operator::Greater, turned));
    }

    #[test]
    fn measured_values_are_distinguished_from_the_bound() {
        let shown = |expect: &str, value: f64| {
            let text = format!("[[case]]\nname = \"a\"\n[case.expect]\n{expect}");
            let scenario =
                precall_scenario::parse(&text, Path::new("test.toml")).unwrap_or_else(|error| panic!("{error}"));
            describe_for(&scenario.cases[0].expect[0], &MetricValue::Number(value))
        };
        let shown = [
            shown("audio.mos = \">= 3.8\"", 3.796),
            shown("audio.mos = \">= 3.8\"", 3.799_999),
            shown("audio.mos = \">= 3.8\"", 3.8),
            shown("audio.mos = \"< 3.8\"", 3.8),
            shown("audio.mos = \"== 3.8\"", 3.8004),
            shown("video.packetLossRatio = \"< 3 %\"", 0.030_001),
            shown("video.bitrate = \">= 1 Mbit/s\"", 999_990.0),
            shown("video.bitrate = \"< 400 kbit/s\"", 399_999.5),
            shown("video.frameRate = \"> 20\"", 20.04),
            shown("link.roundTripTime = \"<= 100 ms\"", 0.100_04),
        ];
        insta::assert_snapshot!(shown.join("\n"), @r"
        3.796
        3.799999
        3.80
        3.80
        3.8004
        3.0001 %
        999.99 kbit/s
        399.9995 kbit/s
        20.04 frames/s
        100.04 ms
        ");
    }
}
