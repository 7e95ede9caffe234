//! Redaction: JSON stays JSON, a secret of this process does not survive, and a text takes time in proportion to its
//! length, whatever stands there again and again.
#![no_main]

use std::sync::LazyLock;
use std::time::{Duration, Instant};

use libfuzzer_sys::fuzz_target;
use precall_support::secrets::{Secret, redact};

/// How long a text is made by repeating the input.
const BYTES: usize = 256 * 1024;

/// Fifty times what it takes. A finder that looks at the rest of the text for each sign takes minutes.
const LIMIT: Duration = Duration::from_millis(500);

/// Neither its first letter nor its last ones can be part of an escape sequence that the input begins: that one would
/// not be the secret.
static SECRET: LazyLock<Secret> = LazyLock::new(|| Secret::new("Secret that nobody guesses/1"));

fuzz_target!(|text: &str| {
    let secret = SECRET.expose();
    assert!(!redact(&format!("{text} {secret} {text}")).contains(secret));
    let json = serde_json::json!({ "password": text, "b": format!("{text}{secret}{text}"), text: 1 });
    for json in [json.to_string(), serde_json::Value::from(json.to_string()).to_string()] {
        let clean = redact(&json);
        assert!(serde_json::from_str::<serde_json::Value>(&clean).is_ok(), "{json} {clean}");
    }
    if text.is_empty() {
        return;
    }
    let long = text.repeat(BYTES.div_ceil(text.len()));
    let began = Instant::now();
    let _ = redact(&long);
    assert!(began.elapsed() < LIMIT, "{:?} for {} bytes", began.elapsed(), long.len());
});
