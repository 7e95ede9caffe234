//! Ids that are unique on the platform. One media router serves every session, so ids that clients choose are prefixed
//! with the number of their session.

use super::media::{MediaEvent, MediaRequest, PeerId};

/// The number of a session on this platform.
pub(super) type SessionNumber = u64;

/// Returns a request with ids that are unique on the platform.
pub(super) fn scoped(session: SessionNumber, request: MediaRequest) -> MediaRequest {
    let scope = |id: String| format!("{session}.{id}");
    match request {
        MediaRequest::Publish { stream, offer, video_codec, access } => {
            MediaRequest::Publish { stream: scope(stream), offer, video_codec, access }
        }
        MediaRequest::Subscribe { subscriber, stream, audio_fallback, access } => {
            MediaRequest::Subscribe { subscriber: scope(subscriber), stream: scope(stream), audio_fallback, access }
        }
        MediaRequest::RestartSubscriber { subscriber, offer } => {
            MediaRequest::RestartSubscriber { subscriber: scope(subscriber), offer }
        }
        MediaRequest::Answer { subscriber, sdp } => MediaRequest::Answer { subscriber: scope(subscriber), sdp },
        MediaRequest::Close { peer } => MediaRequest::Close {
            peer: match peer {
                PeerId::Publisher(id) => PeerId::Publisher(scope(id)),
                PeerId::Subscriber(id) => PeerId::Subscriber(scope(id)),
            },
        },
        other @ MediaRequest::Block(_) => other,
    }
}

/// Undoes [`scoped`] for an event of the router. Returns `None` for an id that was never scoped.
pub(super) fn unscoped(event: MediaEvent) -> Option<(SessionNumber, MediaEvent)> {
    let unscope = |id: &str| {
        let (session, id) = id.split_once('.')?;
        Some((session.parse().ok()?, id.to_owned()))
    };
    let peer_of = |peer: PeerId| match peer {
        PeerId::Publisher(id) => unscope(&id).map(|(session, id)| (session, PeerId::Publisher(id))),
        PeerId::Subscriber(id) => unscope(&id).map(|(session, id)| (session, PeerId::Subscriber(id))),
    };
    Some(match event {
        MediaEvent::Answer { peer, sdp } => {
            let (session, peer) = peer_of(peer)?;
            (session, MediaEvent::Answer { peer, sdp })
        }
        MediaEvent::Offer { subscriber, sdp } => {
            let (session, subscriber) = unscope(&subscriber)?;
            (session, MediaEvent::Offer { subscriber, sdp })
        }
        MediaEvent::Fallback { subscriber, change } => {
            let (session, subscriber) = unscope(&subscriber)?;
            (session, MediaEvent::Fallback { subscriber, change })
        }
        MediaEvent::Connected { peer } => {
            let (session, peer) = peer_of(peer)?;
            (session, MediaEvent::Connected { peer })
        }
        MediaEvent::Failed { peer, reason } => {
            let (session, peer) = peer_of(peer)?;
            (session, MediaEvent::Failed { peer, reason })
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::media::RtpVideoCodec;

    #[test]
    fn scoped_ids_round_trip() {
        let (stream, video_codec) = ("a.b".to_owned(), RtpVideoCodec::Vp8);
        let access = crate::media::AccessId::default();
        let request = scoped(7, MediaRequest::Publish { stream, offer: String::new(), video_codec, access });
        let MediaRequest::Publish { stream, .. } = request else { panic!("{request:?}") };
        let event = MediaEvent::Connected { peer: PeerId::Publisher(stream) };
        let wanted = MediaEvent::Connected { peer: PeerId::Publisher("a.b".to_owned()) };
        assert_eq!(unscoped(event), Some((7, wanted)));
        let foreign = MediaEvent::Connected { peer: PeerId::Publisher("a".to_owned()) };
        assert_eq!(unscoped(foreign), None);
    }
}
