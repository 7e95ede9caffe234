//! The parser of a publisher's offer.

use str0m::change::SdpOffer;
use str0m::media::{Mid, Rid};
use str0m::{Rtc, RtcError};

use super::sdp;
use super::simulcast::{SimulcastLayer, take_layers};

/// Returns an offer whose side leaves the role of the DTLS client to the router. RFC 5763 section 5 recommends that an
/// answerer takes it: it begins the handshake with the first connectivity check instead of a round trip later. str0m
/// 0.25.0 leaves it to the offerer.
pub(super) fn as_dtls_server(offer: &str) -> String {
    offer.replace("a=setup:actpass", "a=setup:passive")
}

/// Returns the layers of an offer's video from the lowest, none without simulcast, and the offer without them.
pub(super) fn read_offer(offer: &str) -> Result<(Vec<SimulcastLayer>, SdpOffer), RtcError> {
    Ok(match take_layers(offer) {
        Some((layers, rest)) => (layers, SdpOffer::from_sdp_string(&rest)?),
        None => (Vec::new(), SdpOffer::from_sdp_string(offer)?),
    })
}

/// Tells str0m which SSRCs the layers of the video are. They need a rid each, since they share a mid.
pub(super) fn declare_layers(rtc: &mut Rtc, layers: &[SimulcastLayer], answer: &str) {
    let Some(mid) = sdp::mid_of(answer, "video") else { return };
    let mid = Mid::from(mid);
    if rtc.media(mid).is_none() {
        return;
    }
    for (index, layer) in layers.iter().enumerate() {
        let rid = Rid::from(index.to_string().as_str());
        rtc.direct_api().expect_stream_rx(layer.ssrc.into(), layer.repair_ssrc.map(Into::into), mid, Some(rid));
    }
}
