//! The rows of metrics that only calls have.

use super::MetricKind as Kind;
use super::row::{MetricRow, ReadCall};
use super::row_defaults::{AMOUNT, SHARE, gauge, row};
use super::unit::MetricUnit as Unit;
use super::value::{number, text};
use crate::CallEventKind;
use crate::MinimumEffect::{Absolute, Relative};

/// A row of a number of events.
const fn events(name: &'static str) -> MetricRow {
    MetricRow { unit: Unit::Count, range: AMOUNT, ..row(name, Kind::Number) }
}

pub(super) const VIDEO_TIME_TO_FIRST_FRAME: MetricRow = MetricRow {
    label: "time to the first frame",
    description: "The time from `session.subscribe()` to the first frame on the page (`requestVideoFrameCallback`).",
    more_is_better: Some(false),
    call: Some(ReadCall::Video(|video| number(video.time_to_first_frame))),
    is_of_events: true,
    minimum_effect: Some(Absolute(0.15)),
    gauge: gauge(
        "precall_video_time_to_first_frame_seconds",
        Some("seconds"),
        "Time from the subscription to the first frame, of the slowest subscription.",
    ),
    ..row("video.timeToFirstFrame", Kind::Time)
};

pub(super) const VIDEO_RESOLUTION: MetricRow = MetricRow {
    description: "The frame size that was received for the longest time.",
    call: Some(ReadCall::Video(|video| text(&video.resolution?.to_string()))),
    ..row("video.resolution", Kind::Resolution)
};

pub(super) const VIDEO_FREEZE_DURATION: MetricRow = MetricRow {
    label: "time frozen",
    description: "The share of the time for which received video was frozen: `totalFreezesDuration` of `inbound-rtp` \
        (W3C webrtc-stats) by the time since the first frame. Chrome leaves freezes of several seconds out of its \
        statistics; from 3 s on they are added.",
    more_is_better: Some(false),
    call: Some(ReadCall::Video(|video| number(video.freeze_ratio))),
    minimum_effect: Some(Absolute(0.02)),
    gauge: gauge("precall_video_freeze_ratio", Some("ratio"), "Share of the time for which received video was frozen."),
    ..row("video.freezeDuration", Kind::Ratio)
};

pub(super) const VIDEO_NACK_COUNT: MetricRow = MetricRow {
    description: "How often packets of received video were requested again: `nackCount` of `inbound-rtp`.",
    unit: Unit::Count,
    range: AMOUNT,
    call: Some(ReadCall::Video(|video| number(video.nack_count.map(|count| count as f64)))),
    ..row("video.nackCount", Kind::Number)
};

pub(super) const VIDEO_PLI_COUNT: MetricRow = MetricRow {
    description: "How often a key frame of received video was requested: `pliCount` of `inbound-rtp`.",
    unit: Unit::Count,
    range: AMOUNT,
    call: Some(ReadCall::Video(|video| number(video.pli_count.map(|count| count as f64)))),
    ..row("video.pliCount", Kind::Number)
};

pub(super) const VIDEO_JITTER_BUFFER_DELAY: MetricRow = MetricRow {
    label: "time in the jitter buffer of video",
    description: "The mean time of a frame in the jitter buffer: `jitterBufferDelay` by `jitterBufferEmittedCount`.",
    more_is_better: Some(false),
    call: Some(ReadCall::Video(|video| number(video.jitter_buffer_delay))),
    minimum_effect: Some(Absolute(0.05)),
    ..row("video.jitterBufferDelay", Kind::Time)
};

pub(super) const AUDIO_JITTER_BUFFER_DELAY: MetricRow = MetricRow {
    description: "The mean time of a sample in the jitter buffer: `jitterBufferDelay` by `jitterBufferEmittedCount`.",
    call: Some(ReadCall::Audio(|audio| number(audio.jitter_buffer_delay))),
    ..row("audio.jitterBufferDelay", Kind::Time)
};

pub(super) const AUDIO_LEVEL: MetricRow = MetricRow {
    description: "The level of received audio as a share of full scale: the root of `totalAudioEnergy` by \
        `totalSamplesDuration`.",
    range: SHARE,
    call: Some(ReadCall::Audio(|audio| number(audio.level))),
    ..row("audio.level", Kind::Number)
};

pub(super) const CONNECT_TIME: MetricRow = MetricRow {
    label: "time to connect",
    description: "The time from `session.connect()` to its completion.",
    more_is_better: Some(false),
    call: Some(ReadCall::Participant(|one| number(one.connect_time))),
    minimum_effect: Some(Absolute(0.15)),
    gauge: gauge(
        "precall_connect_time_seconds",
        Some("seconds"),
        "Time to connect to the session, of the slowest participant.",
    ),
    ..row("connectTime", Kind::Time)
};

pub(super) const PUBLISH_TIME: MetricRow = MetricRow {
    label: "time to publish",
    description: "The time from `session.publish()` to its completion.",
    more_is_better: Some(false),
    call: Some(ReadCall::Participant(|one| number(one.publish_time))),
    minimum_effect: Some(Absolute(0.15)),
    ..row("publishTime", Kind::Time)
};

pub(super) const SUBSCRIBE_TIME: MetricRow = MetricRow {
    label: "time to subscribe",
    description: "The time from `session.subscribe()` to its completion.",
    more_is_better: Some(false),
    call: Some(ReadCall::Subscription(|one| number(one.subscribe_time))),
    minimum_effect: Some(Absolute(0.15)),
    ..row("subscribeTime", Kind::Time)
};

pub(super) const RECONNECTS: MetricRow = MetricRow {
    label: "number of reconnections",
    description: "How often the session lost its connection, so that OpenTok.js reconnected (`sessionReconnecting`).",
    unit: Unit::Count,
    range: AMOUNT,
    more_is_better: Some(false),
    call: Some(ReadCall::Events(CallEventKind::Reconnecting)),
    minimum_effect: Some(Absolute(1.0)),
    ..row("reconnects", Kind::Number)
};

pub(super) const RECONNECT_TIME: MetricRow = MetricRow {
    description: "The longest time from `sessionReconnecting` to `sessionReconnected`.",
    call: Some(ReadCall::Participant(|one| number(one.reconnect_time))),
    ..row("reconnectTime", Kind::Time)
};

pub(super) const ERRORS: MetricRow = MetricRow {
    label: "number of errors of OpenTok.js",
    description: "The errors of OpenTok.js in a call: of completion handlers, and `exception` events.",
    unit: Unit::Count,
    range: AMOUNT,
    more_is_better: Some(false),
    call: Some(ReadCall::Events(CallEventKind::Error)),
    minimum_effect: Some(Absolute(1.0)),
    ..row("errors", Kind::Number)
};

pub(super) const RECEIVED_VIDEO_TRACKS: MetricRow = MetricRow {
    label: "number of received video tracks",
    description: "The largest number of video tracks that a participant's page received at once: one for each stream, \
        unless it subscribes to one twice.",
    unit: Unit::Count,
    range: AMOUNT,
    more_is_better: Some(false),
    call: Some(ReadCall::Participant(|one| number(one.received_video_tracks.map(|count| count as f64)))),
    minimum_effect: Some(Absolute(1.0)),
    ..row("receivedVideoTracks", Kind::Number)
};

pub(super) const PAGE_HEAP_SIZE: MetricRow = MetricRow {
    label: "JavaScript heap of the page",
    description: "The size of the JavaScript heap of a participant's page at the end of the call, after a garbage \
        collection, in megabytes (10^6 bytes).",
    unit: Unit::Megabytes,
    range: AMOUNT,
    more_is_better: Some(false),
    call: Some(ReadCall::Participant(|one| number(one.page.map(|page| page.heap_size as f64 / 1e6)))),
    minimum_effect: Some(Relative(0.1)),
    ..row("page.heapSize", Kind::Number)
};

pub(super) const PAGE_CPU: MetricRow = MetricRow {
    label: "CPU time of the page",
    description: "The CPU time of the process of a participant's page by the duration of the call, as a share of one \
        core: decoding, encoding and scripts.",
    range: AMOUNT,
    more_is_better: Some(false),
    call: Some(ReadCall::Participant(|one| number(one.page.map(|page| page.cpu_ratio)))),
    minimum_effect: Some(Absolute(0.1)),
    ..row("page.cpu", Kind::Ratio)
};

pub(super) const DISCONNECT_REASON: MetricRow = MetricRow {
    description: "Why the session ended for a participant (`sessionDisconnected`); absent while it is connected.",
    call: Some(ReadCall::Reason(CallEventKind::Disconnected)),
    ..row("disconnectReason", Kind::Text)
};

pub(super) const UNPUBLISH_REASON: MetricRow = MetricRow {
    description: "Why a stream of a participant ended (`streamDestroyed` of its publisher).",
    call: Some(ReadCall::Reason(CallEventKind::Unpublished)),
    ..row("unpublishReason", Kind::Text)
};

pub(super) const STREAM_DESTROYED_REASON: MetricRow = MetricRow {
    description: "Why a stream of another participant ended, as a participant was told (`streamDestroyed`).",
    call: Some(ReadCall::Reason(CallEventKind::StreamDestroyed)),
    ..row("streamDestroyedReason", Kind::Text)
};

pub(super) const VIDEO_DISABLED_REASON: MetricRow = MetricRow {
    description: "Why the video of a subscription was turned off (`videoDisabled`).",
    call: Some(ReadCall::Reason(CallEventKind::VideoDisabled)),
    ..row("videoDisabledReason", Kind::Text)
};

pub(super) const EVENTS_STREAM_CREATED: MetricRow = MetricRow {
    description: "How often a participant was told of a new stream (`streamCreated`).",
    call: Some(ReadCall::Events(CallEventKind::StreamCreated)),
    ..events("events.streamCreated")
};

pub(super) const EVENTS_STREAM_DESTROYED: MetricRow = MetricRow {
    description: "How often a participant was told of the end of a stream of another (`streamDestroyed`).",
    call: Some(ReadCall::Events(CallEventKind::StreamDestroyed)),
    ..events("events.streamDestroyed")
};

pub(super) const EVENTS_SIGNAL: MetricRow = MetricRow {
    description: "How many signals a participant received.",
    call: Some(ReadCall::Events(CallEventKind::Signal)),
    ..events("events.signal")
};

pub(super) const EVENTS_MUTE_FORCED: MetricRow = MetricRow {
    description: "How often a moderator muted a stream of a participant (`muteForced`).",
    call: Some(ReadCall::Events(CallEventKind::MuteForced)),
    ..events("events.muteForced")
};

pub(super) const EVENTS_VIDEO_DISABLED: MetricRow = MetricRow {
    description: "How often the video of a subscription was turned off (`videoDisabled`).",
    call: Some(ReadCall::Events(CallEventKind::VideoDisabled)),
    ..events("events.videoDisabled")
};

pub(super) const EVENTS_VIDEO_ENABLED: MetricRow = MetricRow {
    description: "How often the video of a subscription was turned on again (`videoEnabled`).",
    call: Some(ReadCall::Events(CallEventKind::VideoEnabled)),
    ..events("events.videoEnabled")
};

pub(super) const EVENTS_PUBLISHED: MetricRow = MetricRow {
    description: "How many streams a participant published.",
    call: Some(ReadCall::Events(CallEventKind::Published)),
    ..events("events.published")
};

pub(super) const EVENTS_UNPUBLISHED: MetricRow = MetricRow {
    description: "How many streams of a participant ended.",
    call: Some(ReadCall::Events(CallEventKind::Unpublished)),
    ..events("events.unpublished")
};

pub(super) const EVENTS_RECONNECTED: MetricRow = MetricRow {
    description: "How often the session was connected again (`sessionReconnected`).",
    call: Some(ReadCall::Events(CallEventKind::Reconnected)),
    ..events("events.reconnected")
};

pub(super) const EVENTS_DISCONNECTED: MetricRow = MetricRow {
    description: "How often the session ended for a participant (`sessionDisconnected`).",
    call: Some(ReadCall::Events(CallEventKind::Disconnected)),
    ..events("events.disconnected")
};

pub(super) const EVENTS_STREAM_PROPERTY_CHANGED: MetricRow = MetricRow {
    description: "How often a participant was told of a changed property of a stream (`streamPropertyChanged`).",
    call: Some(ReadCall::Events(CallEventKind::StreamPropertyChanged)),
    ..events("events.streamPropertyChanged")
};
