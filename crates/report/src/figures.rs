//! The figures, expectations and findings of a case as text, the same in every report.

use super::format::{self, NONE, or_none};
use precall_judge::verdict::got_in_words;
use precall_results::Outcome;
use precall_results::{CaseResult, RunResult};
use precall_results::{CheckedExpectation, Finding};
use precall_results::{Level, Metric};

/// Every outcome, in the order in which reports count them.
pub(super) const OUTCOMES: [Outcome; 7] = [
    Outcome::Passed,
    Outcome::Failed,
    Outcome::Errored,
    Outcome::Hung,
    Outcome::Inconclusive,
    Outcome::Infrastructure,
    Outcome::Interrupted,
];

/// The main figures of a case as text. Each is [`NONE`] if it was not measured.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub(super) struct CaseFigures {
    pub connectivity: String,
    pub audio_mos: String,
    pub video_mos: String,
    /// The received bit rate of video.
    pub video_bitrate: String,
    /// The received bit rate of audio and video together.
    pub bitrate: String,
    pub audio_loss: String,
    pub video_loss: String,
    pub round_trip_time: String,
    /// The network test's advice about video.
    pub advice: String,
}

impl CaseFigures {
    /// Returns the figures of a case.
    pub(crate) fn of(case: &CaseResult) -> Self {
        if case.call.is_some() {
            return Self::of_call(case);
        }
        let quality = case.measured.quality.as_ref();
        let audio = quality.map(|quality| &quality.audio);
        let video = quality.map(|quality| &quality.video);
        let bitrate = sum(audio.and_then(|audio| audio.bitrate), video.and_then(|video| video.bitrate));
        Self {
            connectivity: connectivity(case),
            audio_mos: or_none(audio.and_then(|audio| audio.mos), format::mos),
            video_mos: or_none(video.and_then(|video| video.mos), format::mos),
            video_bitrate: or_none(video.and_then(|video| video.bitrate), format::bits_per_second),
            bitrate: or_none(bitrate, format::bits_per_second),
            audio_loss: or_none(audio.and_then(|audio| audio.packet_loss_ratio), format::ratio),
            video_loss: or_none(video.and_then(|video| video.packet_loss_ratio), format::ratio),
            round_trip_time: or_none(case.network.measured.round_trip_time, format::milliseconds),
            advice: advice(case),
        }
    }
}

impl CaseFigures {
    /// Returns the figures of a call: the worst of its participants or subscriptions.
    fn of_call(case: &CaseResult) -> Self {
        let figure = |metric| case.metric(metric).and_then(|value| value.number());
        let (audio, video) = (figure(Metric::AudioBitrate), figure(Metric::VideoBitrate));
        let first_frame = figure(Metric::VideoTimeToFirstFrame).map(format::seconds_as_ms);
        let frame_rate = figure(Metric::VideoFrameRate).map(|rate| format!("{rate:.0} frames/s"));
        let received = [first_frame.map(|time| format!("first frame after {time}")), frame_rate];
        let advice = received.into_iter().flatten().collect::<Vec<_>>().join(", ");
        Self {
            connectivity: or_none(figure(Metric::ConnectTime), |_| "ok".to_owned()),
            audio_mos: NONE.to_owned(),
            video_mos: NONE.to_owned(),
            video_bitrate: or_none(video, format::bits_per_second),
            bitrate: or_none(sum(audio, video), format::bits_per_second),
            audio_loss: or_none(figure(Metric::AudioPacketLossRatio), format::ratio),
            video_loss: or_none(figure(Metric::VideoPacketLossRatio), format::ratio),
            round_trip_time: or_none(figure(Metric::LinkRoundTripTime), format::seconds_as_ms),
            advice: if advice.is_empty() { NONE.to_owned() } else { advice },
        }
    }
}

/// Returns `ok`, or the names of the errors.
fn connectivity(case: &CaseResult) -> String {
    match &case.measured.connectivity {
        None => NONE.to_owned(),
        Some(result) if result.success => "ok".to_owned(),
        Some(result) => result.failed_tests.iter().map(|test| test.error.name.as_str()).collect::<Vec<_>>().join(", "),
    }
}

/// Returns the advice as `640x480 at 30`, the reason why video is not supported, or the error that ended the quality
/// test.
fn advice(case: &CaseResult) -> String {
    let Some(quality) = &case.measured.quality else {
        return case.measured.quality_error.as_ref().map_or_else(|| NONE.to_owned(), |error| error.name.clone());
    };
    let video = &quality.video;
    match (&video.recommended_resolution, &video.reason) {
        (Some(resolution), _) => format!("{resolution} at {:.0}", video.recommended_frame_rate.unwrap_or_default()),
        (None, Some(reason)) => reason.clone(),
        (None, None) => NONE.to_owned(),
    }
}

/// Adds two values. A missing one counts as zero, and two missing ones give `None`.
pub(super) fn sum(a: Option<f64>, b: Option<f64>) -> Option<f64> {
    match (a, b) {
        (None, None) => None,
        (a, b) => Some(a.unwrap_or_default() + b.unwrap_or_default()),
    }
}

/// Returns `wanted video.mos >= 3.4, got 2.30`, with `warn: ` before it if the case does not fail because of it.
///
/// `case` is `None` for an expectation over all repeats.
pub(super) fn missed(checked: &CheckedExpectation, case: Option<&CaseResult>) -> String {
    let level = match checked.expectation.level {
        Level::Error => String::new(),
        level => format!("{}: ", level.as_str()),
    };
    format!("{level}wanted {}, got {}", checked.wanted, got(checked, case).as_deref().unwrap_or("nothing"))
}

/// Returns the measured value of an expectation, with enough digits to distinguish it from the limit. `None` if nothing
/// was measured.
pub(super) fn got(checked: &CheckedExpectation, case: Option<&CaseResult>) -> Option<String> {
    match case {
        Some(case) => got_in_words(checked, &case.measured, &case.network.measured.ground_truth(case.media.as_ref())),
        None => checked.got.clone(),
    }
}

/// Describes a finding in a sentence.
pub(super) fn finding(finding: &Finding) -> String {
    match finding {
        Finding::ScoreMismatch { metric, reported, recomputed } => {
            format!(
                "{}: the network-test module reported {reported}, but precall computes {recomputed} from its samples",
                metric.as_str()
            )
        }
        Finding::Contradiction { rule, detail } => format!("{rule}: {detail}"),
    }
}

/// Returns why a case has its outcome: the reasons, then the missed expectations. Empty if it passed.
pub(super) fn outcome_reasons(case: &CaseResult) -> Vec<String> {
    let reported_misses = case.expectations.iter().filter(|checked| checked.fails_its_case());
    let missed = reported_misses.map(|checked| missed(checked, Some(case)));
    case.reasons.iter().cloned().chain(missed).collect()
}

/// Returns the missed expectations of a case that reports mention. Expectations over all repeats are reported once for
/// all of them ([`super::joint_results`]), and those at the level `info` are only recorded.
pub(super) fn reported_misses(case: &CaseResult) -> impl Iterator<Item = &CheckedExpectation> {
    case.expectations.iter().filter(|checked| {
        !checked.passed && checked.expectation.aggregate.is_none() && checked.expectation.level != Level::Info
    })
}

/// Returns the number of cases with an outcome.
pub(super) fn count(run: &RunResult, outcome: Outcome) -> usize {
    run.cases.iter().filter(|case| case.outcome == outcome).count()
}

/// Returns the planned cases that should have a result but have none.
pub(super) fn not_run(run: &RunResult) -> Vec<&str> {
    let ended: std::collections::BTreeSet<_> = run
        .cases
        .iter()
        .map(|case| case.case.as_str())
        .chain(run.decided.iter().map(|decided| decided.case.as_str()))
        .collect();
    run.run.cases.iter().map(|case| case.id.as_str()).filter(|id| !ended.contains(id)).collect()
}

/// Returns `8 cases in 121 s`: the number of finished cases, and the duration of the whole run. Every report uses these
/// words.
pub(super) fn cases_and_duration(run: &RunResult) -> String {
    format!("{} in {}", format::count(run.cases.len(), "case", "cases"), format::seconds(run.duration.as_secs_f64()))
}

/// Returns the number of cases for each outcome: `2 passed, 1 failed, 9 not run`.
pub(super) fn counts(run: &RunResult) -> String {
    let counts = OUTCOMES.into_iter().map(|outcome| (count(run, outcome), outcome));
    let counted = counts.filter(|(count, outcome)| *count > 0 || *outcome == Outcome::Passed).map(
        |(count, outcome)| match outcome {
            // The frequency of hangs is a result of its own.
            Outcome::Hung if run.cases.len() > 1 => {
                format!("{count} hung ({})", format::ratio(count as f64 / run.cases.len() as f64))
            }
            _ => format!("{count} {}", outcome.as_str()),
        },
    );
    let decided = Some(run.decided.len()).filter(|count| *count > 0).map(|count| format!("{count} not needed"));
    let not_run = Some(not_run(run).len()).filter(|count| *count > 0).map(|count| format!("{count} not run"));
    counted.chain(decided).chain(not_run).collect::<Vec<_>>().join(", ")
}
