//! Time-limited credentials, by the convention of TURN services (the "TURN REST API",
//! draft-uberti-behave-turn-rest-00): the user name holds when it ends, and the password follows from it by a secret
//! that service and relay share. So nothing has to be kept for each user.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;

use precall_support::secrets::Secret;

/// The secret that a relay shares with the issuer of its credentials.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RelaySecret(Secret);

/// The credentials of a client at a relay.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RelayCredentials {
    /// `<expiry in seconds since the Unix epoch>:<name>`.
    pub username: String,
    /// The password of the user.
    pub password: Secret,
}

impl RelaySecret {
    /// Returns a new random secret.
    pub fn generate() -> Self {
        Self(Secret::new(format!("{}{}", uuid::Uuid::new_v4().simple(), uuid::Uuid::new_v4().simple())))
    }

    /// Returns the secret that another issuer of credentials shares.
    pub fn new(secret: Secret) -> Self {
        Self(secret)
    }

    /// Credentials under this name which new allocations can be made with for so long from now, in seconds since the
    /// Unix epoch.
    pub fn credentials(&self, name: &str, now_seconds: u64, lifetime: Duration) -> RelayCredentials {
        let username = format!("{}:{name}", now_seconds.saturating_add(lifetime.as_secs()));
        let password = self.password(&username);
        RelayCredentials { username, password }
    }

    /// Returns the password of a user name.
    pub(super) fn password(&self, username: &str) -> Secret {
        Secret::new(STANDARD.encode(self.mac(username.as_bytes()).finalize().into_bytes()))
    }

    /// Returns a message authentication code over these bytes, for a later check.
    pub(super) fn mac(&self, bytes: &[u8]) -> Hmac<Sha1> {
        let mac = Hmac::<Sha1>::new_from_slice(self.0.expose().as_bytes()).expect("HMAC takes keys of any length");
        mac.chain_update(bytes)
    }
}

/// Returns the expiry time at the beginning of a user name, in seconds since the Unix epoch; `None` when there is none.
/// Does not check that this relay's secret made the user name.
pub(super) fn expiry(username: &str) -> Option<u64> {
    username.split_once(':')?.0.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_are_compatible_with_other_turn_services() {
        // $ printf '1433895918:user' | openssl dgst -sha1 -hmac secret -binary | base64
        let credentials =
            RelaySecret::new(Secret::new("secret")).credentials("user", 1_433_895_818, Duration::from_secs(100));
        assert_eq!(credentials.username, "1433895918:user");
        assert_eq!(credentials.password.expose(), "duY86vsmGEXM+Ma7pGS//SXJIv0=");
    }

    #[test]
    fn a_user_name_contains_its_expiry() {
        assert_eq!(expiry("17:user"), Some(17));
        assert_eq!(expiry("17:"), Some(17));
        for wrong in ["", "17", "user:17", ":17", "-1:user", "99999999999999999999999:user"] {
            assert_eq!(expiry(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn secrets_are_random_and_hidden_in_debug() {
        assert_ne!(RelaySecret::generate(), RelaySecret::generate());
        assert_eq!(format!("{:?}", RelaySecret::new(Secret::new("x"))), "RelaySecret([redacted])");
    }
}
