//! The ticket that lets a client resume its connection.
//!
//! A client that reconnects on another socket sends neither its id nor its token: OpenTok.js 2.18.2, 2.27.6 and 2.35.2
//! send no CONNECT frame then, and WebSockets of browsers take no headers. Only the URL that it requests identifies it.
//! The URL holds the name of the client's socket, which the client chose itself, and the messaging URL of its session
//! info. So session info puts a ticket into that URL, for the holder of the token. A connection can be resumed only by
//! the ticket for its own session, id and token.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use subtle::ConstantTimeEq;

/// How many bytes of its code a ticket has: it cannot be guessed, and its URL stays short.
const TICKET_BYTES: usize = 16;

/// A ticket, as it stands in a URL.
#[derive(Clone, PartialEq, Eq)]
pub struct Ticket(String);

/// Issues a platform's tickets and knows them again, without keeping them.
#[derive(Clone)]
pub struct Tickets {
    key: [u8; 32],
}

impl Ticket {
    /// Returns a ticket that a client brings.
    pub fn new(text: String) -> Self {
        Self(text)
    }

    /// Returns the ticket as it stands in a URL.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns whether the two tickets are equal, in a time that does not depend on how many bytes match.
    pub fn is(&self, other: &Self) -> bool {
        self.0.as_bytes().ct_eq(other.0.as_bytes()).into()
    }
}

impl std::fmt::Debug for Ticket {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Ticket([redacted])")
    }
}

impl std::fmt::Debug for Tickets {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Tickets([redacted])")
    }
}

impl Tickets {
    /// Returns the tickets of a new platform, with a random key.
    pub fn generate() -> Self {
        let (first, second) = (uuid::Uuid::new_v4(), uuid::Uuid::new_v4());
        let mut key = [0; 32];
        key[..16].copy_from_slice(first.as_bytes());
        key[16..].copy_from_slice(second.as_bytes());
        Self { key }
    }

    /// Returns the ticket for a connection with this id, which a client makes in this session with this token. The same
    /// arguments give the same ticket.
    pub fn issue(&self, session_id: &str, connection: &str, token: &str) -> Ticket {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.key).expect("HMAC takes keys of any length");
        for part in [session_id, connection, token] {
            // With its length before it, no part can stand for a piece of another.
            mac.update(&(part.len() as u64).to_be_bytes());
            mac.update(part.as_bytes());
        }
        let code = mac.finalize().into_bytes();
        Ticket(code.iter().take(TICKET_BYTES).map(|byte| format!("{byte:02x}")).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ticket_is_for_one_session_connection_and_token() {
        let tickets = Tickets::generate();
        let ticket = tickets.issue("1_s", "c", "T1==x");
        assert_eq!(ticket.as_str().len(), 32);
        assert!(ticket.is(&tickets.issue("1_s", "c", "T1==x")));
        let others = [("1_t", "c", "T1==x"), ("1_s", "d", "T1==x"), ("1_s", "c", "T1==y"), ("1_sc", "", "T1==x")];
        for (session, connection, token) in others {
            assert!(!ticket.is(&tickets.issue(session, connection, token)), "{session} {connection} {token}");
        }
        assert!(!ticket.is(&Tickets::generate().issue("1_s", "c", "T1==x")));
        assert_eq!(format!("{ticket:?}"), "Ticket([redacted])");
    }
}
