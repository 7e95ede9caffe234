//! One run: the page is opened, its connections are joined, and a sample is taken each second.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tokio::time::Instant;

use super::error::FidelityError;
use super::network::Network;
use super::sample::PeerSample;
use super::wires::{Legs, NegotiationStep, Route, Wires};
use crate::page::{BINDING, PEERS_PATH, PageServer, PeersEvent, PeersMedia, PeersSample, accept_call, subscribe_call};
use crate::runner::{HostMonitor, media_host};
use precall_browser::{
    Browser, BrowserEvent, ContextOptions, FakeCamera, FakeDevices, FakeMicrophone, FakePicture, InstalledBrowser,
    LaunchOptions, Page, PageEvents, Voice, launch,
};
use precall_judge::verdict::starved;
use precall_netem::rng::GENERATOR;
use precall_platform::transport::HttpListener;
use precall_results::webrtc_stats::StatsReport;
use precall_scenario::BrowserKind;

/// How long the page has to open its devices, and each second's sample to come.
const LIMIT: Duration = Duration::from_secs(20);

/// The camera: as detailed as a lively room, so that the encoder fills whatever the network passes.
const WIDTH: u32 = 640;
const HEIGHT: u32 = 480;
const FRAME_RATE: u32 = 30;

/// How a run is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct MeasureOptions {
    /// The legs of a routed run that the network is on.
    pub legs: Legs,
    /// Whether the sender offers every video codec of its browser, with forward error correction (RFC 5109) among them,
    /// instead of what the router takes: VP8 and its repairs (RTX).
    pub all_codecs: bool,
}

/// The measurement of one run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Measurement {
    /// The network's name.
    pub network: String,
    /// Through the router or not.
    pub route: Route,
    /// The seed of the link's random draws.
    pub seed: u64,
    /// The generator that turned the seed into draws. Another one gives other packets for the same seed. Empty in
    /// measurements of an older precall.
    #[serde(default)]
    pub random_generator: String,
    /// How it was made.
    pub options: MeasureOptions,
    /// When the receiver showed its first frame, in seconds since the negotiation began; absent when it never did.
    pub first_frame: Option<f64>,
    /// Why the figures say more of the host than of anything else; empty when the host kept up.
    pub starved: Vec<String>,
    /// Once a second.
    pub samples: Vec<PeerSample>,
}

/// A browser and the listener of its page. Where figures count, one run at a time: a browser encodes for all of its
/// pages in one process.
pub struct MeasurementBed {
    http: HttpListener,
    browser: Arc<dyn Browser>,
    /// The address on which the wires receive what the browser sends.
    host: IpAddr,
}

impl MeasurementBed {
    /// Launches a browser. `supervisor` is the precall that supervises it; by default this program.
    ///
    /// # Errors
    ///
    /// When it does not start, or nothing can listen on the loopback interface.
    pub async fn open(
        kind: BrowserKind,
        browser: InstalledBrowser,
        supervisor: Option<PathBuf>,
    ) -> Result<Self, FidelityError> {
        let any_port = SocketAddr::from(([127, 0, 0, 1], 0));
        let http = HttpListener::listen(any_port, PageServer::new().router()).await?;
        let camera = FakeCamera { frame_rate: FRAME_RATE, picture: FakePicture::Detailed(WIDTH, HEIGHT) };
        let options = LaunchOptions {
            devices: FakeDevices { camera, microphone: FakeMicrophone::Speech(Voice::default()) },
            supervisor,
            ..LaunchOptions::new(kind, browser)
        };
        let loopback = IpAddr::V4(Ipv4Addr::LOCALHOST);
        let host = media_host(kind, loopback)?.unwrap_or(loopback);
        Ok(Self { http, browser: launch(options).await?, host })
    }

    /// Ends the browser.
    pub async fn close(self) {
        self.browser.close().await;
    }

    /// Measures on a network for [`Network::seconds`].
    ///
    /// # Errors
    ///
    /// When the connections do not come up, or the browser is gone.
    pub async fn measure(
        &self,
        network: &Network,
        route: Route,
        seed: u64,
        options: MeasureOptions,
    ) -> Result<Measurement, FidelityError> {
        let context = ContextOptions { origin: self.http.origin(), camera: true, microphone: true, proxy: None };
        let mut page = self.browser.open(context, BINDING, &format!("{}{PEERS_PATH}", self.http.origin())).await?;
        let mut run = Run {
            events: page.take_events(),
            page,
            wires: Wires::open(self.host, network, route, options.legs, seed).await?,
            host: HostMonitor::start(true),
            options,
            network,
            first_frame: None,
            samples: Vec::new(),
        };
        let outcome = run.follow().await;
        run.page.close().await;
        outcome?;
        let starved = starved(&run.host.load(), FRAME_RATE);
        let Run { first_frame, samples, .. } = run;
        let random_generator = GENERATOR.to_owned();
        let network = network.name.clone();
        Ok(Measurement { network, route, seed, random_generator, options, first_frame, starved, samples })
    }
}

struct Run<'a> {
    page: Box<dyn Page>,
    events: PageEvents,
    wires: Wires,
    host: HostMonitor,
    options: MeasureOptions,
    network: &'a Network,
    first_frame: Option<f64>,
    samples: Vec<PeerSample>,
}

impl Run<'_> {
    /// Does what the page and the router want until the time is over.
    async fn follow(&mut self) -> Result<(), FidelityError> {
        let mut waits_for = "the page";
        let mut limit = Instant::now() + LIMIT;
        while self.samples.last().is_none_or(|sample| sample.seconds < self.network.seconds()) {
            let next = tokio::select! {
                event = self.events.next() => {
                    let Some(event) = page_event(event)? else { continue };
                    let next = self.on_page(event).await?;
                    if self.samples.last().is_some() {
                        (waits_for, limit) = ("a sample of the page", Instant::now() + LIMIT);
                    }
                    next
                }
                next = self.wires.next() => Some(next?),
                () = tokio::time::sleep_until(limit) => {
                    return Err(FidelityError::Silence { what: waits_for, seconds: LIMIT.as_secs() });
                }
            };
            match next {
                Some(NegotiationStep::Subscribe(sdp)) => self.page.evaluate(&subscribe_call(&sdp)).await?,
                Some(NegotiationStep::Accept(sdp)) => self.page.evaluate(&accept_call(&sdp)).await?,
                None => {}
            }
        }
        Ok(())
    }

    async fn on_page(&mut self, event: PeersEvent) -> Result<Option<NegotiationStep>, FidelityError> {
        match event {
            PeersEvent::Loaded => {
                let video_codecs =
                    (!self.options.all_codecs).then(|| ["video/vp8", "video/rtx"].map(str::to_owned).into());
                let media = PeersMedia { width: WIDTH, height: HEIGHT, frame_rate: FRAME_RATE, video_codecs };
                self.page.evaluate(&media.publish_call()).await?;
            }
            PeersEvent::Offer { sdp } => {
                self.wires.begin();
                return Ok(self.wires.offered(sdp));
            }
            PeersEvent::Answer { sdp } => return Ok(self.wires.answered(sdp)),
            PeersEvent::FirstFrame { seconds } => self.first_frame = Some(seconds),
            PeersEvent::Sample(report) => self.sample(&report).await,
            PeersEvent::Failed { error } => {
                return Err(FidelityError::Negotiation(format!("{}: {}", error.name, error.message)));
            }
        }
        Ok(None)
    }

    async fn sample(&mut self, report: &PeersSample) {
        self.host.read();
        self.host.push(&StatsReport { peer_connection: 0, lag: Some(report.lag), entries: report.sender.clone() });
        let counters = self.wires.counters().await;
        let link = match self.network.side {
            super::NetworkSide::Up => counters.up,
            super::NetworkSide::Down => counters.down,
        };
        self.samples.push(PeerSample::new(report, link));
    }
}

/// An event of the page's own; nothing for what it writes on its console.
fn page_event(event: BrowserEvent) -> Result<Option<PeersEvent>, FidelityError> {
    match event {
        BrowserEvent::Binding { payload } => Ok(Some(PeersEvent::parse(&payload)?)),
        BrowserEvent::Console { level, text } => {
            tracing::debug!(level, text, "the page of the peer connections");
            Ok(None)
        }
        BrowserEvent::TooLong { limit } => Err(FidelityError::Page(format!("it sent more than {limit} bytes at once"))),
        BrowserEvent::Exception { text } | BrowserEvent::Crashed { reason: text } => Err(FidelityError::Page(text)),
        BrowserEvent::Navigated { .. } => Ok(None),
        BrowserEvent::Closed => Err(FidelityError::Page("it closed itself".to_owned())),
    }
}
