use std::path::Path;

use super::*;
use crate::parse;

fn firewalls(text: &str) -> Vec<Firewall> {
    let scenario = parse(text, Path::new("test.toml")).unwrap_or_else(|error| panic!("{error}"));
    scenario.cases.into_iter().map(|case| case.firewall).collect()
}

#[test]
fn fields_override_the_profile() {
    let text = r#"
        [platform]
        access = "intercept"
        [firewall]
        profile = "http-proxy-login"
        [[case]]
        name = "a"
        [[case]]
        name = "b"
        firewall = { proxy = "wrong-login", udp = "open", block = "logging", reset = ["api", "api"] }
        [[case]]
        name = "c"
        firewall = { profile = "open", allow = ["config", "api", "messaging", "media"] }
    "#;
    let strict = Firewall { udp: Udp::Blocked, ports: Ports::Tls, proxy: HttpProxy::Login, ..Firewall::default() };
    let b = Firewall {
        block: vec![Target::Logging],
        reset: vec![Target::Api],
        udp: Udp::Open,
        proxy: HttpProxy::WrongLogin,
        ..strict.clone()
    };
    let c = Firewall { block: vec![Target::Logging], ..Firewall::default() };
    assert_eq!(firewalls(text), [strict, b, c]);
    assert!(firewalls("[[case]]\nname = \"a\"").iter().all(Firewall::is_open));
}

#[test]
fn every_profile_has_a_name() {
    for profile in FirewallProfile::ALL {
        let text = format!(
            "[[case]]\nname = \"a\"\nplatform.access = \"intercept\"\nfirewall.profile = {:?}",
            profile.as_str()
        );
        assert_eq!(firewalls(&text), [profile.firewall()]);
    }
}

/// Invalid tables below `[[case]]`, each for a different reason.
const WRONG: [&str; 13] = [
    "firewall.profile = \"tls\"",
    "firewall.block = [\"media\", \"sessions\"]",
    "firewall.block = 5",
    "firewall = { block = \"api\", allow = \"api\" }",
    "firewall.reset = \"media\"",
    "firewall = { block = \"api\", reset = \"api\" }",
    "firewall.profile = \"http-proxy\"",
    "firewall.proxy = \"login\"",
    "firewall.udp = \"blocked\"\nplatform.relay = \"udp\"",
    "firewall.profile = \"tls-only\"\nplatform = { access = \"intercept\", iceTcp = true }",
    "firewall.block = \"media\"\nplatform.faults.publisherMedia = \"block\"",
    "firewall.udp = \"blocked\"\nplatform.kind = \"opentok\"",
    "platform = { kind = \"opentok\", access = \"intercept\" }",
];

#[test]
fn errors_have_places_and_help() {
    let report = WRONG.map(|text| {
        parse(&format!("[[case]]\nname = \"a\"\n{text}"), Path::new("test.toml")).expect_err(text).render(false)
    });
    insta::assert_snapshot!(report.join("\n"));
}
