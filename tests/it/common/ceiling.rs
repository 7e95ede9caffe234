//! A call of OpenTok.js with a camera that loads a link, through a network, for as long as it takes.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use precall_browser::{FakeCamera, FakeDevices, FakePicture};
use precall_netem::units::Bitrate;
use precall_netem::{LinkConfig, NetworkConfig, PathCounters};
use serde_json::json;

use super::stage::{PageSetup, Stage, browser_with, newest_opentok_js, page, payload};

/// A call that is on.
pub struct Call {
    pub stage: Stage,
    pub began: Instant,
}

impl Call {
    /// Begins one with a detailed camera of this size; the network's timeline begins when media is there.
    pub async fn begin(network: &NetworkConfig, (width, height): (u32, u32)) -> Self {
        let setup = PageSetup::open_through(network, newest_opentok_js().await).await;
        let camera = FakeCamera { frame_rate: 30, picture: FakePicture::Detailed(width, height) };
        let browser = browser_with(FakeDevices { camera, ..FakeDevices::default() }, Vec::new()).await;
        let page = page(&browser, setup.http.origin()).await;
        let mut stage = Stage { browser, page, setup };
        stage.page.goto(&stage.setup.harness()).await.expect("the harness");
        while payload(&mut stage.page, LIMIT).await["type"] != "loaded" {}
        // A camera that keeps its size fills a link at once; one that may grow takes half a minute to.
        let options = json!({
            "resolution": format!("{width}x{height}"),
            "insertMode": "append",
            "videoContentHint": "detail",
        });
        stage.call("ceiling", "run", json!({ "publisherOptions": options })).await;
        loop {
            let said = stage.payload(LIMIT).await;
            assert_ne!(said["type"], "failed", "{said}");
            if said["type"] == "live" {
                break;
            }
        }
        stage.setup.platform.begin();
        Self { stage, began: Instant::now() }
    }

    /// Waits until so long after the beginning.
    pub async fn until(&self, seconds: u64) {
        tokio::time::sleep_until((self.began + Duration::from_secs(seconds)).into()).await;
    }

    /// What the links have done by now.
    pub async fn counters(&self) -> PathCounters {
        self.stage.setup.platform.counters().await.udp
    }

    /// What left the link up between two moments, in bit/s of UDP payload.
    pub async fn rate_up(&self, from: u64, to: u64) -> f64 {
        self.until(from).await;
        let (before, began) = (self.counters().await, Instant::now());
        self.until(to).await;
        let bytes = self.counters().await.up.since(&before.up).bytes_out;
        bytes as f64 * 8.0 / began.elapsed().as_secs_f64()
    }

    /// What left the link up in each window of so many seconds, in bit/s of UDP payload, from a moment on: a window
    /// begins each second. Ends with the first window that reaches `enough`, or at the limit.
    pub async fn rates_up_until(&self, enough: f64, from: u64, seconds: u64, limit: u64) -> Vec<f64> {
        let (mut rates, mut moments) = (Vec::new(), VecDeque::new());
        for at in from..=limit {
            self.until(at).await;
            moments.push_back((self.counters().await, Instant::now()));
            if at < from + seconds {
                continue;
            }
            let Some((earlier, began)) = moments.pop_front() else { continue };
            let Some((now, ended)) = moments.back() else { continue };
            let bytes = now.up.since(&earlier.up).bytes_out;
            rates.push(bytes as f64 * 8.0 / ended.duration_since(began).as_secs_f64());
            if rates.last().is_some_and(|rate| *rate >= enough) {
                break;
            }
        }
        rates
    }

    pub async fn end(self) {
        self.stage.close().await;
    }
}

const LIMIT: Duration = Duration::from_secs(60);

/// A rate for what the browser sends.
pub fn ceiling(kbit: u64) -> NetworkConfig {
    let rate = Some(Bitrate::from_bits_per_second(kbit * 1000));
    NetworkConfig { up: LinkConfig { rate, ..LinkConfig::default() }, ..NetworkConfig::default() }
}

/// What a call sends once congestion control has settled, in bit/s of UDP payload: from the fifteenth second on, for so
/// many seconds. Chrome probes about every ten seconds, so a time of several probes varies less.
pub async fn settled_rate(network: &NetworkConfig, size: (u32, u32), seconds: u64) -> f64 {
    let call = Call::begin(network, size).await;
    let rate = call.rate_up(15, 15 + seconds).await;
    call.end().await;
    rate
}
