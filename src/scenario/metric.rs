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

/// Every metric with its name and kind: the names of the module's result objects.
const METRICS: [(Metric, &str, Kind); 25] = [
    (Metric::ConnectivitySuccess, "connectivity.success", Kind::Boolean),
    (Metric::ConnectivityFailedTests, "connectivity.failedTests", Kind::Text),
    (Metric::QualityError, "quality.error", Kind::Text),
    (Metric::AudioSupported, "audio.supported", Kind::Boolean),
    (Metric::AudioMos, "audio.mos", Kind::Number),
    (Metric::AudioBitrate, "audio.bitrate", Kind::Bitrate),
    (Metric::AudioPacketLossRatio, "audio.packetLossRatio", Kind::Ratio),
    (Metric::VideoSupported, "video.supported", Kind::Boolean),
    (Metric::VideoReason, "video.reason", Kind::Text),
    (Metric::VideoMos, "video.mos", Kind::Number),
    (Metric::VideoBitrate, "video.bitrate", Kind::Bitrate),
    (Metric::VideoPacketLossRatio, "video.packetLossRatio", Kind::Ratio),
    (Metric::VideoFrameRate, "video.frameRate", Kind::Number),
    (Metric::VideoRecommendedResolution, "video.recommendedResolution", Kind::Resolution),
    (Metric::VideoRecommendedFrameRate, "video.recommendedFrameRate", Kind::Number),
    (Metric::LinkUpBitrate, "link.up.bitrate", Kind::Bitrate),
    (Metric::LinkUpPacketLossRatio, "link.up.packetLossRatio", Kind::Ratio),
    (Metric::LinkDownBitrate, "link.down.bitrate", Kind::Bitrate),
    (Metric::LinkDownPacketLossRatio, "link.down.packetLossRatio", Kind::Ratio),
    (Metric::LinkRoundTripTime, "link.roundTripTime", Kind::Time),
    (Metric::MediaTransport, "media.transport", Kind::Word(&["udp", "tcp", "tls"])),
    (Metric::MediaCandidateType, "media.candidateType", Kind::Word(&["host", "srflx", "prflx", "relay"])),
    (Metric::MediaIpVersion, "media.ipVersion", Kind::Word(&["ipv4", "ipv6"])),
    (Metric::MediaAudioCodec, "media.audioCodec", Kind::Word(&["opus", "g722", "pcmu", "pcma", "red"])),
    (Metric::MediaVideoCodec, "media.videoCodec", Kind::Word(&["vp8", "vp9", "h264", "h265", "av1"])),
];

impl Metric {
    /// Its name in a scenario: `video.mos`.
    pub fn as_str(self) -> &'static str {
        METRICS.iter().find(|(metric, ..)| *metric == self).map_or("", |(_, name, _)| *name)
    }

    /// The metric of this name.
    pub(super) fn from_name(name: &str) -> Option<Self> {
        METRICS.iter().find(|(_, known, _)| *known == name).map(|(metric, ..)| *metric)
    }

    /// What kind of value it has.
    pub(super) fn kind(self) -> Kind {
        METRICS.iter().find(|(metric, ..)| *metric == self).map_or(Kind::Text, |(.., kind)| *kind)
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
        METRICS.iter().map(|(_, name, _)| *name).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_in_scenarios_and_in_files_are_the_same() {
        for (metric, name, _) in METRICS {
            assert_eq!(serde_json::to_value(metric).expect("serialises"), name);
            assert_eq!(Metric::from_name(name), Some(metric));
            assert_eq!(metric.as_str(), name);
        }
    }
}
