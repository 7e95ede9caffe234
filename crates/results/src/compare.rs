//! `[compare]`: what is compared between two sides, and which change counts.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use precall_netem::units::{Bitrate, Ratio, UnitError, parse_duration};

/// A figure that is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Figure {
    /// MOS of audio, 1 to 4.5, as the page reports it.
    #[serde(rename = "audio.mos")]
    AudioMos,
    /// Received bit/s of audio.
    #[serde(rename = "audio.bitrate")]
    AudioBitrate,
    /// Share of audio packets lost.
    #[serde(rename = "audio.packetLossRatio")]
    AudioPacketLossRatio,
    /// MOS of video, 1 to 4.5.
    #[serde(rename = "video.mos")]
    VideoMos,
    /// Received bit/s of video.
    #[serde(rename = "video.bitrate")]
    VideoBitrate,
    /// Share of video packets lost.
    #[serde(rename = "video.packetLossRatio")]
    VideoPacketLossRatio,
    /// Frames per second.
    #[serde(rename = "video.frameRate")]
    VideoFrameRate,
    /// Round-trip time of ICE checks, in seconds.
    #[serde(rename = "roundTripTime")]
    RoundTripTime,
    /// What a case takes, from its beginning to its verdict, in seconds.
    #[serde(rename = "seconds")]
    Seconds,
    /// Share of cases whose connectivity test succeeds.
    #[serde(rename = "connectivity.success")]
    ConnectivitySuccess,
    /// Share of cases that fail or raise an error.
    #[serde(rename = "failures")]
    Failures,
    /// Share of cases that hang.
    #[serde(rename = "hangs")]
    Hangs,
}

/// What a figure's values are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FigureKind {
    /// A plain number: MOS, frames per second.
    Number,
    /// bit/s.
    Bitrate,
    /// A share, 0 to 1, measured in each case.
    Ratio,
    /// Seconds.
    Time,
    /// A share of the cases.
    Rate,
}

/// A change from which on it counts.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum MinimumEffect {
    /// In the figure's own unit.
    Absolute(f64),
    /// As a share of the first side's median.
    Relative(f64),
}

impl Figure {
    /// All, as they are reported.
    pub const ALL: [Self; 12] = [
        Self::AudioMos,
        Self::AudioBitrate,
        Self::AudioPacketLossRatio,
        Self::VideoMos,
        Self::VideoBitrate,
        Self::VideoPacketLossRatio,
        Self::VideoFrameRate,
        Self::RoundTripTime,
        Self::Seconds,
        Self::ConnectivitySuccess,
        Self::Failures,
        Self::Hangs,
    ];

    /// Its name in scenarios and files.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::AudioMos => "audio.mos",
            Self::AudioBitrate => "audio.bitrate",
            Self::AudioPacketLossRatio => "audio.packetLossRatio",
            Self::VideoMos => "video.mos",
            Self::VideoBitrate => "video.bitrate",
            Self::VideoPacketLossRatio => "video.packetLossRatio",
            Self::VideoFrameRate => "video.frameRate",
            Self::RoundTripTime => "roundTripTime",
            Self::Seconds => "seconds",
            Self::ConnectivitySuccess => "connectivity.success",
            Self::Failures => "failures",
            Self::Hangs => "hangs",
        }
    }

    /// Its name in a sentence.
    pub fn in_words(self) -> &'static str {
        match self {
            Self::AudioMos => "audio MOS",
            Self::AudioBitrate => "received audio bitrate",
            Self::AudioPacketLossRatio => "audio packet loss",
            Self::VideoMos => "video MOS",
            Self::VideoBitrate => "received video bitrate",
            Self::VideoPacketLossRatio => "video packet loss",
            Self::VideoFrameRate => "video frame rate",
            Self::RoundTripTime => "round-trip time",
            Self::Seconds => "duration of a case",
            Self::ConnectivitySuccess => "share of successful connectivity tests",
            Self::Failures => "share of failed cases",
            Self::Hangs => "share of cases that hang",
        }
    }

    /// What its values are.
    pub fn kind(self) -> FigureKind {
        match self {
            Self::AudioMos | Self::VideoMos | Self::VideoFrameRate => FigureKind::Number,
            Self::AudioBitrate | Self::VideoBitrate => FigureKind::Bitrate,
            Self::AudioPacketLossRatio | Self::VideoPacketLossRatio => FigureKind::Ratio,
            Self::RoundTripTime | Self::Seconds => FigureKind::Time,
            Self::ConnectivitySuccess | Self::Failures | Self::Hangs => FigureKind::Rate,
        }
    }

    /// Whether more of it is better.
    pub fn more_is_better(self) -> bool {
        match self {
            Self::AudioMos
            | Self::AudioBitrate
            | Self::VideoMos
            | Self::VideoBitrate
            | Self::VideoFrameRate
            | Self::ConnectivitySuccess => true,
            Self::AudioPacketLossRatio
            | Self::VideoPacketLossRatio
            | Self::RoundTripTime
            | Self::Seconds
            | Self::Failures
            | Self::Hangs => false,
        }
    }

    /// From which change on it counts, unless a scenario says otherwise: what a user could notice, and what a change of a
    /// release should not bring about by itself.
    pub fn minimum_effect(self) -> MinimumEffect {
        match self {
            Self::AudioMos | Self::VideoMos => MinimumEffect::Absolute(0.1),
            Self::AudioBitrate | Self::VideoBitrate => MinimumEffect::Relative(0.05),
            Self::AudioPacketLossRatio | Self::VideoPacketLossRatio => MinimumEffect::Absolute(0.01),
            Self::VideoFrameRate => MinimumEffect::Absolute(2.0),
            Self::RoundTripTime => MinimumEffect::Absolute(0.02),
            Self::Seconds => MinimumEffect::Absolute(2.0),
            Self::ConnectivitySuccess | Self::Failures | Self::Hangs => MinimumEffect::Absolute(0.1),
        }
    }

    /// Reads a change of it: `"5 %"`, `"20 kbit/s"`, `"0.2"`, `"20 ms"`.
    ///
    /// # Errors
    ///
    /// When it is no quantity of its kind; says what would be right.
    pub fn parse_effect(self, text: &str) -> Result<MinimumEffect, UnitError> {
        let share = || text.parse::<Ratio>().map(Ratio::get);
        match self.kind() {
            FigureKind::Bitrate if text.trim_end().ends_with('%') => share().map(MinimumEffect::Relative),
            FigureKind::Bitrate => {
                text.parse::<Bitrate>().map(|rate| MinimumEffect::Absolute(rate.bits_per_second() as f64))
            }
            FigureKind::Ratio | FigureKind::Rate => share().map(MinimumEffect::Absolute),
            FigureKind::Time => parse_duration(text).map(|time| MinimumEffect::Absolute(time.as_secs_f64())),
            FigureKind::Number => match text.trim().parse::<f64>() {
                Ok(number) if number.is_finite() && number >= 0.0 => Ok(MinimumEffect::Absolute(number)),
                _ => Err(UnitError::new(format!("{text:?} is no number from 0 on"), "write one, such as \"0.2\"")),
            },
        }
    }

    /// An example of a change of it.
    pub fn example(self) -> &'static str {
        match self.kind() {
            FigureKind::Number => "0.2",
            FigureKind::Bitrate => "5 %",
            FigureKind::Ratio | FigureKind::Rate => "2 %",
            FigureKind::Time => "20 ms",
        }
    }
}

/// How sides are compared.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CompareSpec {
    /// `level`: the chance of a false alarm in a cell, all its figures together. Default 5 %.
    pub level: f64,
    /// From which change on a figure counts, where it is not the default.
    pub minimum_effects: BTreeMap<Figure, MinimumEffect>,
}

impl Default for CompareSpec {
    fn default() -> Self {
        Self { level: 0.05, minimum_effects: BTreeMap::new() }
    }
}

impl CompareSpec {
    /// From which change on a figure counts.
    pub fn minimum_effect(&self, figure: Figure) -> MinimumEffect {
        self.minimum_effects.get(&figure).copied().unwrap_or_else(|| figure.minimum_effect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_in_scenarios_and_in_files_are_the_same() {
        for figure in Figure::ALL {
            assert_eq!(serde_json::to_value(figure).expect("serialises"), figure.as_str());
            assert!(figure.parse_effect(figure.example()).is_ok(), "{}", figure.as_str());
            assert!(figure.parse_effect("nonsense").is_err() && figure.parse_effect("-1").is_err());
        }
    }

    #[test]
    fn a_change_of_a_rate_is_a_share_or_a_rate() {
        assert_eq!(Figure::VideoBitrate.parse_effect("5 %"), Ok(MinimumEffect::Relative(0.05)));
        assert_eq!(Figure::VideoBitrate.parse_effect("20 kbit/s"), Ok(MinimumEffect::Absolute(20_000.0)));
        assert_eq!(Figure::RoundTripTime.parse_effect("20 ms"), Ok(MinimumEffect::Absolute(0.02)));
    }
}
