//! The table of metrics: one row for each. What is reported has the names of the network-test module's result objects.

use super::MetricKind as Kind;
use super::row::{Gauge, MetricRow, ReadMetric};
use super::unit::MetricUnit as Unit;
use super::value::{MetricValue, number, rate, share, text, time};
use crate::MinimumEffect::{Absolute, Relative};
use crate::Outcome;

/// The range of both MOS. It ends below the 5 of the scale, since the highest MOS that ITU-T G.107 gives is 4.5.
const MOS: Option<(f64, f64)> = Some((1.0, 4.5));
const SHARE: Option<(f64, f64)> = Some((0.0, 1.0));
const AMOUNT: Option<(f64, f64)> = Some((0.0, f64::INFINITY));
/// Up to the frame rate of the fastest fake camera.
const FRAMES: Option<(f64, f64)> = Some((0.0, 60.0));
/// Up to the largest size that OpenTok.js publishes.
const PIXELS: Option<(f64, f64)> = Some((0.0, 1920.0 * 1080.0));

/// A row of a kind with nothing else known: an expectation can name it, and it is neither compared nor sampled.
const fn row(name: &'static str, kind: Kind) -> MetricRow {
    let (unit, range) = match kind {
        Kind::Ratio => (Unit::Percent, SHARE),
        Kind::Bitrate => (Unit::KilobitsPerSecond, AMOUNT),
        Kind::Time => (Unit::Milliseconds, AMOUNT),
        Kind::Resolution => (Unit::None, PIXELS),
        Kind::Boolean | Kind::Number | Kind::Text | Kind::Word(_) => (Unit::None, None),
    };
    MetricRow {
        name,
        label: name,
        description: "",
        kind,
        unit,
        range,
        more_is_better: None,
        read: ReadMetric::Reported(|_| None),
        is_expected: true,
        is_sampled: false,
        minimum_effect: None,
        gauge: None,
    }
}

/// A gauge in the metric's own unit.
const fn gauge(name: &'static str, unit: Option<&'static str>, help: &'static str) -> Option<Gauge> {
    Some(Gauge { name, unit, help, factor: 1.0 })
}

/// A gauge of a bitrate. Prometheus counts data in bytes, and `promtool check metrics` insists on it.
const fn bytes_per_second(name: &'static str, help: &'static str) -> Option<Gauge> {
    Some(Gauge { name, unit: Some("bytes_per_second"), help, factor: 1.0 / 8.0 })
}

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
        description: "The bitrate of received audio that the module reports, without headers.",
        more_is_better: Some(true),
        read: ReadMetric::Reported(|page| number(page.quality.as_ref()?.audio.bitrate)),
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
        description: "The share of audio packets lost that the module reports.",
        more_is_better: Some(false),
        read: ReadMetric::Reported(|page| number(page.quality.as_ref()?.audio.packet_loss_ratio)),
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
        description: "The bitrate of received video that the module reports, without headers.",
        more_is_better: Some(true),
        read: ReadMetric::Reported(|page| number(page.quality.as_ref()?.video.bitrate)),
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
        description: "The share of video packets lost that the module reports.",
        more_is_better: Some(false),
        read: ReadMetric::Reported(|page| number(page.quality.as_ref()?.video.packet_loss_ratio)),
        is_sampled: true,
        minimum_effect: Some(Absolute(0.01)),
        gauge: gauge("precall_video_packet_loss_ratio", Some("ratio"), "Video packets lost, as reported."),
        ..row("video.packetLossRatio", Kind::Ratio)
    };
    VideoFrameRate: MetricRow {
        label: "video frame rate",
        description: "The frame rate of received video that the module reports, in frames per second.",
        unit: Unit::FramesPerSecond,
        range: FRAMES,
        more_is_better: Some(true),
        read: ReadMetric::Reported(|page| number(page.quality.as_ref()?.video.frame_rate)),
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
        label: "video freezes",
        description: "How often received video froze: `freezeCount` of `inbound-rtp` (W3C webrtc-stats), over the whole case.",
        unit: Unit::Count,
        range: AMOUNT,
        more_is_better: Some(false),
        read: ReadMetric::Observed(|seen| number(seen.media.down.as_ref()?.freeze_count.map(|count| count as f64))),
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
    LinkUpBitrate: MetricRow {
        description: "What left the link towards the platform per second of the quality test, as the link counted it: UDP payload.",
        read: ReadMetric::Observed(|seen| rate(seen.up.bitrate)),
        ..row("link.up.bitrate", Kind::Bitrate)
    };
    LinkUpPacketLossRatio: MetricRow {
        description: "The share of packets that the link towards the platform dropped, queue overflow included.",
        read: ReadMetric::Observed(|seen| share(seen.up.packet_loss_ratio)),
        ..row("link.up.packetLossRatio", Kind::Ratio)
    };
    LinkDownBitrate: MetricRow {
        description: "What left the link towards the browser per second of the quality test, as the link counted it: UDP payload.",
        read: ReadMetric::Observed(|seen| rate(seen.down.bitrate)),
        ..row("link.down.bitrate", Kind::Bitrate)
    };
    LinkDownPacketLossRatio: MetricRow {
        description: "The share of packets that the link towards the browser dropped, queue overflow included.",
        read: ReadMetric::Observed(|seen| share(seen.down.packet_loss_ratio)),
        ..row("link.down.packetLossRatio", Kind::Ratio)
    };
    LinkRoundTripTime: MetricRow {
        label: "round-trip time",
        description: "The median round-trip time of the browser's ICE checks (`currentRoundTripTime`).",
        more_is_better: Some(false),
        read: ReadMetric::Observed(|seen| time(seen.round_trip_time)),
        minimum_effect: Some(Absolute(0.02)),
        gauge: gauge("precall_round_trip_time_seconds", Some("seconds"), "Median round-trip time of ICE checks."),
        ..row("link.roundTripTime", Kind::Time)
    };
    MediaTransport: MetricRow {
        description: "The transport that media took out of the browser, in both directions.",
        read: ReadMetric::Observed(|seen| {
            Some(MetricValue::Text(seen.media.common(|way| Some(way.route()?.transport.as_str().to_owned()))?))
        }),
        ..row("media.transport", Kind::Word(&["udp", "tcp", "tls"]))
    };
    MediaCandidateType: MetricRow {
        description: "The type of the ICE candidates that media used; a relay at either end counts as `relay`.",
        read: ReadMetric::Observed(|seen| {
            Some(MetricValue::Text(seen.media.common(|way| Some(way.route()?.candidate_type().as_str().to_owned()))?))
        }),
        ..row("media.candidateType", Kind::Word(&["host", "srflx", "prflx", "relay"]))
    };
    MediaIpVersion: MetricRow {
        description: "The version of the Internet Protocol that media used.",
        read: ReadMetric::Observed(|seen| {
            Some(MetricValue::Text(seen.media.common(|way| Some(way.route()?.ip_version?.as_str().to_owned()))?))
        }),
        ..row("media.ipVersion", Kind::Word(&["ipv4", "ipv6"]))
    };
    MediaAudioCodec: MetricRow {
        description: "The audio codec, in lower case.",
        read: ReadMetric::Observed(|seen| Some(MetricValue::Text(seen.media.common(|way| way.audio_codec.clone())?))),
        ..row("media.audioCodec", Kind::Word(&["opus", "g722", "pcmu", "pcma", "red"]))
    };
    MediaVideoCodec: MetricRow {
        description: "The video codec, in lower case.",
        read: ReadMetric::Observed(|seen| Some(MetricValue::Text(seen.media.common(|way| way.video_codec.clone())?))),
        ..row("media.videoCodec", Kind::Word(&["vp8", "vp9", "h264", "h265", "av1"]))
    };
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
