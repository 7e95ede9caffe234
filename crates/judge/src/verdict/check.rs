//! One expectation held against what was measured.

use std::cmp::Ordering;

use crate::score::score_over;
use precall_netem::units::decimals_apart;
use precall_results::Sample;
use precall_results::Truth;
use precall_results::{CheckedExpectation, Measured};
use precall_results::{Expectation, ExpectedValue, Metric, MetricValue, Operator, ReadMetric, ScoringProfile, Window};

/// All that an expectation can be held against.
#[derive(Debug, Clone, Copy)]
pub(super) struct Evidence<'a> {
    pub measured: &'a Measured,
    pub samples: &'a [Sample],
    pub scoring: ScoringProfile,
    pub truth: &'a Truth,
}

/// The samples of a part of the test. Counters grow, so the one at its beginning belongs to it.
fn window_of(samples: &[Sample], window: Window) -> Vec<Sample> {
    // Old records do not say how the network's time went; the test's own is near it.
    let seconds = |sample: &Sample| sample.network_seconds.or(sample.elapsed.map(|ms| ms / 1e3)).unwrap_or(0.0);
    let end = samples.last().map(seconds).unwrap_or(0.0);
    let (from, to) = match window {
        Window::After(from) => (from, f64::INFINITY),
        Window::Last(length) => (end - length, f64::INFINITY),
        Window::Between(from, to) => (from, to),
    };
    samples.iter().filter(|sample| seconds(sample) >= from && seconds(sample) <= to).cloned().collect()
}

/// Checks one expectation. Nothing measured never meets anything.
pub(super) fn check(expectation: &Expectation, evidence: Evidence<'_>) -> CheckedExpectation {
    let value = match expectation.window {
        None => value_of(expectation.metric, evidence.measured, evidence.truth),
        Some(window) => {
            let quality = score_over(&window_of(evidence.samples, window), evidence.scoring);
            let measured = Measured { quality, ..Measured::default() };
            value_of(expectation.metric, &measured, evidence.truth)
        }
    };
    let passed = value.as_ref().is_some_and(|value| holds(expectation, value));
    CheckedExpectation {
        wanted: wanted(expectation),
        value: value.as_ref().and_then(|value| match value {
            MetricValue::Number(number) => Some(*number),
            MetricValue::Boolean(_) | MetricValue::Text(_) => None,
        }),
        got: value.map(|value| held_in_words(expectation, &value)),
        passed,
        expectation: expectation.clone(),
    }
}

/// Returns what was measured of a metric; `None` when nothing was.
pub(super) fn value_of(metric: Metric, measured: &Measured, truth: &Truth) -> Option<MetricValue> {
    match metric.row().read {
        ReadMetric::Reported(read) => read(measured),
        ReadMetric::Observed(read) => read(truth),
        // No expectation can name a metric of the whole case: its outcome follows from the expectations.
        ReadMetric::Case(_) => None,
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
            pixels(got).map(|(w, h)| match (w, h) == (*width, *height) {
                true => Ordering::Equal,
                // Of two shapes with as many pixels neither is the other.
                false => (u64::from(w) * u64::from(h)).cmp(&(u64::from(*width) * u64::from(*height))),
            })
        }
        _ => None,
    };
    let Some(ordering) = ordering else { return false };
    match expectation.operator {
        Operator::Equal => ordering.is_eq(),
        Operator::NotEqual => ordering.is_ne(),
        Operator::Less => ordering.is_lt(),
        Operator::LessOrEqual => ordering.is_le(),
        Operator::Greater => ordering.is_gt(),
        Operator::GreaterOrEqual => ordering.is_ge(),
    }
}

fn pixels(resolution: &str) -> Option<(u32, u32)> {
    let (width, height) = resolution.split_once('x')?;
    Some((width.parse().ok()?, height.parse().ok()?))
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
    format!("{aggregate}{} {sign} {value}{window}", expectation.metric.as_str())
}

/// A value of a metric with its unit.
pub(super) fn in_words(metric: Metric, value: &MetricValue) -> String {
    match value {
        MetricValue::Boolean(value) => value.to_string(),
        MetricValue::Text(value) => value.clone(),
        MetricValue::Number(value) => match metric.unit().decimals() {
            Some(decimals) => metric.unit().write(*value, decimals),
            None => value.to_string(),
        },
    }
}

/// A value that an expectation is held against, with its unit and as many decimals as it takes to see whether it is met, and that it
/// is not the bound itself.
pub(super) fn held_in_words(expectation: &Expectation, value: &MetricValue) -> String {
    let unit = expectation.metric.unit();
    let (MetricValue::Number(number), Some(usual)) = (value, unit.decimals()) else {
        return in_words(expectation.metric, value);
    };
    let decimals = match bound(&expectation.value) {
        Some(bound) => decimals_apart(number * unit.per_unit(), bound * unit.per_unit(), usual),
        None => usual,
    };
    unit.write(*number, decimals)
}

/// The number that a value is held against, in the unit of the metric.
fn bound(value: &ExpectedValue) -> Option<f64> {
    match value {
        ExpectedValue::Number(wanted) | ExpectedValue::Seconds(wanted) => Some(*wanted),
        ExpectedValue::Ratio(wanted) => Some(wanted.get()),
        ExpectedValue::Bitrate(wanted) => Some(wanted.bits_per_second() as f64),
        ExpectedValue::Boolean(_) | ExpectedValue::Text(_) | ExpectedValue::Resolution { .. } => None,
    }
}

/// What was got, in words; `None` when nothing was. Said anew from the number where there is one: runs that an older precall recorded
/// have it rounded to the bound.
pub fn got_in_words(checked: &CheckedExpectation, measured: &Measured, truth: &Truth) -> Option<String> {
    let expectation = &checked.expectation;
    let is_of_the_whole = expectation.window.is_none() && expectation.aggregate.is_none();
    let again = || match value_of(expectation.metric, measured, truth).filter(|_| is_of_the_whole) {
        Some(MetricValue::Number(number)) => Some(number),
        _ => None,
    };
    let got = checked.got.as_ref()?;
    let number = checked.value.or_else(again);
    Some(number.map_or_else(|| got.clone(), |number| held_in_words(expectation, &MetricValue::Number(number))))
}

/// Two values of a metric with as many decimals as it takes to see that they differ.
pub(super) fn both_in_words(metric: Metric, a: &MetricValue, b: &MetricValue) -> (String, String) {
    let unit = metric.unit();
    match (a, b, unit.decimals()) {
        (MetricValue::Number(a), MetricValue::Number(b), Some(usual)) => {
            let decimals = decimals_apart(a * unit.per_unit(), b * unit.per_unit(), usual);
            (unit.write(*a, decimals), unit.write(*b, decimals))
        }
        _ => (in_words(metric, a), in_words(metric, b)),
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use precall_results::LinkTruth;
    use precall_results::{Phase, VideoCounters};

    /// A test of 20 s whose video falls from 800 to 400 kbit/s after 10 s.
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
        let truth =
            Truth { up: LinkTruth { bitrate: Some(612_345.0), packet_loss_ratio: Some(0.021) }, ..Truth::default() };
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
    fn parts_of_a_test_and_what_the_link_says() {
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
    fn what_was_got_shows_why_it_was_not_enough() {
        let told = |expect: &str, value: f64| {
            let text = format!("[[case]]\nname = \"a\"\n[case.expect]\n{expect}");
            let scenario =
                precall_scenario::parse(&text, Path::new("test.toml")).unwrap_or_else(|error| panic!("{error}"));
            held_in_words(&scenario.cases[0].expect[0], &MetricValue::Number(value))
        };
        let told = [
            told("audio.mos = \">= 3.8\"", 3.796),
            told("audio.mos = \">= 3.8\"", 3.799_999),
            told("audio.mos = \">= 3.8\"", 3.8),
            told("audio.mos = \"< 3.8\"", 3.8),
            told("audio.mos = \"== 3.8\"", 3.8004),
            told("video.packetLossRatio = \"< 3 %\"", 0.030_001),
            told("video.bitrate = \">= 1 Mbit/s\"", 999_990.0),
            told("video.bitrate = \"< 400 kbit/s\"", 399_999.5),
            told("video.frameRate = \"> 20\"", 20.04),
            told("link.roundTripTime = \"<= 100 ms\"", 0.100_04),
        ];
        insta::assert_snapshot!(told.join("\n"), @r"
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
