//! The names and kinds of what an expectation can look at.

use serde::{Deserialize, Serialize};

/// What an expectation can look at. `as_str` and `FromStr` use the names of the module's result objects:
/// `connectivity.success`, `video.mos`, `audio.packetLossRatio`, …
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Metric {
    /// `connectivity.success`: boolean.
    #[serde(rename = "connectivity.success")]
    ConnectivitySuccess,
    /// `connectivity.failedTests`: the error names, joined with commas, in order; text.
    #[serde(rename = "connectivity.failedTests")]
    ConnectivityFailedTests,
    /// `quality.error`: the error name that `testQuality` rejected with; text.
    #[serde(rename = "quality.error")]
    QualityError,
    /// `audio.supported`: boolean.
    #[serde(rename = "audio.supported")]
    AudioSupported,
    /// `audio.mos`: number.
    #[serde(rename = "audio.mos")]
    AudioMos,
    /// `audio.bitrate`: rate.
    #[serde(rename = "audio.bitrate")]
    AudioBitrate,
    /// `audio.packetLossRatio`: ratio.
    #[serde(rename = "audio.packetLossRatio")]
    AudioPacketLossRatio,
    /// `video.supported`: boolean.
    #[serde(rename = "video.supported")]
    VideoSupported,
    /// `video.reason`: text.
    #[serde(rename = "video.reason")]
    VideoReason,
    /// `video.mos`: number.
    #[serde(rename = "video.mos")]
    VideoMos,
    /// `video.bitrate`: rate.
    #[serde(rename = "video.bitrate")]
    VideoBitrate,
    /// `video.packetLossRatio`: ratio.
    #[serde(rename = "video.packetLossRatio")]
    VideoPacketLossRatio,
    /// `video.frameRate`: number, frames per second.
    #[serde(rename = "video.frameRate")]
    VideoFrameRate,
    /// `video.recommendedResolution`: resolution, ordered by its number of pixels.
    #[serde(rename = "video.recommendedResolution")]
    VideoRecommendedResolution,
    /// `video.recommendedFrameRate`: number, frames per second.
    #[serde(rename = "video.recommendedFrameRate")]
    VideoRecommendedFrameRate,
    /// `link.up.bitrate`: rate; what left the link towards the platform per second of the quality test, as the link counted it.
    #[serde(rename = "link.up.bitrate")]
    LinkUpBitrate,
    /// `link.up.packetLossRatio`: ratio; what the link towards the platform dropped.
    #[serde(rename = "link.up.packetLossRatio")]
    LinkUpPacketLossRatio,
    /// `link.down.bitrate`: rate.
    #[serde(rename = "link.down.bitrate")]
    LinkDownBitrate,
    /// `link.down.packetLossRatio`: ratio.
    #[serde(rename = "link.down.packetLossRatio")]
    LinkDownPacketLossRatio,
    /// `link.roundTripTime`: time; the median of the browser's ICE checks.
    #[serde(rename = "link.roundTripTime")]
    LinkRoundTripTime,
    /// `media.transport`: `udp`, `tcp` or `tls`; the transport that media took out of the browser, in both directions.
    #[serde(rename = "media.transport")]
    MediaTransport,
    /// `media.candidateType`: `host`, `srflx`, `prflx` or `relay`; a relay at either end counts.
    #[serde(rename = "media.candidateType")]
    MediaCandidateType,
    /// `media.ipVersion`: `ipv4` or `ipv6`.
    #[serde(rename = "media.ipVersion")]
    MediaIpVersion,
    /// `media.audioCodec`: text in lower case.
    #[serde(rename = "media.audioCodec")]
    MediaAudioCodec,
    /// `media.videoCodec`: text in lower case.
    #[serde(rename = "media.videoCodec")]
    MediaVideoCodec,
}

/// What kind of value a metric has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MetricKind {
    Boolean,
    Number,
    Ratio,
    Bitrate,
    Time,
    Resolution,
    Text,
    /// One of these.
    Word(&'static [&'static str]),
}

impl MetricKind {
    /// An expectation of this kind, as an example.
    pub fn example(self) -> String {
        let example = match self {
            Self::Boolean => "true",
            Self::Number => "\">= 3.4\"",
            Self::Ratio => "\"< 3 %\"",
            Self::Bitrate => "\"<= 400 kbit/s\"",
            Self::Time => "\"<= 200 ms\"",
            Self::Resolution => "\">= 640x480\"",
            Self::Text => "\"some text\"",
            Self::Word(words) => return format!("{:?}", words.first().copied().unwrap_or_default()),
        };
        example.to_owned()
    }

    /// A value of this kind with its unit, as an example.
    pub fn quantity(self) -> &'static str {
        match self {
            Self::Boolean => "true",
            Self::Number => "3.4",
            Self::Ratio => "3 %",
            Self::Bitrate => "400 kbit/s",
            Self::Time => "200 ms",
            Self::Resolution => "640x480",
            Self::Text => "some text",
            Self::Word(words) => words.first().copied().unwrap_or_default(),
        }
    }

    /// The operator that stands in front of most values of this kind: more of a score and a rate is better, less of the rest.
    pub fn usual_operator(self) -> &'static str {
        match self {
            Self::Number | Self::Bitrate | Self::Resolution => ">=",
            Self::Ratio | Self::Time => "<=",
            Self::Boolean | Self::Text | Self::Word(_) => "==",
        }
    }

    /// What it is called.
    pub fn name(self) -> &'static str {
        match self {
            Self::Boolean => "true or false",
            Self::Number => "a number",
            Self::Ratio => "a share in %",
            Self::Bitrate => "a rate",
            Self::Time => "a time",
            Self::Resolution => "a resolution",
            Self::Text => "text",
            Self::Word(_) => "a word",
        }
    }
}

/// From which value to which a metric goes, in the order of the values themselves, resolutions by their number of pixels; `None` where there is no order.
type Extent = Option<(f64, f64)>;

const NONE: Extent = None;
/// The scores of both MOS end before the 5 of the scale: ITU-T G.107 gives 4.5 to a line without any impairment.
const MOS: Extent = Some((1.0, 4.5));
const SHARE: Extent = Some((0.0, 1.0));
const AMOUNT: Extent = Some((0.0, f64::INFINITY));
/// The fastest fake camera.
const FRAMES: Extent = Some((0.0, 60.0));
/// The largest picture that OpenTok.js publishes.
const PIXELS: Extent = Some((0.0, 1920.0 * 1080.0));

/// Every metric with its name, kind and extent: the names of the module's result objects.
const METRICS: [(Metric, &str, MetricKind, Extent); 25] = [
    (Metric::ConnectivitySuccess, "connectivity.success", MetricKind::Boolean, NONE),
    (Metric::ConnectivityFailedTests, "connectivity.failedTests", MetricKind::Text, NONE),
    (Metric::QualityError, "quality.error", MetricKind::Text, NONE),
    (Metric::AudioSupported, "audio.supported", MetricKind::Boolean, NONE),
    (Metric::AudioMos, "audio.mos", MetricKind::Number, MOS),
    (Metric::AudioBitrate, "audio.bitrate", MetricKind::Bitrate, AMOUNT),
    (Metric::AudioPacketLossRatio, "audio.packetLossRatio", MetricKind::Ratio, SHARE),
    (Metric::VideoSupported, "video.supported", MetricKind::Boolean, NONE),
    (Metric::VideoReason, "video.reason", MetricKind::Text, NONE),
    (Metric::VideoMos, "video.mos", MetricKind::Number, MOS),
    (Metric::VideoBitrate, "video.bitrate", MetricKind::Bitrate, AMOUNT),
    (Metric::VideoPacketLossRatio, "video.packetLossRatio", MetricKind::Ratio, SHARE),
    (Metric::VideoFrameRate, "video.frameRate", MetricKind::Number, FRAMES),
    (Metric::VideoRecommendedResolution, "video.recommendedResolution", MetricKind::Resolution, PIXELS),
    (Metric::VideoRecommendedFrameRate, "video.recommendedFrameRate", MetricKind::Number, FRAMES),
    (Metric::LinkUpBitrate, "link.up.bitrate", MetricKind::Bitrate, AMOUNT),
    (Metric::LinkUpPacketLossRatio, "link.up.packetLossRatio", MetricKind::Ratio, SHARE),
    (Metric::LinkDownBitrate, "link.down.bitrate", MetricKind::Bitrate, AMOUNT),
    (Metric::LinkDownPacketLossRatio, "link.down.packetLossRatio", MetricKind::Ratio, SHARE),
    (Metric::LinkRoundTripTime, "link.roundTripTime", MetricKind::Time, AMOUNT),
    (Metric::MediaTransport, "media.transport", MetricKind::Word(&["udp", "tcp", "tls"]), NONE),
    (Metric::MediaCandidateType, "media.candidateType", MetricKind::Word(&["host", "srflx", "prflx", "relay"]), NONE),
    (Metric::MediaIpVersion, "media.ipVersion", MetricKind::Word(&["ipv4", "ipv6"]), NONE),
    (Metric::MediaAudioCodec, "media.audioCodec", MetricKind::Word(&["opus", "g722", "pcmu", "pcma", "red"]), NONE),
    (Metric::MediaVideoCodec, "media.videoCodec", MetricKind::Word(&["vp8", "vp9", "h264", "h265", "av1"]), NONE),
];

impl Metric {
    /// Its name in a scenario: `video.mos`.
    pub fn as_str(self) -> &'static str {
        METRICS.iter().find(|(metric, ..)| *metric == self).map_or("", |(_, name, ..)| *name)
    }

    /// The metric of this name.
    pub fn from_name(name: &str) -> Option<Self> {
        METRICS.iter().find(|(_, known, ..)| *known == name).map(|(metric, ..)| *metric)
    }

    /// What kind of value it has.
    pub fn kind(self) -> MetricKind {
        METRICS.iter().find(|(metric, ..)| *metric == self).map_or(MetricKind::Text, |(_, _, kind, _)| *kind)
    }

    /// From which value to which it goes: outside of that no expectation has a meaning. `None` where there is no order.
    pub fn extent(self) -> Option<(f64, f64)> {
        METRICS.iter().find(|(metric, ..)| *metric == self).and_then(|(.., extent)| *extent)
    }

    /// A value as expectations have it, such as advice can name.
    pub fn typical(self) -> &'static str {
        match self {
            Self::AudioMos | Self::VideoMos => "3.4",
            Self::VideoFrameRate | Self::VideoRecommendedFrameRate => "20",
            _ => self.kind().quantity(),
        }
    }

    /// Whether the samples of each second give it, and so a part of a test can be looked at.
    pub fn is_sampled(self) -> bool {
        matches!(
            self,
            Self::AudioMos
                | Self::AudioBitrate
                | Self::AudioPacketLossRatio
                | Self::VideoMos
                | Self::VideoBitrate
                | Self::VideoPacketLossRatio
                | Self::VideoFrameRate
        )
    }

    /// Every name.
    pub fn names() -> Vec<&'static str> {
        METRICS.iter().map(|(_, name, ..)| *name).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_in_scenarios_and_in_files_are_the_same() {
        for (metric, name, ..) in METRICS {
            assert_eq!(serde_json::to_value(metric).expect("serialises"), name);
            assert_eq!(Metric::from_name(name), Some(metric));
            assert_eq!(metric.as_str(), name);
        }
    }
}
