//! T1 tokens: made with a project's secret, and checked with it.
//!
//! Form (public in the OpenTok server SDKs): `T1==` and base64 of `partner_id=<key>&sig=<hex HMAC-SHA1>:<data>`, where
//! the signature is over `data`, a query string.

use base64::Engine;
use base64::alphabet;
use base64::engine::general_purpose::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use hmac::{Hmac, KeyInit, Mac};
use precall_support::secrets::Secret;
use sha1::Sha1;
use subtle::ConstantTimeEq;
use url::form_urlencoded;

use super::role::Role;
use super::token_claims::TokenTimes;
use super::{Token, TokenClaims, TokenError, layout_classes, token_time};

/// Base64 with or without its padding, which is lost where a token is cut out of a URL.
const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// Returns a token as text.
pub(super) fn sign(claims: &TokenClaims, api_key: &str, secret: &Secret) -> Token {
    let encoded = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    let data = format!(
        "session_id={}&create_time={}&nonce={}&role={}&expire_time={}&connection_data={}&initial_layout_class_list={}",
        claims.session_id,
        claims.create_time,
        uuid::Uuid::new_v4().simple(),
        claims.role.as_str(),
        claims.expire_time,
        encoded(&claims.connection_data),
        encoded(&claims.layout_classes.join(" ")),
    );
    let signature = hex(&signature(secret, &data));
    Secret::new(format!("T1=={}", STANDARD.encode(format!("partner_id={api_key}&sig={signature}:{data}"))))
}

/// Reads a token of this project; whether it is for the right session and still good is not looked at.
pub(super) fn read(token: &str, api_key: &str, secret: &Secret, now_seconds: u64) -> Result<TokenClaims, TokenError> {
    let encoded = token.strip_prefix("T1==").ok_or(TokenError::Malformed)?;
    let text = LENIENT.decode(encoded).map_err(|_| TokenError::Malformed)?;
    let text = String::from_utf8(text).map_err(|_| TokenError::Malformed)?;
    let (head, data) = text.split_once(':').ok_or(TokenError::Malformed)?;
    if field(head, "partner_id")?.as_deref() != Some(api_key) {
        return Err(TokenError::WrongProject);
    }
    let given = field(head, "sig")?.ok_or(TokenError::Malformed)?;
    let wanted = hex(&signature(secret, data));
    if !bool::from(given.as_bytes().ct_eq(wanted.as_bytes())) {
        return Err(TokenError::BadSignature);
    }
    let time = |name: &'static str| {
        let text = field(data, name)?.unwrap_or_default();
        token_time::of_text(&text).map_err(|fault| TokenError::BadTime { name, fault })
    };
    let times = TokenTimes { created: time("create_time")?, expires: time("expire_time")? };
    let (create_time, expire_time) = times.check(now_seconds)?;
    let role = field(data, "role")?.unwrap_or_default();
    Ok(TokenClaims {
        session_id: field(data, "session_id")?.ok_or(TokenError::Malformed)?,
        create_time,
        expire_time,
        role: Role::parse(&role).ok_or(TokenError::UnknownRole)?,
        connection_data: field(data, "connection_data")?.unwrap_or_default(),
        layout_classes: layout_classes::of_text(&field(data, "initial_layout_class_list")?.unwrap_or_default()),
    })
}

/// Returns the value of `name` in a query string. A name that occurs twice is ambiguous, and makes the token malformed.
fn field(query: &str, name: &str) -> Result<Option<String>, TokenError> {
    let mut values = form_urlencoded::parse(query.as_bytes()).filter(|(key, _)| key == name).map(|(_, value)| value);
    match (values.next(), values.next()) {
        (Some(_), Some(_)) => Err(TokenError::Malformed),
        (value, _) => Ok(value.map(std::borrow::Cow::into_owned)),
    }
}

fn signature(secret: &Secret, data: &str) -> [u8; 20] {
    let mut mac = Hmac::<Sha1>::new_from_slice(secret.expose().as_bytes()).expect("HMAC takes keys of any length");
    mac.update(data.as_bytes());
    mac.finalize().into_bytes().into()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signatures_match_the_vectors_of_rfc_2202() {
        assert_eq!(
            hex(&signature(&Secret::new("Jefe"), "what do ya want for nothing?")),
            "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79"
        );
    }
}
