use proptest::prelude::*;

use super::scan::counted;
use super::*;
use crate::secrets::Secret;

const HEX: &str = "0123456789abcdef0123456789abcdef01234567";

/// A JSON web token. Its parts need not be valid.
const JWT: &str = "eyJhbGciOiJIUzI1NiJ9.eyJpc3MiOiIxMjM0In0.c2ln";

#[test]
fn secrets_are_redacted_in_every_context() {
    for (text, clean) in [
        ("", ""),
        ("nothing here", "nothing here"),
        ("token=T1==cGFydG5lcl9pZD0x+/=&x=1", "token=[redacted]&x=1"),
        ("T1==abc", "[redacted]"),
        (r#""\T1==abc"#, r#""\[redacted]"#),
        (r#"{"token":"T1==abc","b":"T1==def"}"#, r#"{"token":"[redacted]","b":"[redacted]"}"#),
        (&format!("Bearer {JWT} end"), "Bearer [redacted] end"),
        ("eyJ is not a token", "eyJ is not a token"),
        ("PRECALL_API_SECRET=abc123 next", "PRECALL_API_SECRET=[redacted] next"),
        ("?apiSecret=abc&x=1", "?apiSecret=[redacted]&x=1"),
        (r#"{"apiSecret": "abc", "secret": 5}"#, r#"{"apiSecret": "[redacted]", "secret": 5}"#),
        (r#"{"text":"{\"api_secret\":\"abc\"}"}"#, r#"{"text":"{\"api_secret\":\"[redacted]\"}"}"#),
        ("the token is secret", "the token is secret"),
        ("secret: ", "secret: "),
        ("https://me:pass@example.org/x", "https://me:[redacted]@example.org/x"),
        (r#"{"url":"https:\/\/me:pass@example.org\/x"}"#, r#"{"url":"https:\/\/me:[redacted]@example.org\/x"}"#),
        ("http://127.0.0.1:80/a@b", "http://127.0.0.1:80/a@b"),
        (&format!("it is {HEX}."), "it is [redacted]."),
        (&format!(r#"{{"a":"line\n{HEX}"}}"#), r#"{"a":"line\n[redacted]"}"#),
        (&format!("a digest is longer: {HEX}{HEX}"), &format!("a digest is longer: {HEX}{HEX}")),
        ("a\n-----BEGIN RSA PRIVATE KEY-----\nMIIE+/=\nabc\n-----END RSA PRIVATE KEY-----\nb", "a\n[redacted]\nb"),
        (r#""-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----\n""#, r#""[redacted]\n""#),
        ("-----BEGIN PRIVATE KEY-----\nMIIEcut", "[redacted]"),
        ("-----BEGIN PUBLIC KEY-----\nMIIE", "-----BEGIN PUBLIC KEY-----\nMIIE"),
    ] {
        assert_eq!(redact(text), clean, "{text}");
    }
}

#[test]
fn tokens_are_recognized_in_every_encoding() {
    for token in [
        "T1%3D%3DcGFy%2B",
        "T1%3d%3dcGFy%2b",
        "T1%253D%253DcGFy%252B",
        "T1%25253D%25253DcGFy",
        r"T1\u003d\u003dcGFy\u002bab\/cd",
        r"T1\\u003d\\u003dcGFy\\/cd",
        r"T1\\\\u003D\\\\u003DcGFy",
    ] {
        assert_eq!(redact(&format!("?t={token}&n")), "?t=[redacted]&n", "{token}");
    }
    assert_eq!(redact(r#"{"a":"T1\u003d\u003dab\/c\n"}"#), r#"{"a":"[redacted]\n"}"#);
}

#[test]
fn quoted_value_is_redacted_to_its_quote() {
    for (text, clean) in [
        (r#"password="hunter two three" x"#, r#"password="[redacted]" x"#),
        (r#"password="a \"b\" c" x"#, r#"password="[redacted]" x"#),
        ("passphrase='a, b; c' x", "passphrase='[redacted]' x"),
        (r#"{"password":"a, b \"c\" \\","x":"y"}"#, r#"{"password":"[redacted]","x":"y"}"#),
        (r#"{"t":"{\"password\":\"a \\\"b\\\" c\",\"x\":1}"}"#, r#"{"t":"{\"password\":\"[redacted]\",\"x\":1}"}"#),
        ("password=\"cut off\nnext line", "password=\"[redacted]\nnext line"),
        (r#"{"t":"password=","x":"y"}"#, r#"{"t":"password=","x":"y"}"#),
        (r#"{"t":"password='a b","x":"y"}"#, r#"{"t":"password='[redacted]","x":"y"}"#),
        (r#"{"t":"\"password\":","x":"y"}"#, r#"{"t":"\"password\":","x":"y"}"#),
        (r"password=ab\cd next", "password=[redacted] next"),
        ("secret => 'a b'", "secret => '[redacted]'"),
    ] {
        assert_eq!(redact(text), clean, "{text}");
    }
}

#[test]
fn credentials_after_a_scheme_are_redacted() {
    for (text, clean) in [
        ("Authorization: Basic YWJjOmRlZg==", "Authorization: Basic [redacted]"),
        ("Authorization: Token abcdef next", "Authorization: Token [redacted] next"),
        (
            "authorization: AWS4-HMAC-SHA256 Credential=a/b, SignedHeaders=host, Signature=c1 x",
            "authorization: AWS4-HMAC-SHA256 [redacted] x",
        ),
        (r#"Authorization: Digest username="a b", response="c d", qop=auth x"#, "Authorization: Digest [redacted] x"),
        (
            r#"{"h":"Authorization: Digest username=\"a\", response=\"b\"","x":1}"#,
            r#"{"h":"Authorization: Digest [redacted]","x":1}"#,
        ),
        (r#"{"authorization":"Bearer a b","x":1}"#, r#"{"authorization":"Bearer [redacted]","x":1}"#),
        ("curl -H 'Authorization: abc' https://x", "curl -H 'Authorization: [redacted]' https://x"),
        ("401 for Bearer abc123def456", "401 for Bearer [redacted]"),
        (r#"Digest username="a", response="b""#, "Digest [redacted]"),
        ("Basic YWJjOmRlZg==", "Basic [redacted]"),
        ("Cookie: a=b; c=d", "Cookie: [redacted]"),
        (r#"{"set-cookie":"a=b; Path=/","x":1}"#, r#"{"set-cookie":"[redacted]","x":1}"#),
        (r#"{"t":"Cookie: a=b; c=d\r\nHost: x"}"#, r#"{"t":"Cookie: [redacted]\r\nHost: x"}"#),
    ] {
        assert_eq!(redact(text), clean, "{text}");
    }
}

#[test]
fn names_of_secrets_are_recognized_in_every_spelling() {
    for name in [
        "credential",
        "access_token",
        "_authToken",
        "//registry.example/:_auth",
        "AWS_SECRET_ACCESS_KEY",
        "pwd",
        "X-TB-TOKEN-AUTH",
        "Passphrase",
        "client-secret",
        "refreshToken",
        "GITHUB_TOKEN",
        "token",
    ] {
        for value in ["Zm9vYmFy12", "hunter2-x9"] {
            assert_eq!(redact(&format!("{name}={value} x")), format!("{name}=[redacted] x"));
            assert_eq!(redact(&format!("{name}: {value}, x")), format!("{name}: [redacted], x"));
            let json = format!(r#"{{"{name}":"{value}","x":1}}"#);
            assert_eq!(redact(&json), format!(r#"{{"{name}":"[redacted]","x":1}}"#));
        }
    }
}

#[test]
fn tokens_of_other_services_are_recognized() {
    let body = "16C7e42F292c6912E7710c838347Ae178B4a";
    for mark in ["ghp_", "gho_", "ghs_", "github_pat_", "glpat-", "npm_", "xoxb-"] {
        assert_eq!(redact(&format!("with {mark}{body}, see")), "with [redacted], see", "{mark}");
    }
}

#[test]
fn prose_about_secrets_is_kept() {
    for text in [
        "Invalid token: exp is missing",
        "Invalid token: it expires more than 30 days after its creation time",
        "the token is expired; a token of 2.35.2 is refused",
        "no credentials for `kind = \"opentok\"`: PRECALL_API_KEY is not in the environment; give it",
        "No credentials: the X-OPENTOK-AUTH or Authorization header is missing",
        "token refused: Token expired",
        "platform.token=wrong-secret,network=3g: passed after 3 s",
        "platform.token=expired",
        r#"{"axes":{"platform.token":"wrong-session"},"token":"valid","secret":null,"tokens":7}"#,
        "Bearer tokens are Basic authentication; Digest and Token are schemes",
        "Basic WebRTC tests of OpenTok.js, Bearer channels",
        "npm_config_ignore_scripts_and_some_more_words=true",
        "PWD=/home/me",
        "the cookie: it has been rejected",
        "[matrix]\nplatform.token = [\"valid\", \"expired\"]",
        "RTCPeerConnection.iceServers credentialType",
        "not a PEM file: it has to begin with `-----BEGIN PRIVATE KEY-----`; it is the file",
        "write it as `apiSecret = \"…\"`, PRECALL_API_KEY=… PRECALL_API_SECRET=…",
    ] {
        // Words after these names are redacted whatever they are. It is not possible to tell which of them are
        // passwords.
        let clean = redact(text).replace("the cookie: [redacted] has", "the cookie: it has");
        assert_eq!(clean, text);
    }
}

#[test]
fn secrets_of_the_process_are_recognized_by_value() {
    let value = r#"Tr0ub4dor&3 "x"/ü"#;
    let _secret = Secret::new(value);
    let json = serde_json::json!({ "a": format!("it is {value}!"), "b": [value] }).to_string();
    assert_eq!(redact(&json), r#"{"a":"it is [redacted]!","b":["[redacted]"]}"#);
    let nested = serde_json::json!({ "inner": json }).to_string();
    assert!(serde_json::from_str::<serde_json::Value>(&redact(&nested)).is_ok());
    let component = "Tr0ub4dor%263%20%22x%22%2F%C3%BC";
    let form: String = url::form_urlencoded::byte_serialize(value.as_bytes()).collect();
    let base64 = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, value);
    for encoded in [value, component, &component.to_ascii_lowercase(), &form] {
        assert_eq!(redact(&format!("<{encoded}>")), "<[redacted]>");
    }
    // The last character can belong to other text.
    assert!(redact(&base64).len() <= REDACTED.len() + 3, "{}", redact(&base64));
    let short = Secret::new("k3y-12");
    assert_eq!(redact(short.expose()), REDACTED);
}

/// Texts that a page can repeat to make a finder search again and again.
const SIGNS: [&str; 44] = [
    "a",
    "=",
    ":",
    "%",
    "\\",
    "\"",
    "'",
    " ",
    ".",
    "-",
    "é",
    "0",
    "eyJ",
    "eyJ.",
    "-----BEGIN ",
    "-----BEGIN PRIVATE KEY-----",
    "-----END ",
    "PRIVATE KEY-----",
    "T1",
    "T1==",
    "T1%3D%3D",
    "T1%25",
    r"T1\",
    "://",
    "://a:",
    ":@",
    "password=",
    "password=\"",
    "password='",
    r#"password=\""#,
    "\"password\":\"",
    "token: ",
    "token: a:",
    "pwd=/",
    "cookie: ",
    "cookie: a=",
    "Authorization: ",
    "Authorization: A ",
    "Digest username=\"",
    ", a=",
    "Bearer ",
    "ghp_",
    "glpat-",
    "Basic a1",
];

/// The largest number of times that all finders together read a text.
const READINGS: usize = 40;

fn check_is_linear(text: &str) -> Result<(), TestCaseError> {
    counted::take();
    let _ = redact(text);
    let read = counted::take();
    prop_assert!(read <= READINGS * text.len() + 1_000, "{read} bytes read of {} in {:.60}…", text.len(), text);
    Ok(())
}

#[test]
fn repeated_signs_are_read_in_linear_time() {
    for sign in SIGNS {
        for before in ["", "{\"", "secret=\""] {
            let text = format!("{before}{}", sign.repeat(20_000 / sign.len()));
            check_is_linear(&text).unwrap_or_else(|error| panic!("{error}"));
        }
    }
}

proptest! {
    #[test]
    fn mixed_signs_are_read_in_linear_time(signs in prop::collection::vec(prop::sample::select(&SIGNS[..]), 1..6)) {
        let unit = signs.concat();
        check_is_linear(&unit.repeat(20_000 / unit.len()))?;
    }

    #[test]
    fn skipped_texts_contain_no_secret(text in "(eyJ|T1|[.]|-----|BEGIN |PRIVATE KEY|[0-9a-f]|[=:%@/ ]|secret|é){0,8}") {
        if !may_hold_secret(&text) {
            prop_assert!(secrets_in(&text).is_empty());
        }
    }

    #[test]
    fn tokens_are_redacted_completely(before in "[^T]{0,20}", body in "[A-Za-z0-9+/]{8,80}", after in "[ \"&].{0,20}") {
        let clean = redact(&format!("{before}T1=={body}{after}"));
        prop_assert!(!clean.contains(&body));
    }

    #[test]
    fn quoted_passwords_are_redacted_completely(password in "[ -~]{8,40}", name in "(password|api_secret|\"passphrase\"|Credential)") {
        let encoded = serde_json::Value::from(password.as_str()).to_string();
        let clean = redact(&format!("a {name}: {encoded} b"));
        prop_assert_eq!(clean, format!("a {name}: \"[redacted]\" b"));
    }

    #[test]
    fn sentences_are_kept(words in prop::collection::vec("(token|secret|password|cookie|Bearer|Basic|Token|Digest|OpenTok|a|is|[a-z]{1,9}[,.]?)", 0..12)) {
        let text = words.join(" ");
        prop_assert_eq!(redact(&text), text);
    }

    #[test]
    fn json_stays_valid(
        key in "(a|apiSecret|password|token|cookie|Authorization|-----BEGIN PRIVATE KEY-----|eyJhbGciOi|http://a:|ghp_|T1==|Bearer )",
        value in "[ -~\n]{0,40}",
        sign in "(=|: |:|=\\\\|=\"|='|: Digest username=|: a=)",
        number in 0..9,
    ) {
        let inner = serde_json::json!({ &key: value, "b": format!("{key}{value}@{key}{sign}\"{value}\""), "c": format!("{key}{sign}") });
        let text = serde_json::json!({ "secret": number, "inner": inner, "text": inner.to_string() });
        let twice = serde_json::json!({ "password": text.to_string(), "c": format!("{sign}{text}") });
        for text in [text, twice] {
            let clean = redact(&text.to_string());
            prop_assert!(serde_json::from_str::<serde_json::Value>(&clean).is_ok(), "{} {}", text, clean);
        }
    }

    #[test]
    fn clean_text_is_unchanged(text in "\\PC{0,60}") {
        let clean = redact(&text);
        prop_assert_eq!(redact(&clean), clean.clone());
    }
}
