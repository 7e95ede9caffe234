//! T1 tokens: made with a project's secret, and checked with it.
//!
//! Form (public in the OpenTok server SDKs): `T1==` and base64 of `partner_id=<key>&sig=<hex HMAC-SHA1>:<data>`, where
//! the signature is over `data`, a query string.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;
use subtle::ConstantTimeEq;

use super::{Project, Secret, SessionId};

/// What the bearer of a token may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Subscribe and signal.
    Subscriber,
    /// Also publish.
    Publisher,
    /// Also mute others, stop their streams and disconnect them.
    Moderator,
}

impl Role {
    /// The word in a token.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Subscriber => "subscriber",
            Self::Publisher => "publisher",
            Self::Moderator => "moderator",
        }
    }

    fn parse(text: &str) -> Option<Self> {
        match text {
            "subscriber" => Some(Self::Subscriber),
            "publisher" | "publisheronly" => Some(Self::Publisher),
            "moderator" => Some(Self::Moderator),
            _ => None,
        }
    }

    /// The permissions of the connection object that a client sees as `session.capabilities`.
    pub fn permissions(self) -> &'static [&'static str] {
        match self {
            Self::Subscriber => &["subscribe", "signal"],
            Self::Publisher => &["publish", "subscribe", "signal"],
            Self::Moderator => &["publish", "subscribe", "signal", "forceunpublish", "forcedisconnect", "forcemute"],
        }
    }
}

/// What a token says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenClaims {
    /// The session it opens.
    pub session_id: String,
    /// When it was made, in seconds since the Unix epoch.
    pub create_time: u64,
    /// From when on it opens nothing, in seconds since the Unix epoch.
    pub expire_time: u64,
    /// What its bearer may do.
    pub role: Role,
    /// What the application says of its bearer; others see it.
    pub connection_data: String,
}

/// A token as text: as secret as a password.
pub type Token = Secret;

/// Why a token opens nothing. The text is what the platform answers: it must not help to forge one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// Not the form of a token.
    #[error("Invalid token format")]
    Malformed,
    /// Signed with another secret, or changed since.
    #[error("Invalid token signature")]
    BadSignature,
    /// For another project.
    #[error("Invalid partner id")]
    WrongProject,
    /// For another session.
    #[error("Token is not valid for this session")]
    WrongSession,
    /// Past its time.
    #[error("Token expired")]
    Expired,
}

impl TokenClaims {
    /// A token for a session, good for `valid_seconds` from `now_seconds` on.
    pub fn new(session_id: &SessionId, role: Role, now_seconds: u64, valid_seconds: u64) -> Self {
        Self {
            session_id: session_id.as_str().to_owned(),
            create_time: now_seconds,
            expire_time: now_seconds + valid_seconds,
            role,
            connection_data: String::new(),
        }
    }

    /// The token as text, signed with the project's secret.
    pub fn sign(&self, project: &Project) -> Token {
        let data = format!(
            "session_id={}&create_time={}&nonce={}&role={}&expire_time={}&connection_data={}&initial_layout_class_list=",
            self.session_id,
            self.create_time,
            uuid::Uuid::new_v4().simple(),
            self.role.as_str(),
            self.expire_time,
            percent_encode(&self.connection_data),
        );
        let signature = hex(&signature(project, &data));
        let text = format!("partner_id={}&sig={signature}:{data}", project.api_key);
        Secret::new(format!("T1=={}", STANDARD.encode(text)))
    }

    /// Reads a token and checks that it opens this session of this project at this time.
    pub fn verify(token: &str, project: &Project, session_id: &str, now_seconds: u64) -> Result<Self, TokenError> {
        let encoded = token.strip_prefix("T1==").ok_or(TokenError::Malformed)?;
        let text = STANDARD.decode(encoded).map_err(|_| TokenError::Malformed)?;
        let text = String::from_utf8(text).map_err(|_| TokenError::Malformed)?;
        let (head, data) = text.split_once(':').ok_or(TokenError::Malformed)?;
        if field(head, "partner_id") != Some(&project.api_key) {
            return Err(TokenError::WrongProject);
        }
        let given = field(head, "sig").ok_or(TokenError::Malformed)?;
        let wanted = hex(&signature(project, data));
        if !bool::from(given.as_bytes().ct_eq(wanted.as_bytes())) {
            return Err(TokenError::BadSignature);
        }
        let number = |key| field(data, key).and_then(|text| text.parse().ok());
        let create_time = number("create_time").ok_or(TokenError::Malformed)?;
        let claims = Self {
            session_id: field(data, "session_id").ok_or(TokenError::Malformed)?.to_owned(),
            create_time,
            // A token without a time of its own is good for a day: so say the server SDKs' documents.
            expire_time: number("expire_time").unwrap_or(create_time + 24 * 3600),
            role: field(data, "role").map_or(Some(Role::Publisher), Role::parse).ok_or(TokenError::Malformed)?,
            connection_data: percent_decode(field(data, "connection_data").unwrap_or_default()),
        };
        if claims.session_id != session_id {
            return Err(TokenError::WrongSession);
        }
        if now_seconds >= claims.expire_time {
            return Err(TokenError::Expired);
        }
        Ok(claims)
    }
}

/// The value of `key` in a query string.
fn field<'a>(query: &'a str, key: &str) -> Option<&'a str> {
    query.split('&').find_map(|pair| pair.strip_prefix(key)?.strip_prefix('='))
}

fn signature(project: &Project, data: &str) -> [u8; 20] {
    let mut mac =
        Hmac::<Sha1>::new_from_slice(project.secret.expose().as_bytes()).expect("HMAC takes keys of any length");
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

    fn project() -> Project {
        Project { api_key: "12345".to_owned(), secret: Secret::new("s3cret") }
    }

    fn claims() -> TokenClaims {
        let mut claims = TokenClaims::new(&SessionId::generate("12345", 0), Role::Publisher, 1_000, 60);
        claims.connection_data = "name=Zoë & co".to_owned();
        claims
    }

    #[test]
    fn a_token_opens_its_own_session() {
        let claims = claims();
        let token = claims.sign(&project());
        assert!(token.expose().starts_with("T1=="));
        assert_eq!(TokenClaims::verify(token.expose(), &project(), &claims.session_id, 1_059), Ok(claims));
    }

    #[test]
    fn everything_else_is_refused_with_its_reason() {
        let claims = claims();
        let token = claims.sign(&project());
        let verify = |token: &str, project: &Project, session: &str, now| {
            TokenClaims::verify(token, project, session, now).expect_err("refused")
        };
        let session = claims.session_id.as_str();
        let other_secret = Project { secret: Secret::new("other"), ..project() };
        let other_key = Project { api_key: "1".to_owned(), ..project() };
        assert_eq!(verify(token.expose(), &other_secret, session, 1_000), TokenError::BadSignature);
        assert_eq!(verify(token.expose(), &other_key, session, 1_000), TokenError::WrongProject);
        assert_eq!(verify(token.expose(), &project(), "1_other", 1_000), TokenError::WrongSession);
        assert_eq!(verify(token.expose(), &project(), session, 1_060), TokenError::Expired);
        for garbage in ["", "T1==", "T1==!", "T1==YWJj", "eyJhbGciOiJIUzI1NiJ9.e30.x", "T1==cGFydG5lcl9pZD0xMjM0NTo="] {
            assert_eq!(verify(garbage, &project(), session, 1_000), TokenError::Malformed, "{garbage}");
        }
    }

    #[test]
    fn the_signature_is_hmac_sha1_as_rfc_2202_has_it() {
        let project = Project { api_key: "1".to_owned(), secret: Secret::new("Jefe") };
        assert_eq!(
            hex(&signature(&project, "what do ya want for nothing?")),
            "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79"
        );
    }

    proptest::proptest! {
        #[test]
        fn no_text_makes_the_check_panic(token in "(T1==)?.{0,200}") {
            let _ = TokenClaims::verify(&token, &project(), "1_x", 0);
        }

        #[test]
        fn percent_encoding_round_trips(text in ".{0,60}") {
            proptest::prop_assert_eq!(percent_decode(&percent_encode(&text)), text);
        }
    }
}
