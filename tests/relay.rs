//! Clients that reach media only through the relay: real OpenTok.js in real Chrome, with `iceConfig`.

mod common;

use std::time::{Duration, Instant};

use common::stage::{Ground, browser, page, payload};
use precall::browser::{Browser, Page};
use precall::fault::{Action, Fault, Faults, Leg};
use precall::network::{LinkConfig, NetworkConfig};
use precall::path::RelayPath;
use precall::platform::relay::{IceServer, RelayPort};
use serde_json::{Value, json};

const LIMIT: Duration = Duration::from_secs(60);

/// Publishes, subscribes to itself through the router, and says by which candidates; or says what failed.
const CLIENT: &str = r"
    const tell = (type, more) => precallEvent(JSON.stringify({ type, ...more }));
    const script = Object.assign(document.createElement('script'), { src: BUNDLE });
    await new Promise((resolve) => { script.onload = resolve; document.head.append(script); });
    OT.setProxyUrl(PROXY);
    const element = () => document.body.appendChild(document.createElement('div'));
    const ask = (act) => new Promise((resolve, reject) => act((error) => error ? reject(error) : resolve()));
    const selected = (report) => {
        const stats = [...report.values()];
        const transport = stats.find(({ type, selectedCandidatePairId }) => type === 'transport' && selectedCandidatePairId);
        const pair = transport && report.get(transport.selectedCandidatePairId);
        const { candidateType, relayProtocol, url } = (pair && report.get(pair.localCandidateId)) || {};
        return { candidateType, relayProtocol, url, roundTripTime: pair?.currentRoundTripTime };
    };
    try {
        const session = OT.initSession(KEY, SESSION, { iceConfig: ICE_CONFIG });
        await ask((done) => session.connect(TOKEN, done));
        const publisher = OT.initPublisher(element(), {}, () => {});
        await ask((done) => session.publish(publisher, done));
        let subscriber;
        await ask((done) => { subscriber = session.subscribe(publisher.stream, element(), { testNetwork: true }, done); });
        const video = () => [...document.querySelectorAll('video')].at(-1);
        while (!video() || video().getVideoPlaybackQuality().totalVideoFrames < 20) {
            await new Promise((resolve) => { setTimeout(resolve, 100); });
        }
        const [published] = await publisher.getRtcStatsReport();
        tell('playing', { publisher: selected(published.rtcStatsReport), subscriber: selected(await subscriber.getRtcStatsReport()) });
    } catch (error) {
        tell('failed', { name: error.name, message: error.message });
    }
";

/// A platform with a relay.
struct Relayed {
    ground: Ground,
    path: RelayPath,
    port: RelayPort,
}

impl Relayed {
    async fn open(network: &NetworkConfig) -> Self {
        let ground = Ground::open().await;
        let (path, port) = RelayPath::open(network, 1).await.expect("a relay");
        ground.platform.set_relay(port.clone());
        Self { ground, path, port }
    }

    /// By UDP and by TCP.
    fn servers(&self) -> [IceServer; 2] {
        let now = u64::try_from(jiff::Timestamp::now().as_second()).expect("after 1970");
        self.port.ice_servers(now).try_into().expect("two of them")
    }

    /// A client in a page of its own, which has just begun.
    async fn client(&self, browser: &Browser, ice_config: &Value) -> Page {
        let Ground { mount, project, token, bundle, session_id, .. } = &self.ground;
        let mut page = page(browser, self.ground.http.origin()).await;
        page.goto(&self.ground.harness()).await.expect("the harness");
        assert_eq!(payload(&mut page, LIMIT).await["type"], "loaded");
        let quoted = |text: &str| serde_json::to_string(text).expect("JSON");
        let body = CLIENT
            .replace("ICE_CONFIG", &ice_config.to_string())
            .replace("BUNDLE", &quoted(bundle))
            .replace("PROXY", &quoted(mount.base_url()))
            .replace("KEY", &quoted(&project.api_key))
            .replace("SESSION", &quoted(session_id.as_str()))
            .replace("TOKEN", &quoted(token.expose()));
        page.evaluate(&format!("void (async () => {{ {body} }})()")).await.expect("it runs");
        page
    }

    async fn close(self, browser: Browser) {
        self.ground.platform.stop();
        browser.close().await;
    }
}

fn handed_out() -> Value {
    json!({ "includeServers": "all", "transportPolicy": "relay", "customServers": [] })
}

fn custom(server: &IceServer) -> Value {
    let server = json!({ "urls": [server.url], "username": server.username, "credential": server.credential });
    json!({ "includeServers": "custom", "transportPolicy": "relay", "customServers": [server] })
}

#[tokio::test(flavor = "multi_thread")]
async fn media_goes_through_the_relay_by_udp_and_by_tcp() {
    let way = LinkConfig { delay: Duration::from_millis(40), ..LinkConfig::default() };
    let relayed = Relayed::open(&NetworkConfig { up: way.clone(), down: way, steps: Vec::new() }).await;
    relayed.path.begin();
    let browser = browser(Vec::new()).await;
    let [udp, tcp] = relayed.servers();
    for (what, config, protocol) in [
        ("handed out", handed_out(), "udp"),
        ("custom, UDP", custom(&udp), "udp"),
        ("custom, TCP", custom(&tcp), "tcp"),
    ] {
        let began = Instant::now();
        let before = relayed.path.counters().await;
        let mut page = relayed.client(&browser, &config).await;
        let event = payload(&mut page, LIMIT).await;
        assert_eq!(event["type"], "playing", "{what}: {event}");
        for end in ["publisher", "subscriber"] {
            assert_eq!(event[end]["candidateType"], "relay", "{what}: {event}");
            assert_eq!(event[end]["relayProtocol"], protocol, "{what}: {event}");
        }
        // The link is on the way there and back.
        let seconds = event["subscriber"]["roundTripTime"].as_f64().expect("a time");
        assert!((0.08..0.5).contains(&seconds), "{what}: {event}");
        let counters = relayed.path.counters().await;
        let packets = |counters: &precall::path::RelayCounters| {
            let used = if protocol == "udp" { counters.udp } else { counters.tcp };
            (used.up.packets_out, used.down.packets_out)
        };
        let (was, is) = (packets(&before), packets(&counters));
        assert!(is.0 - was.0 > 50 && is.1 - was.1 > 50, "{what}: {counters:?}");
        eprintln!("{what}: {event} after {} ms, {counters:?}", began.elapsed().as_millis());
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
        relayed.ground.platform.set_faults(Faults(vec![Fault { leg: Leg::Relay, action, at: None }])).await;
        pages.push((what, relayed.client(&browser, &handed_out()).await));
        others.push(relayed);
    }
    let began = Instant::now();
    for (what, mut page) in pages {
        let event = payload(&mut page, LIMIT).await;
        assert_eq!(event["type"], "failed", "{what}: {event}");
        eprintln!("{what}: {event} after {} s", began.elapsed().as_secs());
        page.close().await;
    }
    for other in others {
        other.ground.platform.stop();
    }
    relayed.close(browser).await;
}
