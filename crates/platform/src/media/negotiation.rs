//! The negotiation with a subscriber. Its SDP is the router's own, as str0m's would not describe what is sent: see `sdp`.

use std::time::{Duration, Instant};

use str0m::bwe::Bitrate;
use str0m::config::Fingerprint;
use str0m::format::{Codec, FormatParams};
use str0m::media::Frequency;
use str0m::rtp::{Extension, ExtensionMap};
use str0m::{IceCreds, Rtc, RtcConfig};

use super::address::MediaAddresses;
use super::codec::{StreamMedia, VideoCodec};
use super::peer::Outputs;
use super::sdp::{Offer, OfferedVideo, RemoteDescription, ids};
use super::subscriber::Subscriber;

/// How often the downlink's estimate is looked at.
const ESTIMATE_INTERVAL: Duration = Duration::from_millis(100);

/// How far the negotiation with a subscriber is.
pub(super) struct Negotiation {
    addresses: MediaAddresses,
    /// `cname` and `msid`.
    name: String,
    codec: Option<VideoCodec>,
    /// How many descriptions were made.
    versions: u64,
    /// Once the first offer is answered, the router's role in DTLS: whether it is the client.
    is_dtls_client: Option<bool>,
    /// The ICE credentials of an offer that restarts ICE and is not answered yet. Until then the old ones are good.
    offered: Option<IceCreds>,
}

impl Negotiation {
    /// Before the first offer.
    pub fn new(addresses: MediaAddresses, name: String, codec: Option<VideoCodec>) -> Self {
        Self { addresses, name, codec, versions: 1, is_dtls_client: None, offered: None }
    }
}

/// Why a restart is refused that comes too early.
const UNANSWERED: &str = "it has not answered the first offer yet";

impl Subscriber {
    /// The subscriber, and its first offer.
    pub(super) fn offered(mut self) -> (Self, String) {
        let ice = self.transport.rtc.direct_api().local_ice_credentials();
        let offer = self.describe(&ice, "actpass");
        (self, offer)
    }

    /// An offer that restarts ICE. It is good once it is answered.
    pub fn offer_restart(&mut self) -> Result<String, String> {
        self.negotiation.is_dtls_client.ok_or(UNANSWERED)?;
        let ice = IceCreds::new();
        let offer = self.describe(&ice, "actpass");
        self.negotiation.offered = Some(ice);
        Ok(offer)
    }

    /// Takes the client's answer: to the first offer, or to one that restarts ICE. The error says what is wrong with it.
    pub fn accept_answer(&mut self, now: Instant, sdp: &str, outputs: &mut Outputs) -> Result<(), String> {
        let answer = RemoteDescription::parse(sdp)?;
        let remote = IceCreds { ufrag: answer.ice_ufrag.clone(), pass: answer.ice_pwd.clone() };
        if self.negotiation.is_dtls_client.is_some() {
            let local = self.negotiation.offered.take().ok_or("it has answered before")?;
            self.check_certificate(&answer)?;
            self.restart_ice(local, remote);
        } else {
            let mut api = self.transport.rtc.direct_api();
            api.set_remote_ice_credentials(remote);
            api.set_remote_fingerprint(Fingerprint { hash_func: answer.hash_function, bytes: answer.fingerprint });
            let has_feedback = answer.has_transport_feedback;
            api.start_dtls(!answer.is_dtls_client).map_err(|error| error.to_string())?;
            if !has_feedback {
                let unpaced = self.downlink.set_without_feedback();
                self.transport.rtc.bwe().reset(unpaced);
            }
            self.negotiation.is_dtls_client = Some(!answer.is_dtls_client);
        }
        // Nothing can have come yet with these credentials: without them no check was let in.
        self.settle(now, outputs).map(drop).map_err(|error| error.to_string())
    }

    /// Takes an offer of the client that restarts ICE; gives the answer. The error says what is wrong with the offer.
    pub fn accept_restart(&mut self, now: Instant, sdp: &str, outputs: &mut Outputs) -> Result<String, String> {
        let offer = RemoteDescription::parse(sdp)?;
        let is_dtls_client = self.negotiation.is_dtls_client.ok_or(UNANSWERED)?;
        self.check_certificate(&offer)?;
        let local = IceCreds::new();
        let answer = self.describe(&local, if is_dtls_client { "active" } else { "passive" });
        self.restart_ice(local, IceCreds { ufrag: offer.ice_ufrag, pass: offer.ice_pwd });
        self.settle(now, outputs).map_err(|error| error.to_string())?;
        Ok(answer)
    }

    fn check_certificate(&mut self, description: &RemoteDescription) -> Result<(), String> {
        let api = self.transport.rtc.direct_api();
        match api.remote_dtls_fingerprint() {
            Some(known) if known.bytes != description.fingerprint => {
                Err("it restarts ICE with another certificate; a new peer connection needs a new subscriber".to_owned())
            }
            _ => Ok(()),
        }
    }

    fn describe(&mut self, ice: &IceCreds, setup: &'static str) -> String {
        self.negotiation.versions += 1;
        let Negotiation { addresses, name, codec, versions, .. } = &self.negotiation;
        Offer {
            addresses: *addresses,
            ice,
            fingerprint: self.transport.rtc.direct_api().local_dtls_fingerprint(),
            audio_ssrc: self.audio.as_ref().map(|audio| *audio.ssrc),
            video: codec.zip(self.video.as_ref()).map(|(codec, video)| OfferedVideo {
                codec,
                ssrc: *video.stream.ssrc,
                rtx_ssrc: *video.rtx.ssrc,
            }),
            name,
            version: *versions,
            setup,
        }
        .to_sdp()
    }
}

/// What str0m has to know to send such a stream.
pub(super) fn rtc_config(media: StreamMedia, start_estimate: Bitrate) -> RtcConfig {
    let mut extensions = ExtensionMap::empty();
    extensions.set(ids::ABS_SEND_TIME, Extension::AbsoluteSendTime);
    extensions.set(ids::TRANSPORT_CC, Extension::TransportSequenceNumber);
    extensions.set(ids::MID, Extension::RtpMid);
    let mut config = Rtc::builder()
        .set_ice_lite(true)
        .set_rtp_mode(true)
        .set_extension_map(extensions)
        .enable_bwe(Some(start_estimate))
        .set_stats_interval(Some(ESTIMATE_INTERVAL))
        // The one way to see a subscriber's NACKs, which are answered here and not by str0m: see `retransmission`.
        .enable_raw_packets(true)
        .clear_codecs();
    let codecs = config.codec_config();
    let opus = FormatParams { min_p_time: Some(10), use_inband_fec: Some(true), ..FormatParams::default() };
    codecs.add_config(ids::OPUS.into(), None, Codec::Opus, Frequency::FORTY_EIGHT_KHZ, Some(2), opus);
    if let Some(codec) = media.video {
        codec.declare(codecs);
    }
    // str0m sends its padding under the first payload type that has transport-wide feedback.
    for payload_type in codecs.iter_mut() {
        payload_type.set_fb_transport_cc(*payload_type.pt() == ids::PADDING);
    }
    config
}
