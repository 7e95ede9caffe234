//! Stateless nonces: each holds its expiry and the client that it is for, and is signed.

use std::time::{Duration, Instant};

use hmac::Mac;

use super::RelaySecret;
use crate::transport::ClientAddr;

/// How long a nonce is good for: RFC 8656, section 5, wants an hour at most.
const NONCE_LIFETIME: Duration = Duration::from_secs(3600);

/// How many hexadecimal digits of a nonce are its end; what follows is its signature.
const END_DIGITS: usize = 8;

/// The length of the signature in a nonce, in bytes. It is short because unauthenticated clients receive it; a client
/// cannot try many values within the hour that a nonce is valid.
const SIGNATURE_BYTES: usize = 8;

/// Makes nonces and knows them again.
#[derive(Debug)]
pub(super) struct Nonces {
    secret: RelaySecret,
    began: Instant,
}

impl Nonces {
    pub(super) fn new(secret: RelaySecret, now: Instant) -> Self {
        Self { secret, began: now }
    }

    /// Returns a nonce for this client. It holds no security features of RFC 8489, section 9.2, so that clients use
    /// SHA-1, which all of them support.
    pub(super) fn issue(&self, now: Instant, client: ClientAddr) -> String {
        let end = (now.saturating_duration_since(self.began) + NONCE_LIFETIME).as_secs();
        let mac = self.mac(end, client).finalize().into_bytes();
        mac.iter().take(SIGNATURE_BYTES).fold(format!("{end:08x}"), |nonce, byte| format!("{nonce}{byte:02x}"))
    }

    /// Returns whether a nonce was issued to this client, and is still good.
    pub(super) fn is_good(&self, nonce: &str, now: Instant, client: ClientAddr) -> bool {
        let Some((end, signature)) = nonce.split_at_checked(END_DIGITS) else { return false };
        let (Ok(end), Some(signature)) = (u64::from_str_radix(end, 16), from_hex(signature)) else { return false };
        now.saturating_duration_since(self.began).as_secs() < end
            && signature.len() == SIGNATURE_BYTES
            && self.mac(end, client).verify_truncated_left(&signature).is_ok()
    }

    fn mac(&self, end: u64, client: ClientAddr) -> impl Mac {
        self.secret.mac(format!("nonce {end} {client:?}").as_bytes())
    }
}

fn from_hex(text: &str) -> Option<Vec<u8>> {
    let digits = text.as_bytes().chunks(2);
    digits.map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()).collect()
}

#[cfg(test)]
mod tests {
    use std::net::SocketAddr;

    use super::*;

    #[test]
    fn a_nonce_is_valid_for_its_client_for_an_hour() {
        let began = Instant::now();
        let nonces = Nonces::new(RelaySecret::generate(), began);
        let client = ClientAddr::Udp(SocketAddr::from(([127, 0, 0, 1], 5000)));
        let other = ClientAddr::Udp(SocketAddr::from(([127, 0, 0, 1], 5001)));
        let issued = began + Duration::from_secs(7);
        let nonce = nonces.issue(issued, client);
        assert!(nonces.is_good(&nonce, issued, client));
        assert!(nonces.is_good(&nonce, issued + NONCE_LIFETIME - Duration::from_secs(1), client));
        assert!(!nonces.is_good(&nonce, issued + NONCE_LIFETIME, client));
        assert!(!nonces.is_good(&nonce, issued, other));
        let later = nonce.replacen('0', "f", 1);
        assert!(!nonces.is_good(&later, issued, client), "{later}");
    }

    proptest::proptest! {
        #[test]
        fn no_text_panics(text in "\\PC*") {
            let now = Instant::now();
            let nonces = Nonces::new(RelaySecret::generate(), now);
            assert!(!nonces.is_good(&text, now, ClientAddr::Udp(SocketAddr::from(([127, 0, 0, 1], 1)))));
        }
    }
}
