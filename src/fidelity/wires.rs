//! The ways of the media: from peer to peer, or through the router.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::error::FidelityError;
use super::network::{Network, NetworkSide};
use super::sdp::through;
use precall_netem::{LinkConfig, NetworkConfig, PathCounters};
use precall_platform::MediaPort;
use precall_platform::media::{AccessId, MediaEvent, MediaRequest, RtpVideoCodec};
use precall_platform::transport::{MediaEndpoint, PeerBridge};

/// The names that the router knows the two peers by.
const STREAM: &str = "stream";
const SUBSCRIBER: &str = "subscriber";

/// Whether there is a router between the peers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Route {
    /// There is none: the peers are joined by the network alone.
    Reference,
    /// precall's router forwards the media.
    Router,
}

/// The legs of a routed run that the network is on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Legs {
    /// On the leg under test. The other one has no limit and no loss; on an uplink network it has the network's delay,
    /// so that the receiver's round-trip time is that of the reference.
    #[default]
    One,
    /// On both, which share its links: as in a case, where publisher and subscriber are in one browser behind one
    /// access link.
    Shared,
}

/// The sockets and links of one run. Dropped, all of it ends.
pub(super) struct Wires {
    sender: SocketAddr,
    receiver: SocketAddr,
    path: Option<PeerBridge>,
    /// The leg that is not under test, where it has a delay.
    _other: Option<PeerBridge>,
    router: Option<(MediaEndpoint, MediaPort)>,
}

/// The next step of a negotiation.
pub(super) enum NegotiationStep {
    /// The receiver has to answer this offer.
    Subscribe(String),
    /// The sender has to take this answer.
    Accept(String),
}

impl Wires {
    pub async fn open(
        host: IpAddr,
        network: &Network,
        route: Route,
        legs: Legs,
        seed: u64,
    ) -> Result<Self, FidelityError> {
        let config = &network.config;
        match (route, legs) {
            (Route::Reference, _) => {
                let path = PeerBridge::open(host, config, seed).await?;
                let (near, far) = (path.near_address(), path.far_address());
                // The near peer is the browser that the network belongs to.
                let (sender, receiver) = match network.side {
                    NetworkSide::Up => (near, far),
                    NetworkSide::Down => (far, near),
                };
                Ok(Self { sender, receiver, path: Some(path), _other: None, router: None })
            }
            (Route::Router, Legs::One) => {
                let (media, port) = MediaEndpoint::open_on(host, &NetworkConfig::default(), seed).await?;
                let direct = media.address();
                let path = PeerBridge::open_to(host, direct, config, seed).await?;
                let near = path.near_address();
                let (sender, receiver, other) = match network.side {
                    NetworkSide::Up => {
                        let other = PeerBridge::open_to(host, direct, &delayed(network.link().delay), seed).await?;
                        (near, other.near_address(), Some(other))
                    }
                    NetworkSide::Down => (direct, near, None),
                };
                Ok(Self { sender, receiver, path: Some(path), _other: other, router: Some((media, port)) })
            }
            (Route::Router, Legs::Shared) => {
                let (media, port) = MediaEndpoint::open_on(host, config, seed).await?;
                let direct = media.address();
                Ok(Self { sender: direct, receiver: direct, path: None, _other: None, router: Some((media, port)) })
            }
        }
    }

    /// The network's timeline begins now.
    pub fn begin(&self) {
        match (&self.path, &self.router) {
            (Some(path), _) => path.begin(),
            (None, Some((media, _))) => media.begin(),
            (None, None) => {}
        }
    }

    /// Returns the counters of the links under test.
    pub async fn counters(&self) -> PathCounters {
        match (&self.path, &self.router) {
            (Some(path), _) => path.counters().await,
            (None, Some((media, _))) => media.counters().await,
            (None, None) => PathCounters::default(),
        }
    }

    /// The sender has made an offer.
    pub fn offered(&self, sdp: String) -> Option<NegotiationStep> {
        match &self.router {
            None => Some(NegotiationStep::Subscribe(through(&sdp, self.receiver))),
            Some((_, port)) => {
                let (video_codec, access) = (RtpVideoCodec::Vp8, AccessId::default());
                ask(port, MediaRequest::Publish { stream: STREAM.into(), offer: sdp, video_codec, access });
                ask(
                    port,
                    MediaRequest::Subscribe {
                        subscriber: SUBSCRIBER.into(),
                        stream: STREAM.into(),
                        audio_fallback: false,
                        access,
                    },
                );
                None
            }
        }
    }

    /// The receiver has made an answer.
    pub fn answered(&self, sdp: String) -> Option<NegotiationStep> {
        match &self.router {
            None => Some(NegotiationStep::Accept(through(&sdp, self.sender))),
            Some((_, port)) => {
                ask(port, MediaRequest::Answer { subscriber: SUBSCRIBER.into(), sdp });
                None
            }
        }
    }

    /// Waits for the next step that the router asks for. Waits for ever without a router.
    pub async fn next(&mut self) -> Result<NegotiationStep, FidelityError> {
        let Some((_, port)) = &mut self.router else { return std::future::pending().await };
        loop {
            match port.events.recv().await {
                Some(MediaEvent::Answer { sdp, .. }) => return Ok(NegotiationStep::Accept(through(&sdp, self.sender))),
                Some(MediaEvent::Offer { sdp, .. }) => {
                    return Ok(NegotiationStep::Subscribe(through(&sdp, self.receiver)));
                }
                Some(MediaEvent::Connected { .. } | MediaEvent::Fallback { .. }) => {}
                Some(MediaEvent::Failed { peer, reason }) => {
                    return Err(FidelityError::Negotiation(format!("{peer:?}: {reason}")));
                }
                None => return Err(FidelityError::Negotiation("the router's task has ended".to_owned())),
            }
        }
    }
}

/// A network that delays, the same in both directions, and does nothing else.
fn delayed(delay: Duration) -> NetworkConfig {
    let link = LinkConfig { delay, ..LinkConfig::default() };
    NetworkConfig { up: link.clone(), down: link, ..NetworkConfig::default() }
}

fn ask(port: &MediaPort, request: MediaRequest) {
    // A router whose task has ended says so by its events.
    let _ = port.requests.try_send(request);
}
