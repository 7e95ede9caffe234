//! A recorded run for the tests of reports, with every outcome and with all data that a page and a link produce.

use std::time::Duration;

use precall_judge::comparison::{Comparison, compare_runs};
use precall_netem::PathCounters;
use precall_netem::units::Bitrate;
use precall_results::CompareSpec;
use precall_results::Outcome;
use precall_results::{
    Attempt, CaseResult, CaseSeries, ConsoleLine, Recording, RepeatsExpectation, RtcSecond, RunResult, Violation,
};
use precall_results::{AudioCounters, Phase, Sample, VideoCounters};

/// Returns a run in which `clean` passed and `slow-lossy` failed, as recorded. The other cases are derived from them.
pub(super) fn recorded() -> Recording {
    let mut result: RunResult =
        serde_json::from_str(include_str!("../../../tests/fixtures/results.json")).expect("a recorded result");
    let attempt = |outcome, reason: &str| Attempt {
        outcome,
        reasons: vec![reason.to_owned()],
        duration: Duration::from_millis(9500),
    };
    let (clean, slow) = (result.cases[0].clone(), result.cases[1].clone());
    for (name, outcome, reason) in [
        ("flaky", Outcome::Passed, ""),
        ("errored", Outcome::Errored, "the quality test ended with NetworkConnectivityError: no route"),
        ("hung", Outcome::Hung, "quality outlived its deadline of 180 s"),
        (
            "starved",
            Outcome::Inconclusive,
            "the host could not keep up: the CPUs were busy 99 % of the worst 10 s (at most 97 %)",
        ),
        ("interrupted", Outcome::Interrupted, "interrupted"),
    ] {
        let mut case = if outcome == Outcome::Passed { clean.clone() } else { slow.clone() };
        (case.case, case.name, case.outcome) = (name.to_owned(), name.to_owned(), outcome);
        case.expectations.truncate(1);
        case.findings.clear();
        match name {
            "flaky" => {
                case.attempts.insert(0, attempt(Outcome::Infrastructure, "the browser is gone"));
                case.media = Some(super::media::sample());
            }
            "starved" => case.attempts.insert(0, attempt(Outcome::Inconclusive, "the host could not keep up")),
            _ => {}
        }
        case.reasons = Some(reason).filter(|reason| !reason.is_empty()).map(str::to_owned).into_iter().collect();
        result.cases.push(case);
    }
    result.run.cases = result.cases.iter().map(|case| precall_results::CaseSummary { id: case.case.clone() }).collect();
    result.run.cases.push(precall_results::CaseSummary { id: "never".to_owned() });
    let mut run = Recording::of(result);
    run.scenarios = vec!["scenarios/demo.toml".to_owned()];
    run.warnings = vec!["no fake camera has 35 frames per second".to_owned()];
    run.series.insert("slow-lossy".to_owned(), series(30));
    run
}

/// Returns that run with expectations over all repeats of its cases (missed, missed as a warning, and met), and a
/// broken rule between its networks.
pub(super) fn with_rules() -> Recording {
    let mut run = recorded();
    let over_repeats = |wanted: &str, level: &str, got: &str, passed: bool| -> RepeatsExpectation {
        serde_json::from_value(serde_json::json!({
            "case": "slow-lossy", "repeats": 6,
            "checked": {
                "expectation": {
                    "metric": "video.mos", "operator": ">=", "value": { "number": 3.7 }, "level": level,
                    "aggregate": { "percentile": 50 }, "source": { "line": 31, "column": 15 },
                },
                "wanted": wanted, "got": got, "passed": passed,
            },
        }))
        .expect("an expectation")
    };
    run.result.repeats = vec![
        over_repeats("median of video.mos >= 3.7", "error", "3.20 over 6", false),
        over_repeats("all of video.mos >= 3.9", "warn", "2 of 6", false),
        over_repeats("any of video.mos >= 3", "error", "6 of 6", true),
    ];
    run.result.violations = vec![Violation {
        rule: "bandwidth-lowers-advice".to_owned(),
        cases: ("clean".to_owned(), "slow-lossy".to_owned()),
        detail: "more bandwidth, and 320x240 is recommended where less gives 640x480".to_owned(),
    }];
    run
}

/// Returns a run that repeats a recorded case, once with each of these video bitrates.
pub(super) fn repeated(bitrates: &[f64]) -> RunResult {
    let mut run: RunResult =
        serde_json::from_str(include_str!("../../../tests/fixtures/results.json")).expect("a recorded result");
    let recorded = run.cases[1].clone();
    let case = |(repeat, bitrate): (u32, &f64)| {
        let mut case: CaseResult = recorded.clone();
        (case.repeat, case.outcome) = (Some(repeat), Outcome::Passed);
        case.measured.quality.iter_mut().for_each(|quality| quality.video.bitrate = Some(*bitrate));
        case
    };
    run.cases = (1..).zip(bitrates).map(case).collect();
    run
}

/// Returns two sides of a comparison. The second has a lower bitrate, a case that hung, and one that does not count.
pub(super) fn recorded_sides() -> (RunResult, RunResult) {
    let a = repeated(&[400e3, 405e3, 410e3, 402e3, 407e3, 401e3]);
    let mut b = repeated(&[300e3, 305e3, 310e3, 302e3, 307e3, 301e3, 1.0]);
    b.cases[6].outcome = Outcome::Infrastructure;
    b.cases[5].outcome = Outcome::Hung;
    (a, b)
}

/// Returns the comparison of those sides.
pub(super) fn compared() -> Comparison {
    let (a, b) = recorded_sides();
    compare_runs(("runs/a", &a), ("runs/b", &b), &CompareSpec::default(), false).expect("compared")
}

/// Returns this many seconds of a test on a link with 400 kbit/s and 2 % loss.
pub(super) fn series(seconds: u32) -> CaseSeries {
    let mut series = CaseSeries::default();
    let mut counters = PathCounters::default();
    let (mut audio, mut video) = (AudioCounters::default(), VideoCounters::default());
    for second in 0..=seconds {
        let at = f64::from(second);
        // The rate rises and falls, so that a chart has a shape.
        let bytes = 20_000 + 5_000 * u64::from(second % 7);
        counters.up.packets_in += 50;
        counters.up.packets_out += 49;
        counters.up.packets_dropped_loss += 1;
        counters.up.bytes_out += bytes;
        counters.up.delay_total += std::time::Duration::from_millis(49 * u64::from(80 + second));
        counters.down = counters.up;
        series.link.push((at, counters));
        (audio.bytes_received, video.bytes_received) =
            (audio.bytes_received + 3_000.0, video.bytes_received + bytes as f64);
        (audio.packets_received, video.packets_received) =
            (audio.packets_received + 49.0, video.packets_received + 97.0);
        (audio.packets_lost, video.packets_lost) =
            (audio.packets_lost + 1.0, video.packets_lost + f64::from(second % 3));
        audio.round_trip_time = Some(0.16 + at / 1e3);
        (video.frame_rate, video.frame_width, video.frame_height) = (Some(30.0 - at / 3.0), Some(640.0), Some(480.0));
        series.samples.push((
            at + 0.5,
            Sample {
                phase: Phase::AudioVideo,
                timestamp: at * 1e3,
                network_seconds: None,
                elapsed: Some(at * 1e3),
                limit: Some(30e3),
                audio: Some(audio.clone()),
                video: Some(video.clone()),
                available_outgoing_bitrate: Some(300e3 + at * 1e3),
                quality_limitation_reason: None,
                simulcast: None,
            },
        ));
        series.rtc.push(RtcSecond {
            seconds: at + 0.2,
            round_trip_time: Some(0.165),
            frame_rate_sent: Some(30.0),
            available_outgoing_bitrate: Some(300e3),
        });
    }
    let line =
        |level: &str, text: &str| ConsoleLine { participant: None, level: level.to_owned(), text: text.to_owned() };
    series.console = vec![(0.1, line("log", "hello")), (2.5, line("error", "OpenTok: No ice servers present"))];
    series
}

/// Returns a sweep over three rates, twice each, and two losses, with two modules. The figures follow from the network
/// by a formula.
pub(super) fn swept() -> Recording {
    let mut run = recorded();
    let base = run.result.cases[0].clone();
    run.result.cases.clear();
    let mut add = |name: &str, module: &str, rate: Option<u64>, loss: f64, repeat: u32| {
        let mut case = base.clone();
        let share = precall_netem::units::Ratio::new(loss);
        for link in [&mut case.network.requested.up, &mut case.network.requested.down] {
            (link.rate, link.loss) = (rate.map(Bitrate::from_bits_per_second), share.filter(|_| loss > 0.0));
        }
        let received = rate.unwrap_or(2_000_000) * 8 / 10;
        for link in [&mut case.network.measured.up, &mut case.network.measured.down] {
            (link.mean_rate, link.loss_ratio) = (Some(Bitrate::from_bits_per_second(received * 9 / 8)), share);
        }
        case.name = name.to_owned();
        case.axes = [("module".to_owned(), module.to_owned()), (name.to_owned(), format!("{rate:?}{loss}"))].into();
        case.repeat = Some(repeat);
        case.case = format!("{name},{name}={rate:?}{loss},module={module},repeat={repeat}");
        if let Some(quality) = &mut case.measured.quality {
            quality.video.bitrate = Some(received as f64);
            quality.video.packet_loss_ratio = Some(loss * 2.0);
            quality.video.mos = Some(4.5 - loss * 20.0 - 3e5 / (received as f64 + 1e5));
            quality.video.recommended_resolution = match received {
                0..200_000 => None,
                200_000..500_000 => Some("320x240".to_owned()),
                _ if module == "3.1.6" => Some("1280x720".to_owned()),
                _ => Some("640x480".to_owned()),
            };
            quality.video.reason = (received < 200_000).then(|| "Bandwidth too low.".to_owned());
        }
        run.result.cases.push(case);
    };
    for module in ["built-in", "3.1.6"] {
        for rate in [700_000, 150_000, 300_000] {
            add("rate", module, Some(rate), 0.0, 1);
            add("rate", module, Some(rate), 0.0, 2);
        }
        add("loss", module, None, 0.0, 1);
        add("loss", module, None, 0.02, 1);
    }
    run.result.run.scenario = "calibration".to_owned();
    run.result.run.cases.clear();
    run
}
