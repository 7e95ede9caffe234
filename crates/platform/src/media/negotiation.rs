//! The state of the negotiation with a subscriber, and the configuration of its str0m instance. The SDP is the router's
//! own, since str0m's would not describe what is sent: see `sdp`.

use std::time::Duration;

use str0m::bwe::Bitrate;
use str0m::format::{Codec, FormatParams};
use str0m::media::Frequency;
use str0m::rtp::{Extension, ExtensionMap};
use str0m::{IceCreds, Rtc, RtcConfig};

use super::address::MediaAddresses;
use super::codec::{RtpVideoCodec, StreamMedia};
use super::rtp_ids;

/// How often the downlink's estimate is read.
const ESTIMATE_INTERVAL: Duration = Duration::from_millis(100);

/// The state of the negotiation with a subscriber.
pub(super) struct Negotiation {
    pub addresses: MediaAddresses,
    /// `cname` and `msid`.
    pub name: String,
    pub codec: Option<RtpVideoCodec>,
    /// The version of the latest session description.
    pub version: u64,
    /// Whether the router is the DTLS client; `None` before the first offer is answered.
    pub is_dtls_client: Option<bool>,
    /// The ICE credentials of an offer that restarts ICE and is not answered yet. Until then the old credentials are
    /// valid.
    pub offered: Option<IceCreds>,
}

impl Negotiation {
    /// Creates the state before the first offer.
    pub(super) fn new(addresses: MediaAddresses, name: String, codec: Option<RtpVideoCodec>) -> Self {
        Self { addresses, name, codec, version: 1, is_dtls_client: None, offered: None }
    }
}

/// Returns the configuration of a str0m instance that sends such a stream.
pub(super) fn rtc_config(media: StreamMedia, start_estimate: Bitrate) -> RtcConfig {
    let mut extensions = ExtensionMap::empty();
    extensions.set(rtp_ids::ABS_SEND_TIME, Extension::AbsoluteSendTime);
    extensions.set(rtp_ids::TRANSPORT_CC, Extension::TransportSequenceNumber);
    extensions.set(rtp_ids::MID, Extension::RtpMid);
    let mut config = Rtc::builder()
        .set_rtp_mode(true)
        .set_extension_map(extensions)
        .enable_bwe(Some(start_estimate))
        .set_stats_interval(Some(ESTIMATE_INTERVAL))
        // This is the only access to a subscriber's NACKs, which the router answers itself: see `retransmission`.
        .enable_raw_packets(true)
        .clear_codecs();
    let codecs = config.codec_config();
    let opus = FormatParams { min_p_time: Some(10), use_inband_fec: Some(true), ..FormatParams::default() };
    codecs.add_config(rtp_ids::OPUS.into(), None, Codec::Opus, Frequency::FORTY_EIGHT_KHZ, Some(2), opus);
    if let Some(codec) = media.video {
        codec.declare(codecs);
    }
    // str0m sends its padding with the SSRC 0, under the first payload type that has transport-wide feedback. Browsers
    // count a packet with the payload type of repairs in their own feedback, and drop it without taking it for another
    // stream. With any other payload type, Firefox takes the SSRC 0 for that of the video, and begins the stream anew.
    let padding = media.video.map(|codec| codec.payload_types().1);
    for payload_type in codecs.iter_mut() {
        payload_type.set_fb_transport_cc(Some(*payload_type.pt()) == padding);
    }
    config
}
