use std::net::Ipv4Addr;
use std::time::{Duration, Instant};

use axum::extract::ConnectInfo;
use axum::routing::{get, post};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::*;
use crate::limits::MAX_SIGNALLING_CONNECTIONS;
use crate::transport::reset_handle::ResetHandle;
use precall_netem::{LinkConfig, Outage};

const LOCALHOST: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

const PAGE: &str = "http://127.0.0.1:4000";

fn page() -> AllowedClients {
    AllowedClients { origins: vec![PAGE.to_owned()], ..AllowedClients::default() }
}

fn router() -> Router {
    Router::new()
        .route("/", get(|| async { "there" }))
        .route("/echo", post(|body: String| async { body }))
        .route("/cut", get(|ConnectInfo(connection): ConnectInfo<ResetHandle>| async move { connection.reset() }))
}

async fn open(way: LinkConfig) -> SignallingEndpoint {
    let network = NetworkConfig { up: way.clone(), down: way, ..NetworkConfig::default() };
    let path = SignallingEndpoint::open(LOCALHOST, &network, 1, router(), &page()).await.expect("a path");
    path.begin();
    path
}

/// One request on a connection of its own, and the answer up to its end.
async fn ask(path: &SignallingEndpoint, request: &str) -> std::io::Result<String> {
    let address = path.streams.address();
    let mut stream = TcpStream::connect(address).await?;
    let request = request.replace("HOST", &format!("Host: {address}\r\nConnection: close"));
    stream.write_all(request.as_bytes()).await?;
    let mut answer = String::new();
    tokio::time::timeout(Duration::from_secs(60), stream.read_to_string(&mut answer)).await??;
    Ok(answer)
}

const GET: &str = "GET / HTTP/1.1\r\nHOST\r\n\r\n";

fn body(bytes: usize) -> String {
    (0..bytes).map(|index| char::from(b'a' + (index % 23) as u8)).collect()
}

fn echo(body: &str) -> String {
    format!("POST /echo HTTP/1.1\r\nHOST\r\nContent-Length: {}\r\n\r\n{body}", body.len())
}

#[tokio::test]
async fn a_connection_takes_a_round_trip_and_each_answer_another() {
    let path = open(LinkConfig { delay: Duration::from_millis(20), ..LinkConfig::default() }).await;
    let asked = Instant::now();
    let answer = ask(&path, GET).await.expect("an answer");
    assert!(answer.ends_with("there"), "{answer}");
    assert!(asked.elapsed() >= Duration::from_millis(80), "{:?}", asked.elapsed());
    let counters = path.counters().await;
    assert_eq!(counters.connections, 1);
    assert!(counters.up.bytes_out > 20 && counters.down.bytes_out > 20, "{counters:?}");
    assert!(counters.down.delay_mean() >= Some(Duration::from_millis(20)));
}

#[tokio::test]
async fn until_the_network_begins_everything_passes_untouched() {
    let way = LinkConfig { delay: Duration::from_secs(3600), ..LinkConfig::default() };
    let network = NetworkConfig { up: way.clone(), down: way, ..NetworkConfig::default() };
    let path = SignallingEndpoint::open(LOCALHOST, &network, 1, router(), &page()).await.expect("a path");
    assert!(ask(&path, GET).await.expect("an answer").ends_with("there"));
    assert_eq!(path.counters().await.up.packets_in, 0);
}

#[tokio::test]
async fn concurrent_connections_share_the_rate() {
    let rate = Some("4 Mbit/s".parse().expect("a rate"));
    let path = open(LinkConfig { rate, jitter: Duration::from_millis(3), ..LinkConfig::default() }).await;
    // More than a window each.
    let body = body(150_000);
    let (asked, request) = (Instant::now(), echo(&body));
    let answers = futures::future::join_all((0..2).map(|_| ask(&path, &request))).await;
    for answer in answers {
        assert!(answer.expect("an answer").ends_with(&body));
    }
    // 2.4 Mbit each way, one after the other.
    assert!(asked.elapsed() >= Duration::from_millis(600), "{:?}", asked.elapsed());
    let counters = path.counters().await;
    assert_eq!((counters.connections, counters.up.packets_dropped()), (2, 0));
    assert!(counters.up.bytes_out > 300_000 && counters.down.bytes_out > 300_000, "{counters:?}");
}

#[tokio::test]
async fn an_outage_holds_bytes_back() {
    let outages = vec![Outage { at: Duration::ZERO, duration: Duration::from_millis(200) }];
    let path = open(LinkConfig { outages, ..LinkConfig::default() }).await;
    let asked = Instant::now();
    assert!(ask(&path, GET).await.expect("an answer").ends_with("there"));
    assert!(asked.elapsed() >= Duration::from_millis(150), "{:?}", asked.elapsed());
    assert!(path.counters().await.segments_held > 0);
}

#[tokio::test]
async fn a_reset_reaches_the_client() {
    let path = open(LinkConfig::default()).await;
    let error = ask(&path, "GET /cut HTTP/1.1\r\nHOST\r\n\r\n").await.expect_err("no answer");
    assert_eq!(error.kind(), std::io::ErrorKind::ConnectionReset);
}

#[tokio::test]
async fn only_the_page_is_allowed() {
    let path = open(LinkConfig::default()).await;
    let from = |origin: &str| GET.replace("HOST", &format!("HOST\r\nOrigin: {origin}"));
    let answer = ask(&path, &from(PAGE)).await.expect("an answer");
    assert!(answer.contains(&format!("access-control-allow-origin: {PAGE}")), "{answer}");
    let answer = ask(&path, &from("http://127.0.0.1:4001")).await.expect("an answer");
    assert!(answer.starts_with("HTTP/1.1 403"), "{answer}");
}

#[tokio::test]
async fn dropping_it_ends_its_connections() {
    let path = open(LinkConfig::default()).await;
    let mut stream = TcpStream::connect(path.streams.address()).await.expect("connected");
    stream.write_all(b"GET /").await.expect("sent");
    drop(path);
    let ended = tokio::time::timeout(Duration::from_secs(10), stream.read(&mut [0; 16])).await.expect("it ends");
    assert!(matches!(ended, Ok(0) | Err(_)));
}

mod tunnelled {
    use super::*;
    use crate::transport::ProxyCredentials;

    const HOST: &str = "anvil.opentok.com";

    async fn open(way: LinkConfig, login: Option<ProxyCredentials>) -> SignallingEndpoint {
        let network = NetworkConfig { up: way.clone(), down: way, ..NetworkConfig::default() };
        let identity = TlsIdentity::generate(&[HOST]).expect("an identity");
        let rules = ProxyRules { hosts: vec![HOST.to_owned()], login, ..ProxyRules::default() };
        let router = Router::new()
            .route(&format!("/{HOST}/session/x"), get(|request: Request| async move { request.uri().to_string() }))
            .route(
                &format!("/{HOST}/cut"),
                get(|ConnectInfo(connection): ConnectInfo<ResetHandle>| async move { connection.reset() }),
            );
        let path = SignallingEndpoint::open_tunnelled(
            LOCALHOST,
            &network,
            1,
            router,
            &page(),
            Tunnels { identity, rules, pages: HostPages::default() },
        )
        .await
        .expect("a path");
        path.begin();
        path
    }

    async fn ask(
        path: &SignallingEndpoint,
        url: &str,
        login: Option<&ProxyCredentials>,
    ) -> Result<String, reqwest::Error> {
        let mut proxy = reqwest::Proxy::all(path.base_url()).expect("a proxy");
        if let Some(login) = login {
            proxy = proxy.basic_auth(&login.user, login.password.expose());
        }
        // The certificate is trusted by its key, which no other client than Chrome can be told.
        let client = reqwest::Client::builder().proxy(proxy).danger_accept_invalid_certs(true).build();
        client.expect("a client").get(url).header("Origin", PAGE).send().await?.error_for_status()?.text().await
    }

    #[tokio::test]
    async fn only_hosts_of_the_platform_are_tunnelled() {
        let path = open(LinkConfig::default(), None).await;
        let answer = ask(&path, &format!("https://{HOST}/session/x?y=1"), None).await.expect("an answer");
        assert_eq!(answer, format!("/{HOST}/session/x?y=1"));
        for elsewhere in ["https://elsewhere.example/", "https://anvil.opentok.com:8443/", "http://anvil.opentok.com/"]
        {
            ask(&path, elsewhere, None).await.expect_err(elsewhere);
        }
        let refused = path.refused();
        let names: Vec<_> = refused.keys().map(String::as_str).collect();
        assert_eq!(names, ["anvil.opentok.com", "anvil.opentok.com:8443", "elsewhere.example:443"]);
        assert_eq!(path.requests().get(&Service::Api), Some(&1));
    }

    #[tokio::test]
    async fn the_network_applies_inside_the_tunnel() {
        let path = open(LinkConfig { delay: Duration::from_millis(20), ..LinkConfig::default() }, None).await;
        let asked = Instant::now();
        ask(&path, &format!("https://{HOST}/session/x"), None).await.expect("an answer");
        // The tunnel, TLS 1.3 and the request: a round trip each.
        assert!(asked.elapsed() >= Duration::from_millis(120), "{:?}", asked.elapsed());
        ask(&path, &format!("https://{HOST}/cut"), None).await.expect_err("no answer");
        assert_eq!(path.counters().await.connections, 2);
    }

    #[tokio::test]
    async fn a_login_is_required_where_configured() {
        let login = ProxyCredentials::generate();
        let path = open(LinkConfig::default(), Some(login.clone())).await;
        let url = format!("https://{HOST}/session/x");
        ask(&path, &url, Some(&login)).await.expect("an answer");
        ask(&path, &url, None).await.expect_err("nobody");
        ask(&path, &url, Some(&ProxyCredentials::generate())).await.expect_err("somebody else");
        assert_eq!(path.refused()["anvil.opentok.com:443"], 2);
    }
}

#[tokio::test]
async fn connections_are_bounded() {
    let path =
        SignallingEndpoint::open(LOCALHOST, &NetworkConfig::default(), 1, router(), &page()).await.expect("a path");
    let address = path.base_url().replace("http://", "");
    let mut open = Vec::new();
    for _ in 0..MAX_SIGNALLING_CONNECTIONS {
        open.push(tokio::net::TcpStream::connect(&address).await.expect("connected"));
    }
    let mut one_more = tokio::net::TcpStream::connect(&address).await.expect("the kernel accepts it");
    let mut buffer = [0; 16];
    let ended = tokio::io::AsyncReadExt::read(&mut one_more, &mut buffer);
    let ended = tokio::time::timeout(std::time::Duration::from_secs(10), ended).await.expect("it ends");
    assert!(matches!(ended, Ok(0) | Err(_)), "{ended:?}");
}
