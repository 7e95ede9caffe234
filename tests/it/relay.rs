//! Clients that reach media only through the relay: real OpenTok.js in real Chrome, with `iceConfig`.

use std::time::Duration;

use crate::common::capture::Capture;
use crate::common::stage::{PageSetup, browser, newest_opentok_js, page, payload};
use crate::common::{Workspace, case, said};
use precall_browser::{Chrome, ChromePage};
use precall_netem::fault::{Action, Fault, Faults, Service};
use precall_netem::{LinkConfig, NetworkConfig};
use precall_platform::credentials::{Role, SessionId, Token};
use precall_platform::relay::IceServer;
use precall_platform::{LocalPlatform, MediaMode, RelayOptions, SessionOptions};
use serde_json::{Value, json};

const LIMIT: Duration = Duration::from_secs(60);

/// A platform with a relay that listens for UDP, TCP and TLS.
struct Relayed {
    setup: PageSetup,
}

impl Relayed {
    /// Opens it with this network between clients and the relay.
    async fn open(network: &NetworkConfig) -> Self {
        let relay = RelayOptions { tls: true, ..RelayOptions::default() };
        let builder = LocalPlatform::builder().media_network(network, 1).relay(relay);
        Self { setup: PageSetup::open_with(newest_opentok_js().await, builder).await }
    }

    /// Returns the servers for UDP, TCP and TLS.
    fn servers(&self) -> [IceServer; 3] {
        self.setup.platform.ice_servers().try_into().expect("three of them")
    }

    /// A browser that trusts its certificate.
    async fn browser(&self) -> Chrome {
        let key_digest = self.setup.platform.key_digest().expect("it has TLS");
        browser(vec![format!("--ignore-certificate-errors-spki-list={key_digest}")]).await
    }

    /// A client in a page of its own, which has just begun.
    async fn client(&self, browser: &Chrome, ice_config: &Value) -> ChromePage {
        let PageSetup { token, session_id, .. } = &self.setup;
        self.client_in(browser, ice_config, session_id, token, "both").await
    }

    /// The same in a session of the test's own, with a role: `publisher`, `subscriber` or `both`.
    async fn client_in(
        &self,
        browser: &Chrome,
        ice_config: &Value,
        session_id: &SessionId,
        token: &Token,
        role: &str,
    ) -> ChromePage {
        let mut page = page(browser, self.setup.http.origin()).await;
        page.goto(&self.setup.harness()).await.expect("the harness");
        assert_eq!(payload(&mut page, LIMIT).await["type"], "loaded");
        let more = json!({
            "sessionId": session_id.as_str(),
            "token": token.expose(),
            "role": role,
            "iceConfig": ice_config,
        });
        page.evaluate(&self.setup.call("relay", "run", more)).await.expect("it runs");
        page
    }

    async fn close(self, browser: Chrome) {
        browser.close().await;
    }
}

fn handed_out() -> Value {
    json!({ "includeServers": "all", "transportPolicy": "relay", "customServers": [] })
}

fn custom(server: &IceServer) -> Value {
    custom_urls(server, &[&server.url])
}

/// The same server by several URLs, with the credentials of one.
fn custom_urls(server: &IceServer, urls: &[&str]) -> Value {
    let server = json!({ "urls": urls, "username": server.username, "credential": server.credential });
    json!({ "includeServers": "custom", "transportPolicy": "relay", "customServers": [server] })
}

#[test]
fn a_case_goes_through_a_relay_and_its_network() {
    let workspace = Workspace::new();
    let scenario = r#"
        [test]
        quality = false
        [network]
        delay = "40 ms"
        up.loss = "5 %"
        [expect]
        connectivity.success = true
        [[case]]
        name = "by-udp"
        platform.relay = "udp"
        [[case]]
        name = "by-tcp"
        platform.relay = "tcp"
    "#;
    let (output, results) = workspace.run(scenario, &["--pcap"]);
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    let captures = ["by-udp", "by-tcp"].map(|name| Capture::of(&workspace.run_directory().expect("a run"), name));
    for (name, capture) in ["by-udp", "by-tcp"].into_iter().zip(&captures) {
        let case = case(&results, name);
        // What the relay carries stands there as if there were none.
        assert!(capture.media.iter().all(|packets| *packets > 50), "{name}: {capture:?}");
        for way in ["up", "down"] {
            assert!(case["network"]["counters"][way]["packetsOut"].as_u64() > Some(50), "{case:#}");
            assert!(case["network"]["measured"][way]["meanDelayMs"].as_f64() >= Some(40.0), "{case:#}");
        }
        // Statistics come once a second, and a connectivity test's connection lives hardly longer: there may be none of
        // it.
        if let Some(seconds) = case["network"]["measured"]["roundTripTime"].as_f64() {
            assert!(seconds >= 0.08, "{case:#}");
        }
    }
    let (by_udp, by_tcp) =
        (&case(&results, "by-udp")["network"]["counters"], &case(&results, "by-tcp")["network"]["counters"]);
    println!("{captures:?}");
    assert!(captures[0].holds(by_udp), "{captures:?} {by_udp}");
    let lost = by_udp["up"]["packetsDroppedLoss"].as_u64().expect("a number");
    assert!(lost > 0 && captures[0].packets[0] >= captures[0].packets[1] + lost, "{captures:?} {by_udp}");
    assert_eq!(by_tcp["up"]["packetsDroppedLoss"], 0);
    // A stream's messages come through all of them, but for those that are on the way when the page is closed.
    assert!(captures[1].packets[0].abs_diff(captures[1].packets[1]) < 50, "{captures:?}");
}

mod nightly {
    use super::*;

    #[tokio::test(flavor = "multi_thread")]
    async fn media_goes_through_the_relay_by_udp_by_tcp_and_by_tls() {
        let way = LinkConfig { delay: Duration::from_millis(40), ..LinkConfig::default() };
        let relayed = Relayed::open(&NetworkConfig { up: way.clone(), down: way, ..NetworkConfig::default() }).await;
        relayed.setup.platform.begin();
        let browser = relayed.browser().await;
        let [udp, tcp, tls] = relayed.servers();
        // A port where nobody listens, and one where somebody does who speaks no TLS.
        let closed =
            std::net::TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("a port");
        let relay = relayed.setup.platform.relay_address().expect("it has a relay");
        let dead = [format!("turns:{closed}?transport=tcp"), format!("turns:{}?transport=tcp", relay)];
        // Which of several servers an end nominates is the race of its checks.
        for (what, config, protocols) in [
            ("handed out", handed_out(), &["udp", "tcp", "tls"][..]),
            ("custom, UDP", custom(&udp), &["udp"]),
            ("custom, TLS", custom(&tls), &["tls"]),
            ("custom, all in one", custom_urls(&udp, &[&udp.url, &tcp.url, &tls.url]), &["udp", "tcp", "tls"]),
            // Those that fail delay nobody. What is left is TCP.
            ("custom, TLS fails", custom_urls(&udp, &[&dead[0], &dead[1], &tcp.url]), &["tcp"]),
        ] {
            let before = relayed.setup.platform.counters().await;
            let mut page = relayed.client(&browser, &config).await;
            let event = payload(&mut page, LIMIT).await;
            assert_eq!(event["type"], "playing", "{what}: {event}");
            for end in ["publisher", "subscriber"] {
                assert_eq!(event[end]["candidateType"], "relay", "{what}: {event}");
                let protocol = event[end]["relayProtocol"].as_str().expect("a protocol");
                assert!(protocols.contains(&protocol), "{what}: {event}");
            }
            // The link is on the way there and back.
            let seconds = event["subscriber"]["roundTripTime"].as_f64().expect("a time");
            assert!((0.08..0.5).contains(&seconds), "{what}: {event}");
            let counters = relayed.setup.platform.counters().await;
            let packets = |counters: &precall_platform::transport::AccessCounters| {
                let used = [(counters.udp, protocols.contains(&"udp")), (counters.tcp, protocols != ["udp"])];
                let used = used.into_iter().filter(|(_, is_used)| *is_used);
                used.fold((0, 0), |sum, (used, _)| (sum.0 + used.up.packets_out, sum.1 + used.down.packets_out))
            };
            let (was, is) = (packets(&before), packets(&counters));
            assert!(is.0 - was.0 > 50 && is.1 - was.1 > 50, "{what}: {counters:?}");
            page.close().await;
        }
        relayed.close(browser).await;
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn without_a_relay_that_works_nothing_is_published() {
        let browser = browser(Vec::new()).await;
        let network = NetworkConfig::default();
        let relayed = Relayed::open(&network).await;
        let mut wrong = relayed.servers()[0].clone();
        wrong.credential = "wrong".to_owned();
        let mut pages = vec![("wrong password", relayed.client(&browser, &custom(&wrong)).await)];
        let mut others = Vec::new();
        for (what, action) in [("status", Action::Status(486)), ("hang", Action::Hang), ("block", Action::Block)] {
            let relayed = Relayed::open(&network).await;
            relayed.setup.platform.set_faults(Faults(vec![Fault { service: Service::Relay, action, at: None }])).await;
            pages.push((what, relayed.client(&browser, &handed_out()).await));
            others.push(relayed);
        }
        let began = std::time::Instant::now();
        for (what, mut page) in pages {
            let event = payload(&mut page, LIMIT).await;
            assert_eq!(event["type"], "failed", "{what}: {event}");
            println!("{what}: {} after {:.1} s", event["name"], began.elapsed().as_secs_f64());
            assert!(began.elapsed() < Duration::from_secs(35), "{what}: an application waits no longer");
            page.close().await;
        }
        drop(others);
        relayed.close(browser).await;
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_relayed_session_goes_from_relay_to_relay() {
        let relayed = Relayed::open(&NetworkConfig::default()).await;
        let platform = &relayed.setup.platform;
        let session = platform.session(SessionOptions { media_mode: MediaMode::Relayed, ..SessionOptions::default() });
        let token = platform.token(&session, Role::Publisher).expect("signed");
        let browser = relayed.browser().await;
        let [_, tcp, tls] = relayed.servers().map(|server| custom(&server));
        // The one by TLS, the other by TCP: only the relay joins them.
        let mut publisher = relayed.client_in(&browser, &tls, &session, &token, "publisher").await;
        assert_eq!(payload(&mut publisher, LIMIT).await["type"], "published");
        let mut subscriber = relayed.client_in(&browser, &tcp, &session, &token, "subscriber").await;
        let event = payload(&mut subscriber, LIMIT).await;
        assert_eq!(event["type"], "playing", "{event}");
        assert_eq!(event["subscriber"]["candidateType"], "relay", "{event}");
        assert_eq!(event["subscriber"]["relayProtocol"], "tcp", "{event}");
        publisher.close().await;
        subscriber.close().await;
        relayed.close(browser).await;
    }
}
