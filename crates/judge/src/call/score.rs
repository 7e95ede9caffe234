//! What the events and counters of a call add up to.

use super::counters;
use super::perceived::{PerceivedSum, speech_quality};
use super::subscriptions::{MediaOff, SubscriptionSpan, subscriptions};
use precall_results::{
    CallError, CallEventKind, CallEventLine, EventCount, NamedError, ParticipantResult, ReceivedAudio, ReceivedVideo,
    SubscriptionResult, SubscriptionSample, Window,
};
use precall_scenario::CallSpec;

/// The most errors of a participant that are kept.
const MAX_ERRORS: usize = 50;

/// The events that are not counted: of what belongs to a subscription, and of scripts.
const NOT_COUNTED: [CallEventKind; 7] = [
    CallEventKind::Subscribing,
    CallEventKind::Subscribed,
    CallEventKind::FirstFrame,
    CallEventKind::Step,
    CallEventKind::Mark,
    CallEventKind::Measure,
    CallEventKind::Check,
];

/// What was recorded of a call.
#[derive(Debug, Clone, Copy)]
pub struct CallRecord<'a> {
    /// The events, in order.
    pub lines: &'a [CallEventLine],
    /// The counters of the subscriptions, in order.
    pub samples: &'a [SubscriptionSample],
}

impl CallRecord<'_> {
    /// Returns when the last event or sample came, in seconds since the call began.
    pub(super) fn end(&self) -> f64 {
        let lines = self.lines.iter().map(|line| line.at);
        lines.chain(self.samples.iter().map(|sample| sample.at)).fold(0.0, f64::max)
    }
}

/// Returns the results of the participants, as far as they follow from events and counters: without their builds,
/// their networks and the routes of their media. With a window, counters are summed over that part of the call alone.
pub fn score_call(call: &CallSpec, record: CallRecord<'_>, window: Option<Window>) -> Vec<ParticipantResult> {
    call.participants.iter().map(|participant| one(&participant.name, record, window)).collect()
}

fn one(name: &str, record: CallRecord<'_>, window: Option<Window>) -> ParticipantResult {
    let own = || record.lines.iter().filter(|line| line.participant == name).map(|line| &line.event);
    let longest = |what| own().filter(|event| event.what == what).filter_map(|event| event.seconds).reduce(f64::max);
    let errors = own().filter(|event| event.what == CallEventKind::Error).map(|event| CallError {
        call: event.detail.clone().unwrap_or_default(),
        error: event.error.clone().unwrap_or_else(|| NamedError { name: "Error".to_owned(), message: String::new() }),
    });
    ParticipantResult {
        name: name.to_owned(),
        connect_time: longest(CallEventKind::Connected),
        publish_time: own().find(|event| event.what == CallEventKind::Published).and_then(|event| event.seconds),
        reconnect_time: longest(CallEventKind::Reconnected),
        errors: errors.take(MAX_ERRORS).collect(),
        events: counts(name, record.lines),
        subscriptions: received(name, record, window),
        ..ParticipantResult::default()
    }
}

fn counts(name: &str, lines: &[CallEventLine]) -> Vec<EventCount> {
    let mut counts: Vec<EventCount> = Vec::new();
    let counted = lines.iter().filter(|line| line.participant == name && !NOT_COUNTED.contains(&line.event.what));
    for CallEventLine { event, .. } in counted {
        let known = counts.iter_mut().find(|count| count.what == event.what && count.from == event.from);
        match known {
            Some(known) => {
                known.count += 1;
                known.reason = event.detail.clone().or(known.reason.take());
            }
            None => counts.push(EventCount {
                what: event.what,
                from: event.from.clone(),
                count: 1,
                reason: event.detail.clone(),
            }),
        }
    }
    counts
}

/// Returns what a participant received: each stream once, in the order in which it subscribed to them.
fn received(name: &str, record: CallRecord<'_>, window: Option<Window>) -> Vec<SubscriptionResult> {
    let all = subscriptions(name, record.lines);
    let mut results: Vec<SubscriptionResult> = Vec::new();
    for one in &all {
        if results.iter().any(|known| one.is_to(&known.publisher, &known.stream)) {
            continue;
        }
        let same: Vec<_> = all.iter().filter(|other| other.is_to(&one.publisher, &one.stream)).collect();
        results.push(stream(name, &same, record, window));
    }
    results
}

/// Returns what a participant received of one stream, by all of its subscriptions to it.
fn stream(
    name: &str,
    subscriptions: &[&SubscriptionSpan],
    record: CallRecord<'_>,
    window: Option<Window>,
) -> SubscriptionResult {
    let first = subscriptions[0];
    let (publisher, stream) = (first.publisher.as_str(), first.stream.as_str());
    let samples: Vec<_> = record
        .samples
        .iter()
        .filter(|sample| sample.participant == name && sample.publisher == publisher && sample.stream == stream)
        .collect();
    let end = record.end();
    let within = |from: f64, to: f64| match window {
        None => true,
        Some(Window::After(after)) => from >= after,
        Some(Window::Last(length)) => from >= end - length,
        Some(Window::Between(after, before)) => from >= after && to <= before,
    };
    let video_off = MediaOff::video(name, publisher, stream, record.lines);
    let audio_off = MediaOff::audio(name, publisher, stream, record.lines);
    let has_video = subscriptions.iter().any(|one| one.has.video) || samples.iter().any(|one| one.video.is_some());
    let has_audio = subscriptions.iter().any(|one| one.has.audio) || samples.iter().any(|one| one.audio.is_some());
    let worst =
        |time: fn(&SubscriptionSpan) -> Option<f64>| subscriptions.iter().filter_map(|one| time(one)).reduce(f64::max);
    let lacks_frame = subscriptions.iter().any(|one| one.lacks_frame(end));
    let counts_video = |from, to| within(from, to) && video_off.is_on(from, to);
    let counts_speech = |from, to| within(from, to) && audio_off.is_on(from, to);
    let video = has_video.then(|| ReceivedVideo {
        time_to_first_frame: worst(|one| one.first_frame).filter(|_| !lacks_frame),
        ..PerceivedSum::of(&samples, counts_video).of_video(counters::video(&samples, counts_video))
    });
    SubscriptionResult {
        publisher: publisher.to_owned(),
        stream: stream.to_owned(),
        subscribe_time: worst(|one| one.subscribe_time),
        video,
        audio: has_audio.then(|| ReceivedAudio {
            mos_lqo: speech_quality(&samples, counts_speech),
            ..PerceivedSum::of(&samples, within).of_audio(counters::audio(&samples, within))
        }),
    }
}
