//! The verdict on a call.

use super::score::{CallRecord, score_call};
use super::subscriptions::{SubscriptionSpan, subscriptions};
use crate::verdict::{Verdict, check_value};
use precall_results::{
    CallEventKind, CallEventLine, CallResult, CheckedExpectation, Expectation, HostLoad, Metric, MetricKind,
    NetworkCheck, Outcome, ReadCall, Subject,
};
use precall_scenario::{CallSpec, CaseSpec, ParticipantSpec, Subscribe};

/// How long after a stream began its subscription must have, in seconds.
const SUBSCRIBE_LIMIT: f64 = 5.0;

/// How long a participant may be connected before it has published, in seconds.
const PUBLISH_LIMIT: f64 = 10.0;

/// The most reasons that are given.
const MAX_REASONS: usize = 20;

/// Judges a call that took place. It fails if an expectation is missed; and without an expectation about it, if a
/// participant does not connect or does not publish, if OpenTok.js reports an error, if a subscription shows no frame,
/// if a participant is not told of a stream that it subscribes to, or if a check of a script fails.
pub fn judge_call(case: &CaseSpec, call: &CallSpec, result: &CallResult, record: CallRecord<'_>) -> Verdict {
    let expectations: Vec<_> = case.expect.iter().map(|one| check(one, call, result, record)).collect();
    let mut reasons = Vec::new();
    for participant in &call.participants {
        let expects = |metric| is_expected(&case.expect, metric, &participant.name);
        let own: Vec<_> = record.lines.iter().filter(|line| line.participant == participant.name).collect();
        reasons.extend(connection(participant, &own));
        reasons.extend(publication(participant, &own, record.end()));
        if !expects(Metric::Errors) {
            reasons.extend(errors(result, &participant.name));
        }
        if !expects(Metric::VideoTimeToFirstFrame) {
            reasons.extend(frames(&participant.name, record));
        }
        if !expects(Metric::EventsStreamCreated) {
            reasons.extend(streams(participant, call, record));
        }
        reasons.extend(checks(&participant.name, &own));
    }
    reasons.truncate(MAX_REASONS);
    let is_missed = expectations.iter().any(CheckedExpectation::fails_its_case);
    let outcome = if is_missed || !reasons.is_empty() { Outcome::Failed } else { Outcome::Passed };
    Verdict { outcome, reasons, expectations, findings: Vec::new() }
}

/// Returns the verdict on a call that ended, or an inconclusive one if the verdict depends on figures that cannot be
/// relied on. Each load of the host comes with the requested frame rate of the camera that belongs to it.
pub fn unless_unreliable(
    verdict: Verdict,
    case: &CaseSpec,
    hosts: &[(HostLoad, u32)],
    network: &[NetworkCheck],
) -> Verdict {
    match depends_on_figures(case, verdict.outcome) {
        true => verdict.unless_call_is_unreliable(hosts, network),
        false => verdict,
    }
}

/// Returns the frame rate that a participant's camera should have.
pub fn requested_frame_rate(participant: &ParticipantSpec) -> u32 {
    let published = participant.publish.as_ref().and_then(|publish| publish.frame_rate);
    published.map_or(participant.camera.frame_rate, |rate| rate.min(participant.camera.frame_rate))
}

/// Whether an outcome depends on figures that a busy host would change. Which events there were, their reasons, and the
/// route of media are the same on any host that gets through the call.
fn depends_on_figures(case: &CaseSpec, outcome: Outcome) -> bool {
    let is_figure = |one: &Expectation| {
        let is_event = matches!(one.metric.row().call, Some(ReadCall::Events(_) | ReadCall::Reason(_)));
        !is_event && !matches!(one.metric.kind(), MetricKind::Word(_) | MetricKind::Text)
    };
    outcome != Outcome::Passed || case.expect.iter().any(is_figure)
}

/// Checks one expectation.
fn check(
    expectation: &Expectation,
    call: &CallSpec,
    result: &CallResult,
    record: CallRecord<'_>,
) -> CheckedExpectation {
    let subject = expectation.subject.as_ref();
    let value = match expectation.window {
        None => result.metric(expectation.metric, subject),
        Some(window) => {
            let part = CallResult { participants: score_call(call, record, Some(window)) };
            part.metric(expectation.metric, subject)
        }
    };
    check_value(expectation, value)
}

/// Whether an expectation is about a metric of a participant.
fn is_expected(expectations: &[Expectation], metric: Metric, participant: &str) -> bool {
    let is_about = |subject: &Option<Subject>| subject.as_ref().is_none_or(|one| one.participant == participant);
    expectations.iter().any(|one| one.metric == metric && is_about(&one.subject))
}

fn connection(participant: &ParticipantSpec, own: &[&CallEventLine]) -> Option<String> {
    let has = |what| own.iter().any(|line| line.event.what == what);
    let is_silent = !has(CallEventKind::Connected) && !has(CallEventKind::Error);
    is_silent.then(|| format!("{} did not connect", participant.name))
}

fn errors(result: &CallResult, name: &str) -> Vec<String> {
    let errors = result.participant(name).map(|one| one.errors.as_slice()).unwrap_or_default();
    let words = errors.iter().map(|one| match one.call.as_str() {
        // Nothing failed that has a name: OpenTok.js, or a page, raised it by itself.
        "exception" => format!("{name}: exception {}: {}", one.error.name, one.error.message),
        call => format!("{name}: {call} failed with {}: {}", one.error.name, one.error.message),
    });
    words.collect()
}

fn frames(name: &str, record: CallRecord<'_>) -> Vec<String> {
    let end = record.end();
    let missing = subscriptions(name, record.lines).into_iter().filter(|one| one.lacks_frame(end));
    missing.map(|one| format!("{name} saw no frame of {} ({})", one.publisher, one.stream)).collect()
}

/// Returns the streams that a participant should have subscribed to and did not: those of others that lasted while it
/// was connected.
fn streams(participant: &ParticipantSpec, call: &CallSpec, record: CallRecord<'_>) -> Vec<String> {
    let name = participant.name.as_str();
    let known = subscriptions(name, record.lines);
    let others = call.participants.iter().filter(|other| other.name != name && subscribes_to(participant, &other.name));
    others
        .flat_map(|other| published(&other.name, record.lines))
        .filter(|stream| is_missed(stream, name, call.app.is_some(), &known, record))
        .map(|stream| format!("{name} did not subscribe to {} ({})", stream.publisher, stream.stream))
        .collect()
}

fn subscribes_to(participant: &ParticipantSpec, other: &str) -> bool {
    match &participant.subscribe {
        Subscribe::All => true,
        Subscribe::Nobody => false,
        Subscribe::Only(names) => names.iter().any(|name| name == other),
    }
}

/// A stream, from its publication to its end.
struct StreamSpan {
    publisher: String,
    stream: String,
    began: f64,
    ended: f64,
}

fn published(name: &str, lines: &[CallEventLine]) -> Vec<StreamSpan> {
    let mut all: Vec<StreamSpan> = Vec::new();
    for CallEventLine { at, event, .. } in lines.iter().filter(|line| line.participant == name) {
        let stream = event.stream.clone().unwrap_or_default();
        match event.what {
            CallEventKind::Published => {
                all.push(StreamSpan { publisher: name.to_owned(), stream, began: *at, ended: f64::INFINITY });
            }
            CallEventKind::Unpublished => {
                let ended = all.iter_mut().filter(|one| one.stream == stream && one.ended.is_infinite());
                ended.for_each(|one| one.ended = *at);
            }
            CallEventKind::Disconnected => {
                all.iter_mut().filter(|one| one.ended.is_infinite()).for_each(|one| one.ended = *at);
            }
            _ => {}
        }
    }
    all
}

/// Whether a participant did not subscribe to a stream although it was there for long enough: connected, and not told
/// by a step to do anything else. In an application, steps are those of a person who uses it.
fn is_missed(
    stream: &StreamSpan,
    name: &str,
    is_app: bool,
    known: &[SubscriptionSpan],
    record: CallRecord<'_>,
) -> bool {
    let end = stream.ended.min(record.end());
    let mut there_since = None;
    let mut longest: f64 = 0.0;
    let mut leave = |since: &mut Option<f64>, at: f64| {
        if let Some(since) = since.take() {
            longest = longest.max(at.min(end) - since);
        }
    };
    for line in record.lines.iter().filter(|line| line.participant == name) {
        match line.event.what {
            CallEventKind::Connected | CallEventKind::Reconnected => {
                leave(&mut there_since, line.at);
                there_since = Some(line.at.max(stream.began));
            }
            CallEventKind::Step if is_app => {}
            CallEventKind::Disconnected | CallEventKind::Reconnecting | CallEventKind::Step => {
                leave(&mut there_since, line.at);
            }
            _ => {}
        }
    }
    leave(&mut there_since, end);
    // Others may be told of a stream before its publisher is told that it is published.
    let has_begun = |one: &SubscriptionSpan| one.is_to(&stream.publisher, &stream.stream) && one.ended >= stream.began;
    longest >= SUBSCRIBE_LIMIT && !known.iter().any(has_begun)
}

/// Returns the complaint about a participant that should publish, was connected for long enough, and published nothing.
fn publication(participant: &ParticipantSpec, own: &[&CallEventLine], end: f64) -> Option<String> {
    let has = |what| own.iter().any(|line| line.event.what == what);
    let connected = own.iter().find(|line| line.event.what == CallEventKind::Connected)?.at;
    // An error, or the reason for leaving, says more.
    let is_excused = [CallEventKind::Published, CallEventKind::Error, CallEventKind::Disconnected].into_iter().any(has);
    let is_silent = participant.publish.is_some() && !is_excused && end - connected >= PUBLISH_LIMIT;
    is_silent.then(|| format!("{} published nothing", participant.name))
}

fn checks(name: &str, own: &[&CallEventLine]) -> Vec<String> {
    let failed = own.iter().filter(|line| line.event.what == CallEventKind::Check && line.event.passed == Some(false));
    failed
        .map(|line| format!("{name}: the check {:?} failed", line.event.detail.as_deref().unwrap_or_default()))
        .collect()
}
