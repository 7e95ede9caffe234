//! Session ids in the form that OpenTok's own have.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// The longest id of another platform that is accepted: several times as long as any known one.
const MAX_CHARS: usize = 512;

/// The id of a session: `1_` and base64url of `1~<api key>~~<creation time in ms>~<nonce>~`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SessionId(String);

impl SessionId {
    /// Returns a new id for a session of the project with this API key.
    pub fn generate(api_key: &str, created_ms: u64) -> Self {
        let nonce = uuid::Uuid::new_v4().simple();
        Self(format!("1_{}", URL_SAFE_NO_PAD.encode(format!("1~{api_key}~~{created_ms}~{nonce}~"))))
    }

    /// Returns the id of a session that another platform made; `None` for a text that cannot be one.
    pub fn given(text: &str) -> Option<Self> {
        let is_good = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '=' | '~' | '.' | '+' | '/');
        ((1..=MAX_CHARS).contains(&text.len()) && text.chars().all(is_good)).then(|| Self(text.to_owned()))
    }

    /// Returns the id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the API key inside a session id; `None` for a text that is no session id.
    pub fn api_key_of(text: &str) -> Option<String> {
        let decoded = URL_SAFE_NO_PAD.decode(text.strip_prefix("1_")?.trim_end_matches(['=', '~'])).ok()?;
        String::from_utf8(decoded).ok()?.split('~').nth(1).map(str::to_owned)
    }
}

impl std::fmt::Display for SessionId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_id_contains_its_api_key() {
        let id = SessionId::generate("12345", 1_600_000_000_000);
        assert!(id.as_str().starts_with("1_"));
        assert_eq!(SessionId::api_key_of(id.as_str()).as_deref(), Some("12345"));
    }

    #[test]
    fn a_remote_session_id_is_kept_unchanged() {
        let id = SessionId::given("2_MX4xMjM0NX5-MTYwMDAwMH5-").expect("an id");
        assert_eq!(id.as_str(), "2_MX4xMjM0NX5-MTYwMDAwMH5-");
        for text in ["", "1_a b", "1_\u{1b}[31m", "1_é", &"1".repeat(513)] {
            assert_eq!(SessionId::given(text), None, "{text}");
        }
    }

    #[test]
    fn other_texts_have_no_api_key() {
        for text in ["", "garbage", "1_", "1_!!!", "2_MX4xMjM0NX4"] {
            assert_eq!(SessionId::api_key_of(text), None, "{text}");
        }
    }
}
