//! The rows of metrics of the network: what the links counted, and how media travelled.

use super::MetricKind as Kind;
use super::row::{MetricRow, ReadCall, ReadMetric};
use super::row_defaults::{gauge, row};
use super::value::{MetricValue, rate, share, time};
use crate::MinimumEffect::Absolute;
use crate::{MediaDirection, ParticipantResult};

/// The route or the codec of a participant's media.
fn travelled(one: &ParticipantResult, value: impl Fn(&MediaDirection) -> Option<String>) -> Option<MetricValue> {
    one.media.as_ref()?.common(value).map(MetricValue::Text)
}

pub(super) const LINK_UP_BITRATE: MetricRow = MetricRow {
    description: "What left the link towards the platform per second of the quality test or of the call, as the link counted it: UDP payload.",
    read: ReadMetric::Observed(|seen| rate(seen.up.bitrate)),
    call: Some(ReadCall::Participant(|one| rate(one.network.measured.up.mean_rate))),
    ..row("link.up.bitrate", Kind::Bitrate)
};

pub(super) const LINK_UP_PACKET_LOSS_RATIO: MetricRow = MetricRow {
    description: "The share of packets that the link towards the platform dropped, queue overflow included.",
    read: ReadMetric::Observed(|seen| share(seen.up.packet_loss_ratio)),
    call: Some(ReadCall::Participant(|one| share(one.network.measured.up.loss_ratio))),
    ..row("link.up.packetLossRatio", Kind::Ratio)
};

pub(super) const LINK_DOWN_BITRATE: MetricRow = MetricRow {
    description: "What left the link towards the browser per second of the quality test or of the call, as the link counted it: UDP payload.",
    read: ReadMetric::Observed(|seen| rate(seen.down.bitrate)),
    call: Some(ReadCall::Participant(|one| rate(one.network.measured.down.mean_rate))),
    ..row("link.down.bitrate", Kind::Bitrate)
};

pub(super) const LINK_DOWN_PACKET_LOSS_RATIO: MetricRow = MetricRow {
    description: "The share of packets that the link towards the browser dropped, queue overflow included.",
    read: ReadMetric::Observed(|seen| share(seen.down.packet_loss_ratio)),
    call: Some(ReadCall::Participant(|one| share(one.network.measured.down.loss_ratio))),
    ..row("link.down.packetLossRatio", Kind::Ratio)
};

pub(super) const LINK_ROUND_TRIP_TIME: MetricRow = MetricRow {
    label: "round-trip time",
    description: "The median round-trip time of the browser's ICE checks (`currentRoundTripTime`).",
    more_is_better: Some(false),
    read: ReadMetric::Observed(|seen| time(seen.round_trip_time)),
    call: Some(ReadCall::Participant(|one| time(one.network.measured.round_trip_time))),
    minimum_effect: Some(Absolute(0.02)),
    gauge: gauge("precall_round_trip_time_seconds", Some("seconds"), "Median round-trip time of ICE checks."),
    ..row("link.roundTripTime", Kind::Time)
};

pub(super) const MEDIA_TRANSPORT: MetricRow = MetricRow {
    description: "The transport that media took out of the browser, in both directions.",
    read: ReadMetric::Observed(|seen| {
        Some(MetricValue::Text(seen.media.common(|way| Some(way.route()?.transport.as_str().to_owned()))?))
    }),
    call: Some(ReadCall::Participant(|one| travelled(one, |way| Some(way.route()?.transport.as_str().to_owned())))),
    ..row("media.transport", Kind::Word(&["udp", "tcp", "tls"]))
};

pub(super) const MEDIA_CANDIDATE_TYPE: MetricRow = MetricRow {
    description: "The type of the ICE candidates that media used; a relay at either end counts as `relay`.",
    read: ReadMetric::Observed(|seen| {
        Some(MetricValue::Text(seen.media.common(|way| Some(way.route()?.candidate_type().as_str().to_owned()))?))
    }),
    call: Some(ReadCall::Participant(|one| {
        travelled(one, |way| Some(way.route()?.candidate_type().as_str().to_owned()))
    })),
    ..row("media.candidateType", Kind::Word(&["host", "srflx", "prflx", "relay"]))
};

pub(super) const MEDIA_IP_VERSION: MetricRow = MetricRow {
    description: "The version of the Internet Protocol that media used.",
    read: ReadMetric::Observed(|seen| {
        Some(MetricValue::Text(seen.media.common(|way| Some(way.route()?.ip_version?.as_str().to_owned()))?))
    }),
    call: Some(ReadCall::Participant(|one| travelled(one, |way| Some(way.route()?.ip_version?.as_str().to_owned())))),
    ..row("media.ipVersion", Kind::Word(&["ipv4", "ipv6"]))
};

pub(super) const MEDIA_AUDIO_CODEC: MetricRow = MetricRow {
    description: "The audio codec, in lower case.",
    read: ReadMetric::Observed(|seen| Some(MetricValue::Text(seen.media.common(|way| way.audio_codec.clone())?))),
    call: Some(ReadCall::Participant(|one| travelled(one, |way| way.audio_codec.clone()))),
    ..row("media.audioCodec", Kind::Word(&["opus", "g722", "pcmu", "pcma", "red"]))
};

pub(super) const MEDIA_VIDEO_CODEC: MetricRow = MetricRow {
    description: "The video codec, in lower case.",
    read: ReadMetric::Observed(|seen| Some(MetricValue::Text(seen.media.common(|way| way.video_codec.clone())?))),
    call: Some(ReadCall::Participant(|one| travelled(one, |way| way.video_codec.clone()))),
    ..row("media.videoCodec", Kind::Word(&["vp8", "vp9", "h264", "h265", "av1"]))
};
