use std::path::Path;

use super::*;
use crate::parse;
use crate::platform::PlatformSpec;

fn platforms(text: &str) -> Vec<PlatformSpec> {
    let scenario = parse(text, Path::new("scenarios/test.toml")).unwrap_or_else(|error| panic!("{error}"));
    scenario.cases.into_iter().map(|case| case.platform).collect()
}

fn cloud(kind: CloudKind, api_url: &str) -> CloudSpec {
    CloudSpec { kind, api_url: api_url.to_owned(), proxy_url: None, credentials_file: None }
}

#[test]
fn remote_platform_has_its_own_address() {
    let text = r#"
        [[case]]
        name = "a"
        platform.kind = "opentok"
        [[case]]
        name = "b"
        platform.kind = "vonage"
        network.rate = "unlimited"
        [[case]]
        name = "c"
        [case.platform]
        kind = "vonage"
        apiUrl = "http://127.0.0.1:8080/base/"
        proxyUrl = "https://proxy.example.com"
        credentialsFile = "../vonage.toml"
        [[case]]
        name = "d"
        platform.kind = "embedded"
    "#;
    let all = CloudSpec {
        proxy_url: Some("https://proxy.example.com".to_owned()),
        credentials_file: Some("scenarios/../vonage.toml".into()),
        ..cloud(CloudKind::Vonage, "http://127.0.0.1:8080/base")
    };
    assert_eq!(
        platforms(text),
        [
            PlatformSpec::Cloud(cloud(CloudKind::OpenTok, "https://api.opentok.com")),
            PlatformSpec::Cloud(cloud(CloudKind::Vonage, "https://video.api.vonage.com")),
            PlatformSpec::Cloud(all),
            PlatformSpec::default(),
        ]
    );
}

#[test]
fn kind_of_a_case_replaces_the_platform_of_the_file() {
    let text = r#"
        [platform]
        kind = "opentok"
        proxyUrl = "http://127.0.0.1:8080"
        [[case]]
        name = "a"
        [[case]]
        name = "b"
        platform = { kind = "embedded", token = "expired" }
    "#;
    let proxy_url = Some("http://127.0.0.1:8080".to_owned());
    let opentok = CloudSpec { proxy_url, ..cloud(CloudKind::OpenTok, "https://api.opentok.com") };
    let expired = EmbeddedSpec { token: TokenKind::Expired, ..EmbeddedSpec::default() };
    assert_eq!(platforms(text), [PlatformSpec::Cloud(opentok), PlatformSpec::Embedded(expired)]);
}

/// Invalid tables below `[[case]]`, each for a different reason.
const WRONG: [(&str, &str); 14] = [
    ("unknown kind", "platform = { kind = \"openTok\", apiUrl = \"https://api.opentok.com\" }"),
    ("faults", "platform.kind = \"opentok\"\nplatform.faults.api = \"reset\""),
    ("a token that is refused", "platform = { kind = \"vonage\", token = \"expired\" }"),
    ("a relay and a codec", "platform = { kind = \"vonage\", relay = \"udp\", videoCodec = \"vp9\" }"),
    ("ICE-TCP", "platform = { kind = \"vonage\", iceTcp = true }"),
    ("an unknown session", "platform = { kind = \"vonage\", session = \"unknown\" }"),
    ("a URL of nobody", "platform = { kind = \"opentok\", apiUrl = \"api.opentok.com\" }"),
    ("another scheme", "platform = { kind = \"opentok\", proxyUrl = \"ftp://proxy.example.com\" }"),
    ("a password in a URL", "platform = { kind = \"opentok\", proxyUrl = \"http://user:pass@proxy.example.com\" }"),
    ("a query in a URL", "platform = { kind = \"opentok\", apiUrl = \"https://api.opentok.com/?x=1\" }"),
    ("a cloud's key for the embedded platform", "platform.proxyUrl = \"http://127.0.0.1:8080\""),
    ("a credential in a scenario", "platform = { kind = \"opentok\", apiSecret = \"…\" }"),
    ("a slip", "platform = { kind = \"opentok\", api-url = \"https://api.opentok.com\" }"),
    ("a number for a path", "platform = { kind = \"opentok\", credentialsFile = 7 }"),
];

#[test]
fn keys_of_the_embedded_platform_are_refused() {
    let report = |text: &str| {
        let text = format!("[[case]]\nname = \"a\"\n{text}");
        parse(&text, Path::new("test.toml")).expect_err("wrong").render(false)
    };
    let all: Vec<_> = WRONG.iter().map(|(what, text)| format!("# {what}\n{}", report(text))).collect();
    insta::assert_snapshot!(all.join("\n"));
}

#[test]
fn remote_platform_can_have_a_network() {
    let text = "[network]\ndelay = \"80 ms\"\n[[case]]\nname = \"a\"\nplatform.kind = \"opentok\"";
    let scenario = parse(text, Path::new("test.toml")).expect("right");
    assert!(!scenario.cases[0].network.is_unimpaired());
}
