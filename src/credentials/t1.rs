//! T1 tokens: made with a project's secret, and checked with it.
//!
//! Form (public in the OpenTok server SDKs): `T1==` and base64 of `partner_id=<key>&sig=<hex HMAC-SHA1>:<data>`, where
//! the signature is over `data`, a query string.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;
use subtle::ConstantTimeEq;

use super::token::Role;
use super::{Secret, Token, TokenClaims, TokenError};

/// A token as text.
pub(super) fn sign(claims: &TokenClaims, api_key: &str, secret: &Secret) -> Token {
    let data = format!(
        "session_id={}&create_time={}&nonce={}&role={}&expire_time={}&connection_data={}&initial_layout_class_list=",
        claims.session_id,
        claims.create_time,
        uuid::Uuid::new_v4().simple(),
        claims.role.as_str(),
        claims.expire_time,
        percent_encode(&claims.connection_data),
    );
    let signature = hex(&signature(secret, &data));
    Secret::new(format!("T1=={}", STANDARD.encode(format!("partner_id={api_key}&sig={signature}:{data}"))))
}

/// Reads a token of this project; whether it is for the right session and still good is not looked at.
pub(super) fn read(token: &str, api_key: &str, secret: &Secret) -> Result<TokenClaims, TokenError> {
    let encoded = token.strip_prefix("T1==").ok_or(TokenError::Malformed)?;
    let text = STANDARD.decode(encoded).map_err(|_| TokenError::Malformed)?;
    let text = String::from_utf8(text).map_err(|_| TokenError::Malformed)?;
    let (head, data) = text.split_once(':').ok_or(TokenError::Malformed)?;
    if field(head, "partner_id") != Some(api_key) {
        return Err(TokenError::WrongProject);
    }
    let given = field(head, "sig").ok_or(TokenError::Malformed)?;
    let wanted = hex(&signature(secret, data));
    if !bool::from(given.as_bytes().ct_eq(wanted.as_bytes())) {
        return Err(TokenError::BadSignature);
    }
    let number = |key| field(data, key).and_then(|text| text.parse::<u64>().ok());
    let create_time = number("create_time").ok_or(TokenError::Malformed)?;
    Ok(TokenClaims {
        session_id: field(data, "session_id").ok_or(TokenError::Malformed)?.to_owned(),
        create_time,
        // A token without a time of its own is good for a day: so say the server SDKs' documents.
        expire_time: number("expire_time").unwrap_or(create_time.saturating_add(24 * 3600)),
        role: field(data, "role").map_or(Some(Role::Publisher), Role::parse).ok_or(TokenError::Malformed)?,
        connection_data: percent_decode(field(data, "connection_data").unwrap_or_default()),
    })
}

/// The value of `key` in a query string.
fn field<'a>(query: &'a str, key: &str) -> Option<&'a str> {
    query.split('&').find_map(|pair| pair.strip_prefix(key)?.strip_prefix('='))
}

fn signature(secret: &Secret, data: &str) -> [u8; 20] {
    let mut mac = Hmac::<Sha1>::new_from_slice(secret.expose().as_bytes()).expect("HMAC takes keys of any length");
    mac.update(data.as_bytes());
    mac.finalize().into_bytes().into()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Percent encoding of everything but RFC 3986's unreserved characters.
fn percent_encode(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => char::from(byte).to_string(),
            _ => format!("%{byte:02X}"),
        })
        .collect()
}

/// Undoes [`percent_encode`], and `+` for a space; what is no valid encoding stays as it is.
fn percent_decode(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let escaped = (bytes[at] == b'%')
            .then(|| bytes.get(at + 1..at + 3))
            .flatten()
            .and_then(|digits| std::str::from_utf8(digits).ok())
            .and_then(|digits| u8::from_str_radix(digits, 16).ok());
        match (escaped, bytes[at]) {
            (Some(byte), _) => {
                decoded.push(byte);
                at += 3;
                continue;
            }
            (None, b'+') => decoded.push(b' '),
            (None, byte) => decoded.push(byte),
        }
        at += 1;
    }
    String::from_utf8_lossy(&decoded).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_signature_is_hmac_sha1_as_rfc_2202_has_it() {
        assert_eq!(
            hex(&signature(&Secret::new("Jefe"), "what do ya want for nothing?")),
            "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79"
        );
    }

    proptest::proptest! {
        #[test]
        fn percent_encoding_round_trips(text in ".{0,60}") {
            proptest::prop_assert_eq!(percent_decode(&percent_encode(&text)), text);
        }
    }
}
