//! One try at a case: its own network, platform, browser context and page, gone when it ends.

use std::time::{Duration, Instant};

use tokio_util::sync::CancellationToken;

use super::browsers::Leased;
use super::conditions::PageConditions;
use super::deadline::deadline;
use super::devices::{Devices, fake_devices};
use super::ground::Ground;
use super::host::HostMonitor;
use super::lab::Lab;
use super::managed::unless_managed;
use super::measured::Timeline;
use crate::browser::BrowserEvent;
use crate::credentials::{SessionId, redact};
use crate::event::{BuildInfo, CasePhase, ConsoleLine, Events, FirewallResult, RunEvent, Signalling};
use crate::network::Apply;
use crate::outcome::Outcome;
use crate::page::{PageEvent, Setup};
use crate::plan::Case;
use crate::score::{NamedError, Sample};
use crate::verdict::{Claims, HostLoad, Measured, NetworkCheck, Verdict, check_network, claims, judge};

/// How often the counters of the links and of the host are noted.
const COUNTERS_INTERVAL: Duration = Duration::from_secs(1);

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
    /// Whether the network was the one asked for.
    pub network_checks: Vec<NetworkCheck>,
    /// What was said of the network.
    pub claims: Claims,
    /// What became of signalling, where it went through a path of the case's.
    pub signalling: Option<Signalling>,
    /// What the firewall did, if there was one.
    pub firewall: Option<FirewallResult>,
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
    signalling: Option<Signalling>,
    firewall: Option<FirewallResult>,
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
    let Gathered { sdk, module, session_id, measured, samples, timeline, signalling, firewall, host } = gathered;
    let host = host.map(|monitor| monitor.load());
    let frame_rate = case.spec.test.camera.frame_rate;
    let network_checks = check_network(&case.spec.network, &timeline.evidence);
    // What Chrome itself drops, nobody counts.
    let claims = match case.spec.network.apply {
        Apply::Link => claims(&timeline.evidence, &samples, measured.quality.as_ref()),
        Apply::Cdp => Claims::default(),
    };
    let media = timeline.media.travel();
    let judged = judge(&case.spec, &measured, &samples, &timeline.measured().truth(media.as_ref()));
    let verdict = match ending {
        Ending::Done => judged.on_ground(&measured, host.as_ref(), frame_rate, &network_checks),
        Ending::Hung(phase) => {
            let limit = deadline(phase).as_secs();
            judged.overruled(Outcome::Hung, format!("{} did not end within {limit} s", phase.as_str()))
        }
        Ending::Errored(phase, NamedError { name, message }) => {
            judged.overruled(Outcome::Errored, format!("{} raised {name}: {message}", phase.as_str()))
        }
        Ending::Broken(reason) => judged.overruled(Outcome::Infrastructure, reason),
        Ending::Interrupted => judged.overruled(Outcome::Interrupted, "the run was interrupted".to_owned()),
    };
    let verdict = unless_managed(verdict, lab.browsers.policies());
    let is_starved = verdict.outcome == Outcome::Inconclusive
        && host.as_ref().is_some_and(|load| !load.starved(frame_rate).is_empty());
    Trial {
        verdict,
        sdk,
        module,
        session_id,
        measured,
        samples,
        timeline,
        network_checks,
        claims,
        signalling,
        firewall,
        host,
        is_starved,
    }
}

/// The parts of a case that end with it.
struct Stage<'a> {
    case: &'a Case,
    events: &'a Events,
    leased: Leased,
    ground: Ground,
    phase: CasePhase,
    phase_began: Instant,
    /// When the tests began; from then on the case's network is applied.
    began: Option<Instant>,
    devices: Devices,
    conditions: PageConditions,
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
    gathered.timeline.evidence.is_stream = ground.is_stream();
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
    let context = devices.context(origin.clone(), ground.browser_proxy());
    let leased = lab.browsers.new_page(fake_devices(case), devices.need_own_browser(), context).await?;
    devices.prepare(&leased.page).await?;
    let conditions = PageConditions::new(&case.spec.network, ground.unlinked_signalling());
    let mut stage = Stage {
        case,
        events,
        leased,
        ground,
        phase: CasePhase::Prepare,
        phase_began: Instant::now(),
        began: None,
        devices,
        conditions,
    };
    stage.enter(CasePhase::Prepare);
    let ending = tokio::select! {
        ending = stage.follow(&setup, &origin, gathered) => ending,
        // Without it no page gets its files.
        ended = lab.http.ended() => Ok(Ending::Broken(ended.to_string())),
    };
    stage.note_links(gathered).await;
    gathered.signalling = stage.ground.signalling().await;
    gathered.firewall = stage.ground.firewall();
    stage.ground.close();
    stage.leased.page.close().await;
    if matches!(ending, Err(_) | Ok(Ending::Broken(_) | Ending::Hung(_))) {
        lab.browsers.retire(&stage.leased.browser).await;
    }
    ending
}

impl Stage<'_> {
    fn enter(&mut self, phase: CasePhase) {
        self.phase = phase;
        self.phase_began = Instant::now();
        self.events.emit(RunEvent::CasePhase { case: self.case.id.clone(), phase });
    }

    /// Follows what happens until the page is done or cannot be.
    async fn follow(&mut self, setup: &str, origin: &str, gathered: &mut Gathered) -> Result<Ending, anyhow::Error> {
        let mut ticks = tokio::time::interval(COUNTERS_INTERVAL);
        loop {
            let limit = tokio::time::Instant::from_std(self.phase_began + deadline(self.phase));
            tokio::select! {
                event = self.leased.page.next_event() => {
                    if let Some(ending) = self.on_browser(event, setup, gathered).await? {
                        return Ok(ending);
                    }
                }
                event = self.ground.next_event() => match event {
                    Ok(event) => tracing::debug!(case = self.case.id, ?event, "platform"),
                    // What is left of the platform says nothing about the SDK.
                    Err(ended) => return Ok(Ending::Broken(ended.to_string())),
                },
                change = self.devices.next_change(self.began) => change.happen(&self.leased, origin).await?,
                conditions = self.conditions.next(self.began) => self.leased.page.emulate(&conditions).await?,
                _ = ticks.tick(), if self.began.is_some() => {
                    gathered.host.iter_mut().for_each(HostMonitor::read);
                    self.note_links(gathered).await;
                }
                () = tokio::time::sleep_until(limit) => return Ok(Ending::Hung(self.phase)),
            }
        }
    }

    async fn on_browser(
        &mut self,
        event: BrowserEvent,
        setup: &str,
        gathered: &mut Gathered,
    ) -> Result<Option<Ending>, anyhow::Error> {
        match event {
            BrowserEvent::Binding { payload } => {
                let event = PageEvent::parse(&payload)?;
                return self.on_page(event, setup, gathered).await;
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
        gathered: &mut Gathered,
    ) -> Result<Option<Ending>, anyhow::Error> {
        let case = self.case.id.clone();
        match event {
            PageEvent::Loaded => self.leased.page.evaluate(setup).await?,
            PageEvent::Ready { sdk_version, .. } => {
                // A package knows its version; a lone file has to be asked.
                if let (Some(sdk), Some(version)) = (&mut gathered.sdk, sdk_version)
                    && sdk.version == "local"
                {
                    sdk.version = version.trim_start_matches('v').to_owned();
                }
                if let Some(conditions) = self.conditions.first() {
                    self.leased.page.emulate(&conditions).await?;
                }
                self.began = Some(Instant::now());
                self.ground.begin();
                self.leased.page.evaluate(Setup::RUN_CALL).await?;
            }
            PageEvent::Phase { phase } => {
                self.enter(phase);
                if phase == CasePhase::Quality {
                    gathered.timeline.quality_began = self.seconds();
                    // A page that is slowed on purpose is late on the best of hosts.
                    let is_slowed = self.case.spec.devices.cpu_slowdown > 1;
                    gathered.host = Some(HostMonitor::start(!is_slowed));
                }
            }
            PageEvent::Connectivity { result } => gathered.measured.connectivity = Some(result),
            PageEvent::Sample { sample } => {
                let sample = Sample { network_seconds: self.seconds(), ..sample };
                gathered.samples.push(sample.clone());
                self.events.emit(RunEvent::CaseSample { case, sample });
            }
            PageEvent::Quality { result } => gathered.measured.quality = Some(result),
            PageEvent::QualityError { error } => gathered.measured.quality_error = Some(error),
            PageEvent::RtcStats(report) => {
                gathered.timeline.push_report(&report);
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
