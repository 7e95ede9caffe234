//! Authentication by the long-term credentials of STUN (RFC 8489, section 9.2), with SHA-1.

use std::time::Instant;

use turn_types::message::ALLOCATE;
use turn_types::stun::attribute::{ErrorCode, MessageIntegrity, Nonce, Realm, Username};
use turn_types::stun::message::{IntegrityAlgorithm, IntegrityKey, LongTermKeyCredentials, Message};
use turn_types::stun::prelude::AttributeStaticType;

use super::RelaySecret;
use super::credentials::expiry;
use super::nonce::Nonces;
use super::reply::Reply;
use crate::clock::Now;
use crate::transport::ClientAddr;

/// The realm of every user.
const REALM: &str = "precall";

/// A user whose credentials were verified.
pub(super) struct User {
    pub username: String,
    /// The key that signs answers to the user.
    pub key: IntegrityKey,
}

/// Verifies the credentials of users.
#[derive(Debug)]
pub(super) struct Auth {
    secret: RelaySecret,
    nonces: Nonces,
}

impl Auth {
    pub(super) fn new(secret: RelaySecret, now: Instant) -> Self {
        Self { nonces: Nonces::new(secret.clone(), now), secret }
    }

    /// Returns the user that sent a request, or the error response when its credentials are not valid.
    ///
    /// The expiry of a user name is checked when an allocation is made. Existing allocations continue: no call ends
    /// because its credentials are a day old.
    pub(super) fn user(&self, now: Now, client: ClientAddr, request: &Message<'_>) -> Result<User, Vec<u8>> {
        let challenge = |code| self.challenge(now.instant, client, request, code);
        if !request.has_attribute(MessageIntegrity::TYPE) {
            return Err(challenge(ErrorCode::UNAUTHORIZED));
        }
        let (Ok(username), true, Ok(nonce)) =
            (request.attribute::<Username>(), request.has_attribute(Realm::TYPE), request.attribute::<Nonce>())
        else {
            return Err(
                Reply::brief_error(request.method(), request.transaction_id(), ErrorCode::BAD_REQUEST).unsigned()
            );
        };
        if !self.nonces.is_good(nonce.nonce(), now.instant, client) {
            return Err(challenge(ErrorCode::STALE_NONCE));
        }
        let username = username.username().to_owned();
        let Some(expiry) = expiry(&username) else { return Err(challenge(ErrorCode::UNAUTHORIZED)) };
        let password = self.secret.password(&username);
        let key = LongTermKeyCredentials::new(username.clone(), password.expose().to_owned(), REALM.to_owned())
            .make_key(IntegrityAlgorithm::Sha1);
        let has_ended = request.has_method(ALLOCATE) && expiry <= now.unix_ms / 1000;
        if has_ended || request.validate_integrity_with_key(&key).is_err() {
            return Err(challenge(ErrorCode::UNAUTHORIZED));
        }
        Ok(User { username, key })
    }

    /// Returns the refusal that holds the realm and nonce that a client needs to retry.
    fn challenge(&self, now: Instant, client: ClientAddr, request: &Message<'_>, code: u16) -> Vec<u8> {
        let mut reply = Reply::brief_error(request.method(), request.transaction_id(), code);
        // Both are short ASCII, which these attributes take.
        if let (Ok(realm), Ok(nonce)) = (Realm::new(REALM), Nonce::new(&self.nonces.issue(now, client))) {
            reply = reply.with(&realm).with(&nonce);
        }
        reply.unsigned()
    }
}
