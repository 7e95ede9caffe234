//! One try at a case: its own network, platform, browser context and page, gone when it ends.

use std::time::{Duration, Instant};

use tokio_util::sync::CancellationToken;

use super::browsers::Leased;
use super::deadline::deadline;
use super::devices::Devices;
use super::ground::Ground;
use super::host::HostMonitor;
use super::lab::Lab;
use super::measured::Timeline;
use crate::browser::{BrowserEvent, ContextOptions, FakeCamera, HttpConditions, Page};
use crate::credentials::{SessionId, redact};
use crate::event::{BuildInfo, CasePhase, ConsoleLine, Events, RunEvent};
use crate::network::NetworkConfig;
use crate::outcome::Outcome;
use crate::page::{PageEvent, Setup};
use crate::plan::Case;
use crate::scenario::Picture;
use crate::score::{NamedError, Sample};
use crate::verdict::{HostLoad, Measured, Verdict, judge};

/// How often the links' counters are noted.
const LINK_INTERVAL: Duration = Duration::from_secs(1);

/// What one try brought.
pub(super) struct Trial {
    pub verdict: Verdict,
    pub sdk: Option<BuildInfo>,
    pub module: Option<BuildInfo>,
    /// The session on a platform elsewhere, if there was one.
    pub session_id: Option<SessionId>,
    pub measured: Measured,
    pub samples: Vec<Sample>,
    pub timeline: Timeline,
    /// What the host was like while quality was measured.
    pub host: Option<HostLoad>,
    /// Whether it would be worth another try with the host to itself.
    pub is_starved: bool,
}

/// How a try ended.
enum Ending {
    /// The page ran everything it was asked to.
    Done,
    /// A phase outlived its deadline.
    Hung(CasePhase),
    /// The page or the SDK raised something undocumented.
    Errored(CasePhase, NamedError),
    /// The browser or precall broke.
    Broken(String),
    /// The run was interrupted.
    Interrupted,
}

/// What is gathered on the way.
#[derive(Default)]
struct Gathered {
    sdk: Option<BuildInfo>,
    module: Option<BuildInfo>,
    session_id: Option<SessionId>,
    measured: Measured,
    samples: Vec<Sample>,
    timeline: Timeline,
    /// From the beginning of the quality test on.
    host: Option<HostMonitor>,
}

/// Tries a case once. Never fails: what goes wrong is its outcome.
pub(super) async fn run(case: &Case, lab: &Lab, events: &Events, cancel: &CancellationToken) -> Trial {
    let mut gathered = Gathered::default();
    let ending = tokio::select! {
        ending = drive(case, lab, events, &mut gathered) => ending.unwrap_or_else(|error| Ending::Broken(format!("{error:#}"))),
        () = cancel.cancelled() => Ending::Interrupted,
    };
    let Gathered { sdk, module, session_id, measured, samples, timeline, host } = gathered;
    let host = host.map(|monitor| monitor.load());
    let frame_rate = case.spec.test.camera.frame_rate;
    let verdict = match ending {
        Ending::Done => {
            let verdict = judge(&case.spec, &measured, &samples);
            host.iter().fold(verdict, |verdict, load| verdict.on_host(load, frame_rate))
        }
        Ending::Hung(phase) => {
            let limit = deadline(phase).as_secs();
            judge(&case.spec, &measured, &samples)
                .overruled(Outcome::Hung, format!("{} did not end within {limit} s", phase.as_str()))
        }
        Ending::Errored(phase, NamedError { name, message }) => judge(&case.spec, &measured, &samples)
            .overruled(Outcome::Errored, format!("{} raised {name}: {message}", phase.as_str())),
        Ending::Broken(reason) => judge(&case.spec, &measured, &samples).overruled(Outcome::Infrastructure, reason),
        Ending::Interrupted => {
            judge(&case.spec, &measured, &samples).overruled(Outcome::Interrupted, "the run was interrupted".to_owned())
        }
    };
    let is_starved = verdict.outcome == Outcome::Inconclusive
        && host.as_ref().is_some_and(|load| !load.starved(frame_rate).is_empty());
    Trial { verdict, sdk, module, session_id, measured, samples, timeline, host, is_starved }
}

/// The parts of a case that end with it.
struct Stage<'a> {
    case: &'a Case,
    events: &'a Events,
    page: Page,
    ground: Ground,
    phase: CasePhase,
    phase_began: Instant,
    /// When the tests began; from then on the case's network is applied.
    began: Option<Instant>,
    devices: Devices,
}

async fn drive(case: &Case, lab: &Lab, events: &Events, gathered: &mut Gathered) -> Result<Ending, anyhow::Error> {
    let (sdk, sdk_url) = lab
        .sdk(&case.spec.sdk)
        .ok_or_else(|| anyhow::anyhow!("the SDK of this case was not fetched; this is a fault of precall"))?;
    gathered.sdk =
        Some(BuildInfo { version: sdk.version.clone(), source: sdk.source.clone(), integrity: sdk.integrity.clone() });
    let (module, module_url) = lab
        .module(&case.module)
        .ok_or_else(|| anyhow::anyhow!("the module of this case was not fetched; this is a fault of precall"))?;
    gathered.module = Some(BuildInfo {
        version: module.version.clone(),
        source: module.source.clone(),
        integrity: module.integrity.clone(),
    });
    let ground = Ground::open(case, lab).await?;
    gathered.session_id = ground.remote_session().cloned();
    let admission = ground.admission();
    let setup = Setup {
        sdk_url: &sdk_url,
        module_url: &module_url,
        api_key: &admission.api_key,
        session_id: &admission.session_id,
        token: &admission.token,
        proxy_url: ground.proxy_url(),
        relay: ground.relay(),
        test: &case.spec.test,
    }
    .prepare_call();
    let origin = lab.http.origin();
    let devices = Devices::new(case.spec.devices);
    let (camera, microphone) = devices.granted();
    let options = ContextOptions { origin: origin.clone(), camera, microphone };
    let Leased { page, browser } = lab.browsers.new_page(fake_camera(case), options).await?;
    let mut stage = Stage {
        case,
        events,
        page,
        ground,
        phase: CasePhase::Prepare,
        phase_began: Instant::now(),
        began: None,
        devices,
    };
    stage.enter(CasePhase::Prepare);
    let ending = stage.follow(&setup, &origin, gathered).await;
    stage.note_links(gathered).await;
    stage.ground.close();
    stage.page.close().await;
    if matches!(ending, Err(_) | Ok(Ending::Broken(_) | Ending::Hung(_))) {
        lab.browsers.retire(&browser).await;
    }
    ending
}

/// The camera that a case asks for, as browsers have it.
pub fn fake_camera(case: &Case) -> FakeCamera {
    let camera = case.spec.test.camera;
    let detailed = match camera.picture {
        Picture::Pattern => None,
        Picture::Detailed { width, height } => Some((width, height)),
    };
    FakeCamera { frame_rate: camera.frame_rate, detailed }
}

impl Stage<'_> {
    fn enter(&mut self, phase: CasePhase) {
        self.phase = phase;
        self.phase_began = Instant::now();
        self.events.emit(RunEvent::CasePhase { case: self.case.id.clone(), phase });
    }

    /// Follows what happens until the page is done or cannot be.
    async fn follow(&mut self, setup: &str, origin: &str, gathered: &mut Gathered) -> Result<Ending, anyhow::Error> {
        let mut ticks = tokio::time::interval(LINK_INTERVAL);
        loop {
            let limit = tokio::time::Instant::from_std(self.phase_began + deadline(self.phase));
            tokio::select! {
                event = self.page.next_event() => {
                    if let Some(ending) = self.on_browser(event, setup, origin, gathered).await? {
                        return Ok(ending);
                    }
                }
                event = self.ground.next_event() => tracing::debug!(case = self.case.id, ?event, "platform"),
                device = self.devices.next_withdrawal(self.began) => {
                    self.page.set_permission(device, origin, false).await?;
                }
                _ = ticks.tick(), if self.began.is_some() => self.note_links(gathered).await,
                () = tokio::time::sleep_until(limit) => return Ok(Ending::Hung(self.phase)),
            }
        }
    }

    async fn on_browser(
        &mut self,
        event: BrowserEvent,
        setup: &str,
        origin: &str,
        gathered: &mut Gathered,
    ) -> Result<Option<Ending>, anyhow::Error> {
        match event {
            BrowserEvent::Binding { payload } => {
                let event = PageEvent::parse(&payload)?;
                return self.on_page(event, setup, origin, gathered).await;
            }
            BrowserEvent::Console { level, text } => self.console(&level, &text),
            BrowserEvent::Exception { text } => self.console("exception", &text),
            BrowserEvent::Crashed { reason } => {
                self.console("crash", &reason);
                return Ok(Some(Ending::Broken(reason)));
            }
        }
        Ok(None)
    }

    async fn on_page(
        &mut self,
        event: PageEvent,
        setup: &str,
        origin: &str,
        gathered: &mut Gathered,
    ) -> Result<Option<Ending>, anyhow::Error> {
        let case = self.case.id.clone();
        match event {
            PageEvent::Loaded => self.page.evaluate(setup).await?,
            PageEvent::Ready { sdk_version, .. } => {
                // A package knows its version; a lone file has to be asked.
                if let (Some(sdk), Some(version)) = (&mut gathered.sdk, sdk_version)
                    && sdk.version == "local"
                {
                    sdk.version = version.trim_start_matches('v').to_owned();
                }
                if let Some(conditions) =
                    http_conditions(&self.case.spec.network, self.ground.signalling_pattern(origin))
                {
                    self.page.throttle(&conditions).await?;
                }
                self.began = Some(Instant::now());
                self.ground.begin();
                self.page.evaluate(Setup::RUN_CALL).await?;
            }
            PageEvent::Phase { phase } => {
                self.enter(phase);
                if phase == CasePhase::Quality {
                    gathered.timeline.quality_began = self.seconds();
                    gathered.host = Some(HostMonitor::start());
                }
            }
            PageEvent::Connectivity { result } => gathered.measured.connectivity = Some(result),
            PageEvent::Sample { sample } => {
                gathered.samples.push(sample.clone());
                self.events.emit(RunEvent::CaseSample { case, sample });
            }
            PageEvent::Quality { result } => gathered.measured.quality = Some(result),
            PageEvent::QualityError { error } => gathered.measured.quality_error = Some(error),
            PageEvent::RtcStats(report) => {
                gathered.timeline.push_round_trip_time(&report);
                gathered.host.iter_mut().for_each(|host| host.push(&report));
                self.events.emit(RunEvent::CaseRtcStats { case, report });
            }
            PageEvent::Failed { phase, error } => return Ok(Some(Ending::Errored(phase, error))),
            PageEvent::Done => return Ok(Some(Ending::Done)),
        }
        Ok(None)
    }

    fn seconds(&self) -> Option<f64> {
        self.began.map(|began| began.elapsed().as_secs_f64())
    }

    async fn note_links(&self, gathered: &mut Gathered) {
        let Some(seconds) = self.seconds() else { return };
        let Some(counters) = self.ground.counters().await else { return };
        gathered.timeline.push(seconds, counters);
        self.events.emit(RunEvent::CaseLink { case: self.case.id.clone(), seconds, counters });
    }

    fn console(&self, level: &str, text: &str) {
        let line = ConsoleLine { level: level.to_owned(), text: redact(text) };
        self.events.emit(RunEvent::CaseConsole { case: self.case.id.clone(), line });
    }
}

/// What the case's network means for the page's HTTP and WebSocket traffic; `None` leaves it untouched.
fn http_conditions(network: &NetworkConfig, url_pattern: String) -> Option<HttpConditions> {
    if network.is_unimpaired() {
        return None;
    }
    Some(HttpConditions {
        url_pattern,
        // Chrome adds it once per request: the way there and back.
        latency: network.up.delay + network.down.delay,
        upload: network.up.nominal_rate(),
        download: network.down.nominal_rate(),
    })
}
