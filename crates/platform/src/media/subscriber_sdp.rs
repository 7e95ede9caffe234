//! The offers and answers of a subscriber.

use std::time::Instant;

use str0m::IceCreds;
use str0m::config::Fingerprint;

use super::negotiation::Negotiation;
use super::peer::RouterOutputs;
use super::sdp::{Offer, OfferedVideo, RemoteDescription};
use super::subscriber::Subscriber;

/// The error for a restart before the first answer.
const UNANSWERED: &str = "it has not answered the first offer yet";

impl Subscriber {
    /// Returns the subscriber with its first offer.
    pub(super) fn offered(mut self) -> (Self, String) {
        let ice = self.transport.rtc.direct_api().local_ice_credentials();
        let offer = self.describe(&ice, "actpass");
        (self, offer)
    }

    /// Returns an offer that restarts ICE. Its credentials are valid once it is answered.
    pub(super) fn offer_restart(&mut self) -> Result<String, String> {
        self.negotiation.is_dtls_client.ok_or(UNANSWERED)?;
        let ice = IceCreds::new();
        let offer = self.describe(&ice, "actpass");
        self.negotiation.offered = Some(ice);
        Ok(offer)
    }

    /// Handles the client's answer to the first offer, or to one that restarts ICE. The error states what is wrong with
    /// the answer.
    pub(super) fn accept_answer(&mut self, now: Instant, sdp: &str, outputs: &mut RouterOutputs) -> Result<(), String> {
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
        // No datagram can have come with these credentials yet: checks without them are dropped.
        self.settle(now, outputs).map(drop).map_err(|error| error.to_string())
    }

    /// Handles an offer of the client that restarts ICE. Returns the answer; the error states what is wrong with the
    /// offer.
    pub(super) fn accept_restart(
        &mut self,
        now: Instant,
        sdp: &str,
        outputs: &mut RouterOutputs,
    ) -> Result<String, String> {
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
        self.negotiation.version += 1;
        let Negotiation { addresses, name, codec, version, .. } = &self.negotiation;
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
            version: *version,
            setup,
        }
        .to_sdp()
    }
}
