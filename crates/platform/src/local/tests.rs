use std::time::Duration;

use tokio::sync::mpsc;

use super::*;
use crate::credentials::{Project, Role};
use crate::handle::PlatformHandle;
use crate::limits::MAX_MEDIA_REQUESTS;
use crate::local::access_point::SharedOptions;
use crate::local::platform::PlatformParts;
use crate::relay::TurnTransport;
use crate::transport::AllowedClients;
use crate::{MediaMode, MediaPort, PlatformEvent, SessionOptions};
use precall_netem::fault::{Action, Fault, Faults, Service};
use precall_netem::firewall::{Firewall, Ports, Target, Udp};

const LOCALHOST: [u8; 4] = [127, 0, 0, 1];

/// Requests session info as OpenTok.js does, and returns the answer.
async fn session_info(platform: &LocalPlatform, token: &str, session: &str) -> serde_json::Value {
    session_info_at(&platform.url(), token, session).await
}

async fn session_info_at(url: &str, token: &str, session: &str) -> serde_json::Value {
    let url = format!("{url}/anvil.opentok.com/session/{session}");
    let answer = reqwest::Client::new().get(url).header("x-opentok-auth", token).send().await.expect("an answer");
    serde_json::from_str(&answer.text().await.expect("a text")).expect("JSON")
}

#[tokio::test]
async fn clients_of_the_default_platform_get_session_info_without_a_relay() {
    let mut platform = LocalPlatform::builder().start().await.expect("a platform");
    let session = platform.session(SessionOptions { media_mode: MediaMode::Relayed, ..SessionOptions::default() });
    let token = platform.token(&session, Role::Publisher).expect("signed");
    let info = session_info(&platform, token.expose(), session.as_str()).await;
    assert_eq!(info[0]["session_id"], session.as_str());
    assert_eq!(info[0]["properties"]["p2p"]["preference"]["value"], "enabled");
    assert_eq!((platform.relay_address(), info[0]["ice_servers"].as_array().map(Vec::len)), (None, Some(0)));
    assert_eq!(platform.requests()[&Service::Api], 1);
    let event = platform.next_event().await.expect("it runs");
    assert!(matches!(event, PlatformEvent::SessionCreated { .. }), "{event:?}");
}

#[tokio::test]
async fn session_info_lists_the_announced_transports_of_the_relay() {
    let relay = RelayOptions { announced: vec![TurnTransport::Tls], tls: true };
    let platform = LocalPlatform::builder().relay(relay).start().await.expect("a platform");
    assert!(platform.key_digest().is_some());
    let session = platform.session(SessionOptions::default());
    let token = platform.token(&session, Role::Publisher).expect("signed");
    let info = session_info(&platform, token.expose(), session.as_str()).await;
    let urls: Vec<_> =
        info[0]["ice_servers"].as_array().expect("a list").iter().map(|one| one["url"].as_str()).collect();
    assert!(matches!(urls[..], [Some(url)] if url.starts_with("turns:127.0.0.1:")), "{urls:?}");
}

#[tokio::test]
async fn a_firewall_without_udp_has_a_relay_unless_the_router_accepts_tcp() {
    let firewall = || Firewall { udp: Udp::Blocked, ..Firewall::default() };
    let platform = LocalPlatform::builder().firewall(firewall()).start().await.expect("a platform");
    assert_eq!(platform.ice_servers().len(), 2);
    let tls = Firewall { ports: Ports::Tls, ..Firewall::default() };
    let platform = LocalPlatform::builder().firewall(tls).start().await.expect("a platform");
    assert_eq!(platform.ice_servers().len(), 3);
    let media = MediaOptions { ice_tcp: true, ..MediaOptions::default() };
    let platform = LocalPlatform::builder().firewall(firewall()).media(media).start().await.expect("a platform");
    assert!(platform.ice_servers().is_empty() && platform.media_tcp_address().is_some());
    let datagram = tokio::net::UdpSocket::bind((std::net::Ipv4Addr::from(LOCALHOST), 0)).await.expect("a socket");
    datagram.send_to(b"dropped", platform.media_address()).await.expect("sent");
    let dropped = async {
        while platform.firewall_counters().datagrams_dropped == 0 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), dropped).await.expect("it is dropped");
}

#[tokio::test]
async fn faults_of_the_builder_and_of_the_firewall_take_effect() {
    let fault = Fault { service: Service::Api, action: Action::Status(503), at: None };
    let firewall = Firewall { reset: vec![Target::Config], ..Firewall::default() };
    let platform = LocalPlatform::builder().faults(Faults(vec![fault])).firewall(firewall).start().await;
    let platform = platform.expect("a platform");
    let get = |path: &str| reqwest::get(format!("{}/{path}", platform.url()));
    assert_eq!(get("anvil.opentok.com/session/1_x").await.expect("an answer").status(), 503);
    assert!(get("config.opentok.com/project/1/config.json").await.is_err(), "the firewall resets it");
}

#[tokio::test]
async fn a_dropped_platform_closes_its_listener() {
    let platform = LocalPlatform::builder().access(ClientAccess::Listener((LOCALHOST, 0).into())).start().await;
    let platform = platform.expect("a platform");
    let address = platform.address();
    tokio::net::TcpStream::connect(address).await.expect("it listens");
    drop(platform);
    let closed = async { while tokio::net::TcpStream::connect(address).await.is_ok() {} };
    tokio::time::timeout(Duration::from_secs(10), closed).await.expect("it is closed");
}

#[tokio::test]
async fn a_part_that_ends_unexpectedly_is_reported() {
    let mut shared = SharedOptions { host: LOCALHOST.into(), allowed: AllowedClients::default(), identity: None };
    let project = Project::generate();
    let start = |port: MediaPort| {
        // The sessions get another sender, so that this test holds the only one of the router.
        let (requests, received) = mpsc::channel(MAX_MEDIA_REQUESTS);
        let of_sessions = MediaPort { requests, events: port.events };
        let (sessions, events) = PlatformHandle::start(vec![project.clone()], SessionOptions::default(), of_sessions);
        (sessions, (events, port.requests, received))
    };
    let options = AccessOptions { access: ClientAccess::Listener((LOCALHOST, 0).into()), ..AccessOptions::default() };
    let opened = AccessPoint::first(options, &mut shared, start).await;
    let (access, (events, router, _received)) = opened.expect("sockets");
    let mut platform = LocalPlatform::new(PlatformParts { access, events, project, shared });
    let waits = tokio::time::timeout(Duration::from_millis(50), platform.next_event());
    assert!(waits.await.is_err(), "all of it runs");
    // Without a sender the router ends.
    drop(router);
    let ended = tokio::time::timeout(Duration::from_secs(10), platform.next_event()).await.expect("it ends");
    let ended = ended.expect_err("an end");
    // The sessions end without their router, and either end may be seen first.
    assert!(["the media router", "the platform's sessions"].contains(&ended.part), "{ended}");
}

#[tokio::test]
async fn access_points_share_sessions_and_neither_firewall_nor_relay() {
    let mut platform = LocalPlatform::builder().start().await.expect("a platform");
    let firewall = Firewall { udp: Udp::Blocked, reset: vec![Target::Config], ..Firewall::default() };
    let options = AccessOptions { firewall, ..AccessOptions::default() };
    let walled = platform.open_access(options).await.expect("an access point");
    let open = platform.open_access(AccessOptions::default()).await.expect("an access point");
    let media = [platform.media_address(), walled.media_address(), open.media_address()];
    assert!(media[0] != media[1] && media[1] != media[2] && media[0] != media[2], "{media:?}");
    let session = platform.session(SessionOptions::default());
    let token = platform.token(&session, Role::Publisher).expect("signed");
    let mut servers = Vec::new();
    for url in [platform.url(), walled.url(), open.url()] {
        let info = session_info_at(&url, token.expose(), session.as_str()).await;
        assert_eq!(info[0]["session_id"], session.as_str());
        servers.push(info[0]["ice_servers"].as_array().map(Vec::len));
    }
    assert_eq!(servers, [Some(0), Some(2), Some(0)], "the relay is for those who need it");
    let config = |url: String| reqwest::get(format!("{url}/config.opentok.com/project/1/config.json"));
    assert!(config(walled.url()).await.is_err(), "its firewall resets it");
    assert_eq!(config(open.url()).await.expect("an answer").status(), 200);
    assert_eq!(config(platform.url()).await.expect("an answer").status(), 200);
    assert_eq!((walled.requests()[&Service::Api], open.requests()[&Service::Api]), (1, 1));
}
