//! The subscriptions of a participant, and when the video and the audio of a stream were on.

use precall_results::{CallEvent, CallEventKind, CallEventLine, StreamTracks};

/// How long a subscription may last without a frame before the frame counts as missing, in seconds.
const FRAME_LIMIT: f64 = 5.0;

/// After video is turned on again, the statistics still count the time in which it was off, in seconds.
const SETTLING: f64 = 2.5;

/// A subscription of a participant to a stream, from `session.subscribe()` to its end.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct SubscriptionSpan {
    pub publisher: String,
    pub stream: String,
    pub has: StreamTracks,
    pub began: f64,
    /// When it ended; infinite if it lasted until the end.
    pub ended: f64,
    /// The time from `session.subscribe()` to its completion.
    pub subscribe_time: Option<f64>,
    /// The time from `session.subscribe()` to the first frame.
    pub first_frame: Option<f64>,
}

impl SubscriptionSpan {
    /// Whether a frame should have come and did not. `end` is the end of the call.
    pub(super) fn lacks_frame(&self, end: f64) -> bool {
        self.has.video && self.first_frame.is_none() && self.ended.min(end) - self.began >= FRAME_LIMIT
    }

    /// Whether it was to the stream of this name.
    pub(super) fn is_to(&self, publisher: &str, stream: &str) -> bool {
        self.publisher == publisher && self.stream == stream
    }
}

/// Returns the subscriptions of a participant in order.
pub(super) fn subscriptions(participant: &str, lines: &[CallEventLine]) -> Vec<SubscriptionSpan> {
    let mut all: Vec<SubscriptionSpan> = Vec::new();
    for CallEventLine { at, event, .. } in lines.iter().filter(|line| line.participant == participant) {
        let (publisher, stream) =
            (event.from.as_deref().unwrap_or_default(), event.stream.as_deref().unwrap_or_default());
        let open = all.iter_mut().rev().find(|one| one.is_to(publisher, stream) && one.ended.is_infinite());
        match event.what {
            CallEventKind::Subscribing => all.push(SubscriptionSpan {
                publisher: publisher.to_owned(),
                stream: stream.to_owned(),
                has: event.has.unwrap_or_default(),
                began: *at,
                ended: f64::INFINITY,
                subscribe_time: None,
                first_frame: None,
            }),
            CallEventKind::Subscribed => open.into_iter().for_each(|one| one.subscribe_time = event.seconds),
            CallEventKind::FirstFrame => open.into_iter().for_each(|one| one.first_frame = event.seconds),
            CallEventKind::Unsubscribed | CallEventKind::StreamDestroyed => {
                open.into_iter().for_each(|one| one.ended = *at);
            }
            CallEventKind::Disconnected => {
                all.iter_mut().filter(|one| one.ended.is_infinite()).for_each(|one| one.ended = *at);
            }
            _ => {}
        }
    }
    all
}

/// When the video or the audio of a stream was off, as the subscriber was told, and for how long the statistics show
/// it.
#[derive(Debug, Default)]
pub(super) struct MediaOff(Vec<(f64, f64)>);

impl MediaOff {
    /// Returns when the video of a stream was off, as a participant was told.
    pub(super) fn video(participant: &str, publisher: &str, stream: &str, lines: &[CallEventLine]) -> Self {
        Self::of(participant, publisher, stream, lines, |event| match event.what {
            CallEventKind::StreamPropertyChanged if event.detail.as_deref() == Some("hasVideo") => event.passed,
            // Nobody tells a new subscription what was changed before it.
            CallEventKind::Subscribing => event.has.map(|has| has.video),
            CallEventKind::VideoDisabled => Some(false),
            CallEventKind::VideoEnabled => Some(true),
            _ => None,
        })
    }

    /// Returns when the audio of a stream was off, as a participant was told.
    pub(super) fn audio(participant: &str, publisher: &str, stream: &str, lines: &[CallEventLine]) -> Self {
        Self::of(participant, publisher, stream, lines, |event| match event.what {
            CallEventKind::StreamPropertyChanged if event.detail.as_deref() == Some("hasAudio") => event.passed,
            CallEventKind::Subscribing => event.has.map(|has| has.audio),
            _ => None,
        })
    }

    /// Returns the intervals between events that turn a medium off and on; `turns` says what an event does.
    fn of(
        participant: &str,
        publisher: &str,
        stream: &str,
        lines: &[CallEventLine],
        turns: impl Fn(&CallEvent) -> Option<bool>,
    ) -> Self {
        let is_about = |line: &&CallEventLine| {
            line.participant == participant
                && line.event.from.as_deref() == Some(publisher)
                && line.event.stream.as_deref() == Some(stream)
        };
        let mut off = Vec::new();
        let mut since = None;
        for CallEventLine { at, event, .. } in lines.iter().filter(is_about) {
            match (turns(event), since) {
                (Some(false), None) => since = Some(*at),
                (Some(true), Some(began)) => {
                    off.push((began - 1.0, at + SETTLING));
                    since = None;
                }
                _ => {}
            }
        }
        off.extend(since.map(|began| (began - 1.0, f64::INFINITY)));
        Self(off)
    }

    /// Whether the medium was on in the whole interval.
    pub(super) fn is_on(&self, from: f64, to: f64) -> bool {
        !self.0.iter().any(|(began, ended)| from < *ended && to > *began)
    }
}
