//! What goes between the messaging leg and the media router, and what both kinds of peer share.

use std::collections::VecDeque;
use std::time::Instant;

use serde::{Deserialize, Serialize};
use str0m::net::{DatagramRecv, Receive};
use str0m::{Event, Input, Output, Rtc, RtcError};

use super::address::{MediaAddresses, Remote};
use super::codec::VideoCodec;

/// One end of media: a publisher by its stream's id, a subscriber by its own.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum PeerId {
    /// The publisher of this stream.
    Publisher(String),
    /// This subscriber.
    Subscriber(String),
}

impl PeerId {
    /// Which kind of peer it is of.
    pub fn kind(&self) -> PeerKind {
        match self {
            Self::Publisher(_) => PeerKind::Publisher,
            Self::Subscriber(_) => PeerKind::Subscriber,
        }
    }
}

/// What the messaging leg asks of the router.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MediaRequest {
    /// Take a publisher's offer.
    Publish {
        /// Its stream.
        stream: String,
        /// Its SDP.
        offer: String,
        /// The codec to take if the offer has it.
        video_codec: VideoCodec,
    },
    /// Make an offer to a subscriber.
    Subscribe {
        /// The subscriber.
        subscriber: String,
        /// To which stream.
        stream: String,
    },
    /// Take a subscriber's answer.
    Answer {
        /// The subscriber.
        subscriber: String,
        /// Its SDP.
        sdp: String,
    },
    /// Forget a peer.
    Close {
        /// Which.
        peer: PeerId,
    },
    /// Neither hear nor send anything of peers of this kind any more, as if a firewall stood between.
    Block(PeerKind),
}

/// The kinds of peer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PeerKind {
    /// Those who send.
    Publisher,
    /// Those who receive.
    Subscriber,
}

/// What the router has to say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MediaEvent {
    /// The answer to a publisher.
    Answer {
        /// Its stream.
        stream: String,
        /// Our SDP.
        sdp: String,
    },
    /// The offer to a subscriber.
    Offer {
        /// The subscriber.
        subscriber: String,
        /// Our SDP.
        sdp: String,
    },
    /// ICE and DTLS of a peer are up.
    Connected {
        /// Which.
        peer: PeerId,
    },
    /// A peer could not be set up.
    Failed {
        /// Which.
        peer: PeerId,
        /// Why.
        reason: String,
    },
}

/// What a router wants done.
#[derive(Debug, PartialEq, Eq)]
pub enum RouterOutput {
    /// Send a datagram.
    Transmit {
        /// To whom.
        destination: Remote,
        /// What.
        contents: Vec<u8>,
    },
    /// Tell the messaging leg.
    Event(MediaEvent),
}

/// How often str0m may want the same moment again. What is left then is due at the next.
const MAX_ROUNDS: usize = 16;

/// Where a router's outputs wait, in order.
pub(super) type Outbox = VecDeque<RouterOutput>;

/// A str0m instance with the addresses it is reached at.
pub(super) struct Transport {
    pub rtc: Rtc,
    addresses: MediaAddresses,
    timeout: Option<Instant>,
}

impl Transport {
    /// `addresses` are what clients are told; datagrams for this peer come to them.
    pub fn new(mut rtc: Rtc, addresses: MediaAddresses) -> Result<Self, RtcError> {
        for candidate in addresses.candidates()? {
            rtc.add_local_candidate(candidate);
        }
        Ok(Self { rtc, addresses, timeout: None })
    }

    /// Whether a datagram is for this peer.
    pub fn accepts(&self, now: Instant, source: Remote, contents: &[u8]) -> bool {
        self.input(now, source, contents).is_some_and(|input| self.rtc.accepts(&input))
    }

    /// How connectivity checks name this peer (RFC 8445 section 7.2.2).
    pub fn local_ufrag(&mut self) -> String {
        self.rtc.direct_api().local_ice_credentials().ufrag
    }

    /// Takes a datagram in. As after every change to `rtc`, [`Transport::settle`] has to follow before the next.
    pub fn handle_datagram(&mut self, now: Instant, source: Remote, contents: &[u8]) -> Result<(), RtcError> {
        match self.input(now, source, contents) {
            Some(input) => self.rtc.handle_input(input),
            None => Ok(()),
        }
    }

    /// When [`Transport::settle`] is wanted, should nothing else happen.
    pub fn poll_timeout(&self) -> Option<Instant> {
        self.rtc.is_alive().then_some(self.timeout).flatten()
    }

    /// Whether [`Transport::settle`] is wanted now; before the first time, always.
    fn is_due(&self, now: Instant) -> bool {
        self.rtc.is_alive() && self.timeout.is_none_or(|at| at <= now)
    }

    /// Lets str0m do what a change to it made due: puts each datagram to send into `outbox`, and gives each event to
    /// `event`, until it waits for input or for a later time.
    ///
    /// str0m wants its outputs drained after every single change; with two changes in a row it can lose sight of packets
    /// that wait to be sent.
    pub fn settle(&mut self, now: Instant, outbox: &mut Outbox, event: &mut impl FnMut(Event)) -> Result<(), RtcError> {
        for _ in 0..MAX_ROUNDS {
            self.drain(outbox, event)?;
            if !self.is_due(now) {
                return Ok(());
            }
            self.rtc.handle_input(Input::Timeout(now))?;
        }
        self.drain(outbox, event)
    }

    fn drain(&mut self, outbox: &mut Outbox, event: &mut impl FnMut(Event)) -> Result<(), RtcError> {
        while self.rtc.is_alive() {
            match self.rtc.poll_output()? {
                Output::Timeout(at) => {
                    self.timeout = Some(at);
                    break;
                }
                Output::Transmit(datagram) => outbox.push_back(RouterOutput::Transmit {
                    destination: Remote::new(datagram.proto, datagram.destination),
                    contents: datagram.contents.into(),
                }),
                Output::Event(happened) => event(happened),
            }
        }
        Ok(())
    }

    fn input<'a>(&self, now: Instant, source: Remote, contents: &'a [u8]) -> Option<Input<'a>> {
        let contents = DatagramRecv::try_from(contents).ok()?;
        let destination = self.addresses.reached_by(source)?;
        let receive = Receive { proto: source.protocol(), source: source.address(), destination, contents };
        Some(Input::Receive(now, receive))
    }
}
