//! The codecs of a stream, and their names in our own offers.

use serde::{Deserialize, Serialize};
use str0m::format::{Codec, CodecConfig, FormatParams};
use str0m::media::Frequency;

/// The RTP clock of Opus, in Hz (RFC 7587 section 4.1).
pub(super) const AUDIO_CLOCK_HZ: u32 = 48_000;
/// The RTP clock of video, in Hz (RFC 3551 section 5).
pub(super) const VIDEO_CLOCK_HZ: u32 = 90_000;

/// The rate of the audio beside video in bit/s, packet headers included.
pub(super) const AUDIO_BPS: f64 = 60e3;

/// The video codecs that are routed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RtpVideoCodec {
    /// VP8 (RFC 7741).
    #[default]
    Vp8,
    /// VP9 (RFC 9628), profile 0.
    Vp9,
    /// H.264 (RFC 6184), constrained baseline, packetization mode 1.
    H264,
    /// AV1 (the RTP payload format of the Alliance for Open Media), profile 0.
    Av1,
}

/// The media that a stream consists of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct StreamMedia {
    pub has_audio: bool,
    /// The one codec that its publisher may send.
    pub video: Option<RtpVideoCodec>,
    /// The number of simulcast layers, or 1 without simulcast.
    pub layers: usize,
}

/// H.264's constrained baseline, level 3.1 (RFC 6184 section 8.1).
const H264_PROFILE_LEVEL_ID: u32 = 0x42_e01f;

impl RtpVideoCodec {
    /// All codecs.
    pub const ALL: [Self; 4] = [Self::Vp8, Self::Vp9, Self::H264, Self::Av1];

    /// Returns the encoding name in SDP, in lower case.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Vp8 => "vp8",
            Self::Vp9 => "vp9",
            Self::H264 => "h264",
            Self::Av1 => "av1",
        }
    }

    /// Returns the codec to answer an offer with: the preferred one if it is in there, else the first of ours that is.
    pub(super) fn choose(offer: &str, preferred: Self) -> Self {
        let offered = |codec: &Self| {
            let wanted = format!("{}/90000", codec.as_str());
            let mut names = offer.lines().filter_map(|line| line.strip_prefix("a=rtpmap:")?.split_once(' '));
            names.any(|(_, name)| name.trim_end().eq_ignore_ascii_case(&wanted))
        };
        std::iter::once(preferred).chain(Self::ALL).find(offered).unwrap_or(preferred)
    }

    /// Its payload type in our offers, and that of its repairs (RTX, RFC 4588).
    pub(super) fn payload_types(self) -> (u8, u8) {
        match self {
            Self::Vp8 => (96, 97),
            Self::Vp9 => (98, 99),
            Self::H264 => (102, 103),
            Self::Av1 => (45, 46),
        }
    }

    /// Its format parameters in our offers.
    pub(super) fn fmtp(self) -> Option<String> {
        match self {
            Self::Vp8 => None,
            Self::Vp9 => Some("profile-id=0".to_owned()),
            Self::H264 => Some(format!(
                "level-asymmetry-allowed=1;packetization-mode=1;profile-level-id={H264_PROFILE_LEVEL_ID:06x}"
            )),
            // The values that the payload format presumes where they are left out (its section 7.2.1), as browsers
            // write them.
            Self::Av1 => Some("level-idx=5;profile=0;tier=0".to_owned()),
        }
    }

    fn codec(self) -> Codec {
        match self {
            Self::Vp8 => Codec::Vp8,
            Self::Vp9 => Codec::Vp9,
            Self::H264 => Codec::H264,
            Self::Av1 => Codec::Av1,
        }
    }

    /// Lets str0m answer offers with it.
    pub(super) fn enable(self, config: &mut CodecConfig) {
        match self {
            Self::Vp8 => config.enable_vp8(true),
            Self::Vp9 => config.enable_vp9(true),
            Self::Av1 => config.enable_av1(true),
            Self::H264 => {
                let (payload_type, repair) = self.payload_types();
                config.add_h264(payload_type.into(), Some(repair.into()), true, H264_PROFILE_LEVEL_ID);
            }
        }
    }

    /// Lets str0m send it. Repairs are a payload type of their own to it, so that we can send one whenever we have one.
    pub(super) fn declare(self, config: &mut CodecConfig) {
        let (payload_type, repair) = self.payload_types();
        for payload_type in [payload_type, repair] {
            let format = FormatParams::default();
            config.add_config(payload_type.into(), None, self.codec(), Frequency::NINETY_KHZ, None, format);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_offer_is_answered_with_a_codec_it_contains() {
        let offer = "a=rtpmap:96 VP8/90000\r\na=rtpmap:98 VP9/90000\r\n";
        assert_eq!(RtpVideoCodec::choose(offer, RtpVideoCodec::Vp9), RtpVideoCodec::Vp9);
        assert_eq!(RtpVideoCodec::choose(offer, RtpVideoCodec::H264), RtpVideoCodec::Vp8);
        assert_eq!(RtpVideoCodec::choose("", RtpVideoCodec::H264), RtpVideoCodec::H264);
        // A client that supports AV1 alone is answered with AV1, whatever codec is preferred.
        assert_eq!(RtpVideoCodec::choose("a=rtpmap:45 AV1/90000\r\n", RtpVideoCodec::Vp8), RtpVideoCodec::Av1);
        assert_eq!(RtpVideoCodec::choose(offer, RtpVideoCodec::Av1), RtpVideoCodec::Vp8);
    }
}
