//! The table of metrics: one row for each. What is reported has the names of the network-test module's result objects.

use super::MetricKind as Kind;
use super::call_rows;
use super::network_rows;
use super::perceived_rows;
use super::row::{MetricRow, ReadCall, ReadMetric};
use super::row_defaults::{AMOUNT, FRAMES, MOS, bytes_per_second, gauge, row};
use super::unit::MetricUnit as Unit;
use super::value::{MetricValue, number, text, time};
use crate::MinimumEffect::{Absolute, Relative};
use crate::Outcome;

/// Defines [`Metric`] and its table from the same rows.
macro_rules! metrics {
    ($($variant:ident: $row:expr;)*) => {
        /// A metric: what an expectation, a comparison or a report can look at. Each is a row of the table in this
        /// file, which says what it is.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[allow(missing_docs, reason = "the row of each says what it is")]
        pub enum Metric { $($variant,)* }

        impl Metric {
            /// All metrics, in the order in which they are reported.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];
        }

        pub(super) const TABLE: &[MetricRow] = &[$($row,)*];
    };
}

metrics! {
    AudioSupported: MetricRow {
        description: "Whether the module says that audio will work.",
        read: ReadMetric::Reported(|page| Some(MetricValue::Boolean(page.quality.as_ref()?.audio.supported))),
        ..row("audio.supported", Kind::Boolean)
    };
    AudioMos: MetricRow {
        label: "audio MOS",
        description: "The mean opinion score of audio that the module reports.",
        unit: Unit::Mos,
        range: MOS,
        more_is_better: Some(true),
        read: ReadMetric::Reported(|page| number(page.quality.as_ref()?.audio.mos)),
        is_sampled: true,
        minimum_effect: Some(Absolute(0.1)),
        gauge: gauge("precall_audio_mos", None, "Mean opinion score of audio, as reported."),
        ..row("audio.mos", Kind::Number)
    };
    AudioBitrate: MetricRow {
        label: "received audio bitrate",
        description: "The bitrate of received audio without headers: of a network test as the module reports it, of a call by the W3C statistics.",
        more_is_better: Some(true),
        read: ReadMetric::Reported(|page| number(page.quality.as_ref()?.audio.bitrate)),
        call: Some(ReadCall::Audio(|audio| number(audio.bitrate))),
        is_sampled: true,
        minimum_effect: Some(Relative(0.05)),
        gauge: bytes_per_second(
            "precall_audio_bytes_per_second",
            "Received audio alone, without headers, over the last seconds of the test, as the network-test module reported.",
        ),
        ..row("audio.bitrate", Kind::Bitrate)
    };
    AudioPacketLossRatio: MetricRow {
        label: "audio packet loss",
        description: "The share of audio packets lost: of a network test as the module reports it, of a call by the W3C statistics.",
        more_is_better: Some(false),
        read: ReadMetric::Reported(|page| number(page.quality.as_ref()?.audio.packet_loss_ratio)),
        call: Some(ReadCall::Audio(|audio| number(audio.packet_loss_ratio))),
        is_sampled: true,
        minimum_effect: Some(Absolute(0.01)),
        gauge: gauge("precall_audio_packet_loss_ratio", Some("ratio"), "Audio packets lost, as reported."),
        ..row("audio.packetLossRatio", Kind::Ratio)
    };
    AudioConcealedSamplesRatio: MetricRow {
        label: "concealed audio",
        description: "The share of received audio samples that the browser had to conceal: `concealedSamples` by \
            `totalSamplesReceived` of `inbound-rtp` (W3C webrtc-stats), over the whole case.",
        more_is_better: Some(false),
        read: ReadMetric::Observed(|seen| number(seen.media.down.as_ref()?.concealed_samples_ratio.map(|ratio| ratio.get()))),
        call: Some(ReadCall::Audio(|audio| number(audio.concealed_samples_ratio))),
        minimum_effect: Some(Absolute(0.01)),
        gauge: gauge(
            "precall_audio_concealed_samples_ratio",
            Some("ratio"),
            "Received audio samples that the browser concealed.",
        ),
        ..row("audio.concealedSamplesRatio", Kind::Ratio)
    };
    VideoSupported: MetricRow {
        description: "Whether the module says that video will work.",
        read: ReadMetric::Reported(|page| Some(MetricValue::Boolean(page.quality.as_ref()?.video.supported))),
        ..row("video.supported", Kind::Boolean)
    };
    VideoReason: MetricRow {
        description: "Why the module says that video will not work.",
        read: ReadMetric::Reported(|page| text(page.quality.as_ref()?.video.reason.as_deref()?)),
        ..row("video.reason", Kind::Text)
    };
    VideoCapacity: MetricRow {
        label: "capacity of the network",
        description: "The rate that the network carries, as the module's scoring `capacity` reports it.",
        more_is_better: Some(true),
        read: ReadMetric::Reported(|page| number(page.quality.as_ref()?.video.capacity)),
        minimum_effect: Some(Relative(0.1)),
        ..row("video.capacity", Kind::Bitrate)
    };
    VideoConfidence: MetricRow {
        description: "The chance that a longer test would recommend the same size, as the module's scoring `capacity` reports it.",
        read: ReadMetric::Reported(|page| number(page.quality.as_ref()?.video.confidence)),
        ..row("video.confidence", Kind::Ratio)
    };
    VideoLimitedBy: MetricRow {
        description: "What keeps the module's scoring `capacity` from recommending the largest size: `network` or `computer`.",
        read: ReadMetric::Reported(|page| text(page.quality.as_ref()?.video.limited_by.as_deref()?)),
        ..row("video.limitedBy", Kind::Text)
    };
    VideoMos: MetricRow {
        label: "video MOS",
        description: "The mean opinion score of video that the module reports.",
        unit: Unit::Mos,
        range: MOS,
        more_is_better: Some(true),
        read: ReadMetric::Reported(|page| number(page.quality.as_ref()?.video.mos)),
        is_sampled: true,
        minimum_effect: Some(Absolute(0.1)),
        gauge: gauge("precall_video_mos", None, "Mean opinion score of video, as reported."),
        ..row("video.mos", Kind::Number)
    };
    VideoBitrate: MetricRow {
        label: "received video bitrate",
        description: "The bitrate of received video without headers: of a network test as the module reports it, of a call by the W3C statistics.",
        more_is_better: Some(true),
        read: ReadMetric::Reported(|page| number(page.quality.as_ref()?.video.bitrate)),
        call: Some(ReadCall::Video(|video| number(video.bitrate))),
        is_sampled: true,
        minimum_effect: Some(Relative(0.05)),
        gauge: bytes_per_second(
            "precall_video_bytes_per_second",
            "Received video alone, without headers, over the last seconds of the test, as the network-test module reported.",
        ),
        ..row("video.bitrate", Kind::Bitrate)
    };
    VideoPacketLossRatio: MetricRow {
        label: "video packet loss",
        description: "The share of video packets lost: of a network test as the module reports it, of a call by the W3C statistics.",
        more_is_better: Some(false),
        read: ReadMetric::Reported(|page| number(page.quality.as_ref()?.video.packet_loss_ratio)),
        call: Some(ReadCall::Video(|video| number(video.packet_loss_ratio))),
        is_sampled: true,
        minimum_effect: Some(Absolute(0.01)),
        gauge: gauge("precall_video_packet_loss_ratio", Some("ratio"), "Video packets lost, as reported."),
        ..row("video.packetLossRatio", Kind::Ratio)
    };
    VideoFrameRate: MetricRow {
        label: "video frame rate",
        description: "The frame rate of received video in frames per second: of a network test as the module reports it, of a call by the frames that the browser decoded.",
        unit: Unit::FramesPerSecond,
        range: FRAMES,
        more_is_better: Some(true),
        read: ReadMetric::Reported(|page| number(page.quality.as_ref()?.video.frame_rate)),
        call: Some(ReadCall::Video(|video| number(video.frame_rate))),
        is_sampled: true,
        minimum_effect: Some(Absolute(2.0)),
        gauge: gauge(
            "precall_video_frame_rate_hertz",
            Some("hertz"),
            "Frame rate of received video, as reported.",
        ),
        ..row("video.frameRate", Kind::Number)
    };
    VideoFreezeCount: MetricRow {
        label: "number of video freezes",
        description: "How often received video froze: `freezeCount` of `inbound-rtp` (W3C webrtc-stats), over the whole case.",
        unit: Unit::Count,
        range: AMOUNT,
        more_is_better: Some(false),
        read: ReadMetric::Observed(|seen| number(seen.media.down.as_ref()?.freeze_count.map(|count| count as f64))),
        call: Some(ReadCall::Video(|video| number(video.freeze_count.map(|count| count as f64)))),
        minimum_effect: Some(Absolute(2.0)),
        gauge: gauge("precall_video_freezes", None, "How often received video froze."),
        ..row("video.freezeCount", Kind::Number)
    };
    VideoRecommendedResolution: MetricRow {
        description: "The resolution that the module recommends; absent where it advises against video.",
        read: ReadMetric::Reported(|page| text(page.quality.as_ref()?.video.recommended_resolution.as_deref()?)),
        ..row("video.recommendedResolution", Kind::Resolution)
    };
    VideoRecommendedFrameRate: MetricRow {
        description: "The frame rate that the module recommends, in frames per second.",
        unit: Unit::FramesPerSecond,
        range: FRAMES,
        read: ReadMetric::Reported(|page| number(page.quality.as_ref()?.video.recommended_frame_rate)),
        ..row("video.recommendedFrameRate", Kind::Number)
    };
    LinkUpBitrate: network_rows::LINK_UP_BITRATE;
    LinkUpPacketLossRatio: network_rows::LINK_UP_PACKET_LOSS_RATIO;
    LinkDownBitrate: network_rows::LINK_DOWN_BITRATE;
    LinkDownPacketLossRatio: network_rows::LINK_DOWN_PACKET_LOSS_RATIO;
    LinkRoundTripTime: network_rows::LINK_ROUND_TRIP_TIME;
    MediaTransport: network_rows::MEDIA_TRANSPORT;
    MediaCandidateType: network_rows::MEDIA_CANDIDATE_TYPE;
    MediaIpVersion: network_rows::MEDIA_IP_VERSION;
    MediaAudioCodec: network_rows::MEDIA_AUDIO_CODEC;
    MediaVideoCodec: network_rows::MEDIA_VIDEO_CODEC;
    VideoTimeToFirstFrame: call_rows::VIDEO_TIME_TO_FIRST_FRAME;
    VideoResolution: call_rows::VIDEO_RESOLUTION;
    VideoFreezeDuration: call_rows::VIDEO_FREEZE_DURATION;
    VideoNackCount: call_rows::VIDEO_NACK_COUNT;
    VideoPliCount: call_rows::VIDEO_PLI_COUNT;
    VideoJitterBufferDelay: call_rows::VIDEO_JITTER_BUFFER_DELAY;
    VideoEndToEndDelay: perceived_rows::VIDEO_END_TO_END_DELAY;
    VideoEndToEndDelayP95: perceived_rows::VIDEO_END_TO_END_DELAY_P95;
    VideoMissingFramesRatio: perceived_rows::VIDEO_MISSING_FRAMES_RATIO;
    VideoRepeatedFrames: perceived_rows::VIDEO_REPEATED_FRAMES;
    VideoUnreadFramesRatio: perceived_rows::VIDEO_UNREAD_FRAMES_RATIO;
    VideoSimilarity: perceived_rows::VIDEO_SIMILARITY;
    AudioEndToEndDelay: perceived_rows::AUDIO_END_TO_END_DELAY;
    AudioMosLqo: perceived_rows::AUDIO_MOS_LQO;
    AudioSilenceRatio: perceived_rows::AUDIO_SILENCE_RATIO;
    AudioClippedSamplesRatio: perceived_rows::AUDIO_CLIPPED_SAMPLES_RATIO;
    MicrophoneSilenceRatio: perceived_rows::MICROPHONE_SILENCE_RATIO;
    MicrophoneClippedSamplesRatio: perceived_rows::MICROPHONE_CLIPPED_SAMPLES_RATIO;
    LipSync: perceived_rows::LIP_SYNC;
    AudioJitterBufferDelay: call_rows::AUDIO_JITTER_BUFFER_DELAY;
    AudioLevel: call_rows::AUDIO_LEVEL;
    ConnectTime: call_rows::CONNECT_TIME;
    PublishTime: call_rows::PUBLISH_TIME;
    SubscribeTime: call_rows::SUBSCRIBE_TIME;
    Reconnects: call_rows::RECONNECTS;
    ReconnectTime: call_rows::RECONNECT_TIME;
    Errors: call_rows::ERRORS;
    ReceivedVideoTracks: call_rows::RECEIVED_VIDEO_TRACKS;
    PageHeapSize: call_rows::PAGE_HEAP_SIZE;
    PageCpu: call_rows::PAGE_CPU;
    DisconnectReason: call_rows::DISCONNECT_REASON;
    UnpublishReason: call_rows::UNPUBLISH_REASON;
    StreamDestroyedReason: call_rows::STREAM_DESTROYED_REASON;
    VideoDisabledReason: call_rows::VIDEO_DISABLED_REASON;
    EventsStreamCreated: call_rows::EVENTS_STREAM_CREATED;
    EventsStreamDestroyed: call_rows::EVENTS_STREAM_DESTROYED;
    EventsSignal: call_rows::EVENTS_SIGNAL;
    EventsMuteForced: call_rows::EVENTS_MUTE_FORCED;
    EventsVideoDisabled: call_rows::EVENTS_VIDEO_DISABLED;
    EventsVideoEnabled: call_rows::EVENTS_VIDEO_ENABLED;
    EventsPublished: call_rows::EVENTS_PUBLISHED;
    EventsUnpublished: call_rows::EVENTS_UNPUBLISHED;
    EventsReconnected: call_rows::EVENTS_RECONNECTED;
    EventsDisconnected: call_rows::EVENTS_DISCONNECTED;
    EventsStreamPropertyChanged: call_rows::EVENTS_STREAM_PROPERTY_CHANGED;
    Seconds: MetricRow {
        label: "duration of a case",
        unit: Unit::Seconds,
        description: "How long the attempt that counts took, from its start to its verdict.",
        more_is_better: Some(false),
        read: ReadMetric::Case(|case| time(Some(case.duration_of_last_attempt()))),
        is_expected: false,
        minimum_effect: Some(Absolute(2.0)),
        gauge: gauge(
            "precall_case_duration_seconds",
            Some("seconds"),
            "How long the attempt that counts took, from its start to its verdict.",
        ),
        ..row("seconds", Kind::Time)
    };
    ConnectivitySuccess: MetricRow {
        label: "share of successful connectivity tests",
        description: "Whether `testConnectivity` succeeded. Comparisons look at the share of cases in which it did.",
        more_is_better: Some(true),
        read: ReadMetric::Reported(|page| Some(MetricValue::Boolean(page.connectivity.as_ref()?.success))),
        minimum_effect: Some(Absolute(0.1)),
        ..row("connectivity.success", Kind::Boolean)
    };
    ConnectivityFailedTests: MetricRow {
        description: "The names of the errors of `testConnectivity`, joined with commas, in order.",
        read: ReadMetric::Reported(|page| {
            let failed = &page.connectivity.as_ref()?.failed_tests;
            text(&failed.iter().map(|test| test.error.name.as_str()).collect::<Vec<_>>().join(","))
        }),
        ..row("connectivity.failedTests", Kind::Text)
    };
    QualityError: MetricRow {
        description: "The name of the error that `testQuality` rejected with.",
        read: ReadMetric::Reported(|page| text(&page.quality_error.as_ref()?.name)),
        ..row("quality.error", Kind::Text)
    };
    Failures: MetricRow {
        label: "share of failed cases",
        description: "Whether the case failed or raised an error. Comparisons look at the share of cases that did.",
        more_is_better: Some(false),
        read: ReadMetric::Case(|case| {
            Some(MetricValue::Boolean(matches!(case.outcome, Outcome::Failed | Outcome::Errored)))
        }),
        is_expected: false,
        minimum_effect: Some(Absolute(0.1)),
        ..row("failures", Kind::Boolean)
    };
    Hangs: MetricRow {
        label: "share of cases that hang",
        description: "Whether a phase of the case did not end before its deadline. Comparisons look at the share of cases.",
        more_is_better: Some(false),
        read: ReadMetric::Case(|case| Some(MetricValue::Boolean(case.outcome == Outcome::Hung))),
        is_expected: false,
        minimum_effect: Some(Absolute(0.1)),
        ..row("hangs", Kind::Boolean)
    };
}
