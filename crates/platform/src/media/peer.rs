//! The messages between the messaging service and the media router, and the types that both kinds of peer share.

use std::collections::VecDeque;
use std::ops::Range;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};
use str0m::net::{DatagramRecv, Receive};
use str0m::{Event, IceCreds, Input, Output, Rtc, RtcError};

use super::address::{AccessId, MediaAddresses, PeerAddr};
use super::codec::RtpVideoCodec;
use super::fallback::FallbackChange;

/// One end of media: a publisher by its stream's id, a subscriber by its own.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum PeerId {
    /// The publisher of this stream.
    Publisher(String),
    /// The subscriber with this id.
    Subscriber(String),
}

impl PeerId {
    /// Returns whether the peer is a publisher or a subscriber.
    pub fn kind(&self) -> PeerKind {
        match self {
            Self::Publisher(_) => PeerKind::Publisher,
            Self::Subscriber(_) => PeerKind::Subscriber,
        }
    }
}

/// A request from the messaging service to the router.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MediaRequest {
    /// Take a publisher's offer: its first, or one that restarts ICE.
    Publish {
        /// The id of the publisher's stream.
        stream: String,
        /// The SDP that the publisher offers.
        offer: String,
        /// The codec to take if the offer has it.
        video_codec: RtpVideoCodec,
        /// The access point of the publisher's client. An offer that restarts ICE stays at that of the first.
        access: AccessId,
    },
    /// Make an offer to a subscriber.
    Subscribe {
        /// The id of the subscriber.
        subscriber: String,
        /// The id of the stream.
        stream: String,
        /// Whether it gets audio alone where its downlink is too narrow for video.
        audio_fallback: bool,
        /// The access point of the subscriber's client.
        access: AccessId,
    },
    /// Restart a subscriber's ICE.
    RestartSubscriber {
        /// The id of the subscriber.
        subscriber: String,
        /// The SDP of its client's offer, to be answered; without one the router makes an offer.
        offer: Option<String>,
    },
    /// Take a subscriber's answer.
    Answer {
        /// The id of the subscriber.
        subscriber: String,
        /// The SDP that the subscriber sent.
        sdp: String,
    },
    /// Forget a peer.
    Close {
        /// The peer that the request is about.
        peer: PeerId,
    },
    /// Drop all packets from and to peers of this kind from now on, as a firewall would.
    Block(PeerKind),
}

/// The kinds of peer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PeerKind {
    /// A peer that sends media.
    Publisher,
    /// A peer that receives media.
    Subscriber,
}

/// An event that the router reports to the messaging service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MediaEvent {
    /// The answer to a peer's offer.
    Answer {
        /// The peer that the event is about.
        peer: PeerId,
        /// The SDP that the router answers with.
        sdp: String,
    },
    /// An offer to a subscriber: its first, or one that restarts ICE.
    Offer {
        /// The id of the subscriber.
        subscriber: String,
        /// The SDP that the router offers.
        sdp: String,
    },
    /// ICE and DTLS of a peer are up.
    Connected {
        /// The peer that the event is about.
        peer: PeerId,
    },
    /// Audio fallback has changed a subscriber's video.
    Fallback {
        /// The id of the subscriber.
        subscriber: String,
        /// The change of the subscriber's video.
        change: FallbackChange,
    },
    /// A peer could not be set up, or not be restarted.
    Failed {
        /// The peer whose connection failed.
        peer: PeerId,
        /// The reason of the failure, for people.
        reason: String,
    },
}

/// An output of the router, for its caller to carry out.
#[derive(Debug, PartialEq, Eq)]
pub enum RouterOutput {
    /// Send a datagram.
    Transmit {
        /// The access point to send it from.
        access: AccessId,
        /// The address to send to.
        destination: PeerAddr,
        /// The content of the datagram.
        contents: Vec<u8>,
    },
    /// An event for the messaging service.
    Event(MediaEvent),
}

/// How often str0m may want the same moment again. What is left then is due at the next.
const MAX_ROUNDS: usize = 16;

/// Where a router's outputs wait, in order.
pub(super) type RouterOutputs = VecDeque<RouterOutput>;

/// A str0m instance with the addresses it is reached at.
pub(super) struct Transport {
    pub rtc: Rtc,
    addresses: MediaAddresses,
    timeout: Option<Instant>,
    /// The period in which str0m is not given the time, although it may have requested it.
    quiet: Option<Range<Instant>>,
    /// Whether ICE was restarted without str0m's knowledge, and where the peer was heard last since.
    moved: Option<Moved>,
}

/// Where a peer is since it restarted ICE.
#[derive(Default)]
struct Moved {
    to: Option<(PeerAddr, Instant)>,
}

/// A path whose checks stay away for so long is left for another that is checked. Browsers check every 2.5 s.
const PATH_TIMEOUT: Duration = Duration::from_secs(5);

impl Transport {
    /// Returns a transport whose `addresses` are its ICE candidates. Datagrams for this peer arrive at them.
    pub(super) fn new(mut rtc: Rtc, addresses: MediaAddresses) -> Result<Self, RtcError> {
        for candidate in addresses.candidates()? {
            rtc.add_local_candidate(candidate);
        }
        Ok(Self { rtc, addresses, timeout: None, quiet: None, moved: None })
    }

    /// Returns whether a datagram that came by an access point is for this peer.
    pub(super) fn accepts(&self, now: Instant, access: AccessId, source: PeerAddr, contents: &[u8]) -> bool {
        access == self.addresses.access
            && self.input(now, source, contents).is_some_and(|input| self.rtc.accepts(&input))
    }

    /// Returns the name of this peer in connectivity checks (RFC 8445 section 7.2.2).
    pub(super) fn local_ufrag(&mut self) -> String {
        self.rtc.direct_api().local_ice_credentials().ufrag
    }

    /// Takes a datagram in. As after every change to `rtc`, [`Transport::settle`] has to follow before the next.
    pub(super) fn handle_datagram(&mut self, now: Instant, source: PeerAddr, contents: &[u8]) -> Result<(), RtcError> {
        if let Some(Moved { to }) = self.moved.as_mut().filter(|_| is_stun(contents))
            && to.is_none_or(|(at, heard)| at == source || now.saturating_duration_since(heard) >= PATH_TIMEOUT)
        {
            *to = Some((source, now));
        }
        match self.input(now, source, contents) {
            Some(input) => self.rtc.handle_input(input),
            None => Ok(()),
        }
    }

    /// Restarts ICE with these credentials, for SDP that is not str0m's. str0m is not aware of the restart and keeps
    /// the previously nominated pair for up to 15 s; what it sends is addressed to the peer's current address.
    pub(super) fn restart_ice(&mut self, local: IceCreds, remote: IceCreds) {
        let mut api = self.rtc.direct_api();
        api.set_local_ice_credentials(local);
        api.set_remote_ice_credentials(remote);
        self.moved = Some(Moved::default());
    }

    /// Returns the time at which [`Transport::settle`] is wanted, should nothing else happen.
    pub(super) fn poll_timeout(&self) -> Option<Instant> {
        let timeout = self.rtc.is_alive().then_some(self.timeout).flatten()?;
        let quiet = self.quiet.as_ref().filter(|quiet| quiet.contains(&timeout));
        Some(quiet.map_or(timeout, |quiet| quiet.end))
    }

    /// Sets when str0m is not given the time, unless by [`Transport::give_time`] or with a datagram.
    pub(super) fn set_quiet(&mut self, quiet: Option<Range<Instant>>) {
        self.quiet = quiet;
    }

    /// Gives str0m the time. As after every change to `rtc`, [`Transport::settle`] has to follow.
    pub(super) fn give_time(&mut self, now: Instant) -> Result<(), RtcError> {
        self.rtc.handle_input(Input::Timeout(now))
    }

    /// Returns whether [`Transport::settle`] is wanted now; before the first time, always.
    fn is_due(&self, now: Instant) -> bool {
        let is_quiet = self.quiet.as_ref().is_some_and(|quiet| quiet.contains(&now));
        self.rtc.is_alive() && !is_quiet && self.timeout.is_none_or(|at| at <= now)
    }

    /// Lets str0m do what a change to it made due: puts each datagram to send into `outputs`, and gives each event to
    /// `event`, until it waits for input or for a later time.
    ///
    /// str0m wants its outputs drained after every single change; with two changes in a row it can lose sight of
    /// packets that wait to be sent.
    pub(super) fn settle(
        &mut self,
        now: Instant,
        outputs: &mut RouterOutputs,
        event: &mut impl FnMut(Event),
    ) -> Result<(), RtcError> {
        for _ in 0..MAX_ROUNDS {
            self.drain(outputs, event)?;
            if !self.is_due(now) {
                return Ok(());
            }
            self.give_time(now)?;
        }
        self.drain(outputs, event)
    }

    fn drain(&mut self, outputs: &mut RouterOutputs, event: &mut impl FnMut(Event)) -> Result<(), RtcError> {
        while self.rtc.is_alive() {
            match self.rtc.poll_output()? {
                Output::Timeout(at) => {
                    self.timeout = Some(at);
                    break;
                }
                Output::Transmit(datagram) => {
                    let contents: Vec<u8> = datagram.contents.into();
                    let asked = PeerAddr::new(datagram.proto, datagram.destination);
                    // The answer to a check goes back to where the check came from.
                    let moved = self.moved.as_ref().and_then(|moved| moved.to).filter(|_| !is_stun(&contents));
                    let destination = moved.map_or(asked, |(to, _)| to);
                    let access = self.addresses.access;
                    outputs.push_back(RouterOutput::Transmit { access, destination, contents });
                }
                Output::Event(happened) => event(happened),
            }
        }
        Ok(())
    }

    fn input<'a>(&self, now: Instant, source: PeerAddr, contents: &'a [u8]) -> Option<Input<'a>> {
        let contents = DatagramRecv::try_from(contents).ok()?;
        let destination = self.addresses.reached_by(source)?;
        let receive = Receive { proto: source.protocol(), source: source.address(), destination, contents };
        Some(Input::Receive(now, receive))
    }
}

/// Returns whether a datagram is STUN (RFC 7983 section 7).
pub(super) fn is_stun(datagram: &[u8]) -> bool {
    matches!(datagram.first(), Some(0..=3))
}
