//! The data of the template for one case.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;
use serde_json::{Value, json};

use super::call::CallView;
use super::case_charts::{ChartView, Detail};
use super::charts::charts;
use super::classes::outcome_class;
use crate::chart::Axes;
use crate::figures::{CaseFigures, finding, got, missed, outcome_reasons, reported_misses, sum};
use crate::format::{self, or_none};
use crate::media::MediaRow;
use crate::names::Names;
use crate::timeline::{EventSource, TimelineEvent, timeline};
use precall_judge::explain;
use precall_netem::Direction;
use precall_results::HostLoad;
use precall_results::Level;
use precall_results::Outcome;
use precall_results::{CaseResult, CaseSeries, MeasuredAgain, MeasuredLink, RecordedFile};

/// The longest text of an event that is shown in full, in characters.
const MAX_LINE: usize = 600;

#[derive(Debug, Serialize)]
pub(super) struct CaseView {
    /// The index of the case in the run, from 0, which links use.
    pub number: usize,
    pub id: String,
    /// The short name, unique in the run.
    pub name: String,
    pub outcome: &'static str,
    pub class: &'static str,
    pub is_flaky: bool,
    /// The reason why the case was measured more than once. `None` if it was not.
    pub again: Option<&'static str>,
    pub figures: CaseFigures,
    pub seconds: String,
    pub why: Vec<String>,
    /// Missed expectations that do not fail the case, and findings.
    pub findings: Vec<String>,
    /// Explanations of advice that looks odd.
    pub notes: Vec<String>,
    pub charts: Vec<ChartView>,
    pub expectations: Vec<ExpectationView>,
    /// All bitrates of the case, each with what it counts. Empty in a run with many cases, as is `media`.
    pub bitrates: Vec<(&'static str, String)>,
    pub network: Vec<DirectionView>,
    /// The participants and subscriptions of a call; absent for a network test.
    pub call: Option<CallView>,
    pub media: Vec<MediaRow>,
    pub requested_round_trip_time: String,
    pub attempts: Vec<AttemptView>,
    pub facts: Vec<(&'static str, String)>,
    pub events: Vec<EventView>,
    /// The number of omitted events before the first one that is shown.
    pub events_before: usize,
    /// Where the recorded lines of each second are: a JSON array of [`RecordedFile`]s as arrays of the path, the times
    /// and the line numbers. Absent without the viewer.
    pub lines: Option<String>,
    /// The picture of the page in Base64. Absent without one, and without the viewer.
    pub screenshot: Option<String>,
    pub is_open: bool,
}

#[derive(Debug, Serialize)]
pub(super) struct ExpectationView {
    class: &'static str,
    mark: &'static str,
    wanted: String,
    got: String,
    place: String,
}

#[derive(Debug, Serialize)]
pub(super) struct DirectionView {
    direction: &'static str,
    requested: String,
    peak: String,
    mean: String,
    delay: String,
    dropped: String,
}

#[derive(Debug, Serialize)]
pub(super) struct AttemptView {
    outcome: &'static str,
    class: &'static str,
    seconds: String,
    why: String,
}

#[derive(Debug, Serialize)]
pub(super) struct EventView {
    at: String,
    class: &'static str,
    source: &'static str,
    kind: String,
    text: String,
}

impl CaseView {
    /// Returns the data of a case with this level of detail.
    pub(super) fn of(
        case: &CaseResult,
        names: &Names,
        series: Option<&CaseSeries>,
        detail: Detail,
        axes: &mut Axes,
    ) -> Self {
        let events = series.map(|series| timeline(case, series)).unwrap_or_default();
        let shown: Vec<_> = events.iter().filter(|event| detail.has_viewer || event.source.is_console()).collect();
        let most = detail.events[usize::from(case.outcome == Outcome::Passed)];
        let events_before = shown.len().saturating_sub(most);
        Self {
            number: 0,
            id: case.case.clone(),
            name: names.case(&case.case).to_owned(),
            outcome: case.outcome.as_str(),
            class: outcome_class(case.outcome),
            is_flaky: case.measured_again() == Some(MeasuredAgain::Flaky),
            again: case.measured_again().map(MeasuredAgain::as_str),
            figures: CaseFigures::of(case),
            seconds: format!("{:.1}", case.duration_of_last_attempt().as_secs_f64()),
            why: outcome_reasons(case),
            findings: findings(case),
            notes: series.map(|series| notes(case, series)).unwrap_or_default(),
            charts: series.map(|series| charts(case, series, &events, detail, axes)).unwrap_or_default(),
            expectations: case.expectations.iter().map(|checked| expectation(checked, case)).collect(),
            bitrates: if detail.has_viewer { bitrates(case) } else { Vec::new() },
            network: match case.call {
                // Its participants have networks of their own.
                Some(_) => Vec::new(),
                None => vec![direction(case, Direction::Up), direction(case, Direction::Down)],
            },
            call: case.call.as_ref().map(CallView::of),
            media: if detail.has_viewer { MediaRow::of(case) } else { Vec::new() },
            requested_round_trip_time: match case.network.applied {
                true => format::seconds_as_ms(format::requested_round_trip_time(&case.network.requested)),
                false => format::NONE.to_owned(),
            },
            attempts: if case.attempts.len() > 1 { case.attempts.iter().map(attempt).collect() } else { Vec::new() },
            facts: if detail.has_viewer { facts(case) } else { short_facts(case) },
            events: shown[events_before..].iter().map(|event| event_view(event)).collect(),
            events_before,
            screenshot: series
                .filter(|series| detail.has_viewer && !series.screenshot.is_empty())
                .map(|series| STANDARD.encode(&series.screenshot)),
            lines: series.filter(|_| detail.has_viewer).map(|series| recorded_lines(&series.files)),
            is_open: false,
        }
    }
}

fn expectation(checked: &precall_results::CheckedExpectation, case: &CaseResult) -> ExpectationView {
    let source = &checked.expectation.source;
    // An expectation over all repeats is met or missed by them together, and not by this case.
    let is_of_all = checked.expectation.aggregate.is_some();
    let (class, mark) = match (checked.passed, is_of_all, checked.expectation.level) {
        (true, ..) => ("good", "✓"),
        (false, true, _) => ("same", "–"),
        (false, false, Level::Error) => ("bad", "✗"),
        (false, false, Level::Warn | Level::Info) => ("warn", "✗"),
    };
    let place = match (is_of_all, checked.expectation.level) {
        (true, _) => format!("{source}, over all repeats"),
        (false, Level::Error) => source.to_string(),
        (false, Level::Warn) => format!("{source}, warning only"),
        (false, Level::Info) => format!("{source}, for information only"),
    };
    ExpectationView {
        class,
        mark,
        wanted: checked.wanted.clone(),
        got: got(checked, Some(case)).unwrap_or_else(|| "nothing".to_owned()),
        place,
    }
}

/// Returns everything notable that does not fail the case.
fn findings(case: &CaseResult) -> Vec<String> {
    let warnings = reported_misses(case).filter(|checked| !checked.fails_its_case());
    let warnings = warnings.map(|checked| missed(checked, Some(case)));
    warnings.chain(case.findings.iter().map(finding)).collect()
}

/// Returns explanations of advice that looks odd, from the last attempt.
fn notes(case: &CaseResult, series: &CaseSeries) -> Vec<String> {
    let samples: Vec<_> = series.samples.iter().map(|(_, sample)| sample.clone()).collect();
    explain::notes(case, explain::scoring_of(case), &samples, &series.sender_estimates())
}

/// Returns all bitrates of a case, each with what it counts: they differ, and each is correct.
fn bitrates(case: &CaseResult) -> Vec<(&'static str, String)> {
    let quality = case.measured.quality.as_ref();
    let (audio, video) =
        (quality.and_then(|result| result.audio.bitrate), quality.and_then(|result| result.video.bitrate));
    let mean = |link: &MeasuredLink| link.mean_rate.map(|rate| rate.bits_per_second() as f64);
    let all = [
        ("received video, as the module reported", video),
        ("received audio, as the module reported", audio),
        ("received audio and video, as the module reported", sum(audio, video)),
        (
            "received audio and video, from the SDK's statistics of the whole test",
            case.network.accuracy.sdk_bitrate.map(|estimate| estimate.reported),
        ),
        ("on the wire up, with headers and retransmissions, mean of the test", mean(&case.network.measured.up)),
        ("on the wire down, with headers and retransmissions, mean of the test", mean(&case.network.measured.down)),
    ];
    all.into_iter().filter_map(|(what, rate)| Some((what, format::bits_per_second(rate?)))).collect()
}

fn direction(case: &CaseResult, direction: Direction) -> DirectionView {
    let (name, link, counters) = match direction {
        Direction::Up => ("up", &case.network.measured.up, &case.network.counters.up),
        Direction::Down => ("down", &case.network.measured.down, &case.network.counters.down),
    };
    let MeasuredLink { peak_rate, mean_rate, mean_delay, loss_ratio } = link;
    DirectionView {
        direction: name,
        requested: match case.network.applied {
            true => format::link_over_time(&case.network.requested, direction),
            false => format!("not applied ({})", case.platform.kind),
        },
        peak: or_none(*peak_rate, format::bitrate),
        mean: or_none(*mean_rate, format::bitrate),
        delay: or_none(*mean_delay, format::tenths_of_ms),
        dropped: or_none(*loss_ratio, |loss| {
            format!("{} ({} of {})", format::ratio(loss.get()), counters.packets_dropped(), counters.packets_handled())
        }),
    }
}

fn attempt(attempt: &precall_results::Attempt) -> AttemptView {
    AttemptView {
        outcome: attempt.outcome.as_str(),
        class: outcome_class(attempt.outcome),
        seconds: format!("{:.1}", attempt.duration.as_secs_f64()),
        why: attempt.reasons.join("; "),
    }
}

/// Returns the other facts on which a result depends.
fn facts(case: &CaseResult) -> Vec<(&'static str, String)> {
    let host = case.host.as_ref().map(|host| {
        let window = HostLoad::WINDOW.as_secs();
        let busy = host.cpu_busy.map(|busy| format!("CPUs {:.0} % busy in the worst {window} s", busy.get() * 100.0));
        let pressure = host.cpu_pressure.map(|pressure| format!("pressure {:.0} %", pressure.get() * 100.0));
        let encode =
            host.encode_time_per_frame.map(|encode| format!("{} to encode a frame", format::tenths_of_ms(encode)));
        let source = host.source_frame_rate.map(|rate| format!("camera {rate:.1} frames/s"));
        [busy, pressure, encode, source].into_iter().flatten().collect::<Vec<_>>().join(", ")
    });
    let routing = case.measured.quality.as_ref().and_then(|quality| quality.video.media_routing.clone());
    let session = case.platform.session_id.as_ref().map(|id| format!("{} session {id}", case.platform.kind));
    [
        ("case", Some(case.case.clone())),
        ("browser", case.browser.clone()),
        ("OpenTok.js", Some(format!("{} ({})", case.sdk.version, case.sdk.source))),
        ("network test", case.call.is_none().then(|| format!("{} ({})", case.module.version, case.module.source))),
        // The route of media that the module reports.
        ("media", routing),
        ("platform", Some(session.unwrap_or_else(|| case.platform.kind.clone()))),
        ("host", host.filter(|host| !host.is_empty())),
        ("seed", Some(case.network.seed.to_string())),
        ("random generator", case.network.random_generator.clone()),
    ]
    .into_iter()
    .filter_map(|(name, value)| Some((name, value?)))
    .collect()
}

/// Returns the facts that are needed to repeat a case.
fn short_facts(case: &CaseResult) -> Vec<(&'static str, String)> {
    facts(case).into_iter().filter(|(name, _)| ["OpenTok.js", "network test", "seed"].contains(name)).collect()
}

fn event_view(event: &TimelineEvent) -> EventView {
    let class = match (event.source, event.kind.as_str()) {
        (EventSource::Trouble, "warning" | "warn") | (EventSource::Fault, _) => "warn",
        (EventSource::Trouble, _) => "bad",
        _ => "same",
    };
    let mut text: String = event.text.chars().take(MAX_LINE).collect();
    if text.len() < event.text.len() {
        text.push('…');
    }
    let source = if event.source.is_console() { "console" } else { event.source.name() };
    EventView { at: format!("{:.1}", event.at), class, source, kind: event.kind.clone(), text }
}

fn recorded_lines(files: &[RecordedFile]) -> String {
    let file = |file: &RecordedFile| {
        let (times, numbers): (Vec<_>, Vec<_>) =
            file.lines.iter().map(|(at, number)| ((at * 10.0).round() / 10.0, *number)).unzip();
        json!([file.path, times, numbers])
    };
    Value::from(files.iter().map(file).collect::<Vec<_>>()).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_media_routing_of_the_module_is_a_fact() {
        let mut case = crate::fixture::recorded().result.cases.remove(0);
        let said = |case: &CaseResult| facts(case).into_iter().find(|(name, _)| *name == "media");
        assert_eq!(said(&case), None);
        let quality = case.measured.quality.get_or_insert_default();
        quality.video.media_routing = Some("Relayed (TURN/UDP)".to_owned());
        assert_eq!(said(&case), Some(("media", "Relayed (TURN/UDP)".to_owned())));
    }
}
