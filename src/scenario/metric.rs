//! The names and kinds of what an expectation can look at.

use super::model::Metric;

/// What kind of value a metric has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
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

impl Kind {
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

/// From which value to which a metric goes, in the order of [`size`](super::condition::size); `None` where there is no order.
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
const METRICS: [(Metric, &str, Kind, Extent); 25] = [
    (Metric::ConnectivitySuccess, "connectivity.success", Kind::Boolean, NONE),
    (Metric::ConnectivityFailedTests, "connectivity.failedTests", Kind::Text, NONE),
    (Metric::QualityError, "quality.error", Kind::Text, NONE),
    (Metric::AudioSupported, "audio.supported", Kind::Boolean, NONE),
    (Metric::AudioMos, "audio.mos", Kind::Number, MOS),
    (Metric::AudioBitrate, "audio.bitrate", Kind::Bitrate, AMOUNT),
    (Metric::AudioPacketLossRatio, "audio.packetLossRatio", Kind::Ratio, SHARE),
    (Metric::VideoSupported, "video.supported", Kind::Boolean, NONE),
    (Metric::VideoReason, "video.reason", Kind::Text, NONE),
    (Metric::VideoMos, "video.mos", Kind::Number, MOS),
    (Metric::VideoBitrate, "video.bitrate", Kind::Bitrate, AMOUNT),
    (Metric::VideoPacketLossRatio, "video.packetLossRatio", Kind::Ratio, SHARE),
    (Metric::VideoFrameRate, "video.frameRate", Kind::Number, FRAMES),
    (Metric::VideoRecommendedResolution, "video.recommendedResolution", Kind::Resolution, PIXELS),
    (Metric::VideoRecommendedFrameRate, "video.recommendedFrameRate", Kind::Number, FRAMES),
    (Metric::LinkUpBitrate, "link.up.bitrate", Kind::Bitrate, AMOUNT),
    (Metric::LinkUpPacketLossRatio, "link.up.packetLossRatio", Kind::Ratio, SHARE),
    (Metric::LinkDownBitrate, "link.down.bitrate", Kind::Bitrate, AMOUNT),
    (Metric::LinkDownPacketLossRatio, "link.down.packetLossRatio", Kind::Ratio, SHARE),
    (Metric::LinkRoundTripTime, "link.roundTripTime", Kind::Time, AMOUNT),
    (Metric::MediaTransport, "media.transport", Kind::Word(&["udp", "tcp", "tls"]), NONE),
    (Metric::MediaCandidateType, "media.candidateType", Kind::Word(&["host", "srflx", "prflx", "relay"]), NONE),
    (Metric::MediaIpVersion, "media.ipVersion", Kind::Word(&["ipv4", "ipv6"]), NONE),
    (Metric::MediaAudioCodec, "media.audioCodec", Kind::Word(&["opus", "g722", "pcmu", "pcma", "red"]), NONE),
    (Metric::MediaVideoCodec, "media.videoCodec", Kind::Word(&["vp8", "vp9", "h264", "h265", "av1"]), NONE),
];

impl Metric {
    /// Its name in a scenario: `video.mos`.
    pub fn as_str(self) -> &'static str {
        METRICS.iter().find(|(metric, ..)| *metric == self).map_or("", |(_, name, ..)| *name)
    }

    /// The metric of this name.
    pub(super) fn from_name(name: &str) -> Option<Self> {
        METRICS.iter().find(|(_, known, ..)| *known == name).map(|(metric, ..)| *metric)
    }

    /// What kind of value it has.
    pub(super) fn kind(self) -> Kind {
        METRICS.iter().find(|(metric, ..)| *metric == self).map_or(Kind::Text, |(_, _, kind, _)| *kind)
    }

    /// From which value to which it goes: outside of that no expectation has a meaning. `None` where there is no order.
    pub(super) fn extent(self) -> Option<(f64, f64)> {
        METRICS.iter().find(|(metric, ..)| *metric == self).and_then(|(.., extent)| *extent)
    }

    /// A value as expectations have it, such as advice can name.
    pub(super) fn typical(self) -> &'static str {
        match self {
            Self::AudioMos | Self::VideoMos => "3.4",
            Self::VideoFrameRate | Self::VideoRecommendedFrameRate => "20",
            _ => self.kind().quantity(),
        }
    }

    /// Whether the samples of each second give it, and so a part of a test can be looked at.
    pub(super) fn is_sampled(self) -> bool {
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
    pub(super) fn names() -> Vec<&'static str> {
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
