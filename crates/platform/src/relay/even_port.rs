//! The port of a relayed transport address. Clients of RTP without multiplexing request an even one for RTP, and the
//! next one for RTCP (RFC 8656, sections 7.1 and 7.2).

use std::collections::HashMap;
use std::time::{Duration, Instant};

use turn_types::attribute::{EvenPort, ReservationToken};
use turn_types::stun::attribute::ErrorCode;
use turn_types::stun::message::Message;
use turn_types::stun::prelude::AttributeStaticType;

use super::AllocationId;

/// How long a port is kept for a client (RFC 8656, section 7.2: at least 30 s).
const RESERVATION_LIFETIME: Duration = Duration::from_secs(30);

/// The port that a relayed transport address is to have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RelayedPort {
    /// Any free port.
    Any,
    /// An even port.
    Even,
    /// An even one, and the next one is kept for later.
    EvenAndNext,
    /// The one that was kept when this allocation was made.
    NextTo(AllocationId),
}

/// The ports that are kept.
#[derive(Debug, Default)]
pub(super) struct Reservations(HashMap<u64, Reservation>);

#[derive(Debug)]
struct Reservation {
    /// The allocation whose port is the one below.
    next_to: AllocationId,
    expires_at: Instant,
}

impl Reservations {
    /// Returns the port that a request for an allocation needs, or the code of its refusal. The reservation of a
    /// reserved port ends.
    pub(super) fn take(&mut self, request: &Message<'_>) -> Result<RelayedPort, u16> {
        match (request.has_attribute(EvenPort::TYPE), request.has_attribute(ReservationToken::TYPE)) {
            (false, false) => Ok(RelayedPort::Any),
            (true, true) => Err(ErrorCode::BAD_REQUEST),
            (true, false) => {
                let even = request.attribute::<EvenPort>().map_err(|_| ErrorCode::BAD_REQUEST)?;
                Ok(if even.requested() { RelayedPort::EvenAndNext } else { RelayedPort::Even })
            }
            (false, true) => {
                let token = request.attribute::<ReservationToken>().map_err(|_| ErrorCode::BAD_REQUEST)?.token();
                let kept = self.0.remove(&token).ok_or(ErrorCode::INSUFFICIENT_CAPACITY)?;
                Ok(RelayedPort::NextTo(kept.next_to))
            }
        }
    }

    /// Reserves the port next to an allocation's. Returns the token that requests it.
    pub(super) fn keep(&mut self, now: Instant, next_to: AllocationId) -> u64 {
        let token = uuid::Uuid::new_v4().as_u64_pair().0;
        self.0.insert(token, Reservation { next_to, expires_at: now + RESERVATION_LIFETIME });
        token
    }

    /// Returns the number of reserved ports.
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    /// Returns the time at which the first reservation expires.
    pub(super) fn poll_timeout(&self) -> Option<Instant> {
        self.0.values().map(|kept| kept.expires_at).min()
    }

    /// Ends those whose time is over; gives the allocations whose ports they are next to.
    pub(super) fn expire(&mut self, now: Instant) -> Vec<AllocationId> {
        let ended: Vec<_> = self.0.values().filter(|kept| kept.expires_at <= now).map(|kept| kept.next_to).collect();
        self.0.retain(|_, kept| kept.expires_at > now);
        ended
    }
}
