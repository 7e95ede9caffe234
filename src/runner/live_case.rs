//! A case's page while its tests run: what it says, what happens to its devices and its network, and when it has to
//! have moved on.

use std::time::{Duration, Instant};

use super::backend::PlatformBackend;
use super::case_error::CaseError;
use super::conditions::PageConditions;
use super::deadline::Deadlines;
use super::devices::Devices;
use super::host::HostMonitor;
use super::leased_page::Leased;
use super::listener::{Listener, PageMessage};
use super::observations::{AttemptEnd, Observations};
use super::platform_lines::PlatformLines;
use crate::page::{PageEvent, PageFault, Setup};
use crate::run_events::Events;
use precall_browser::BrowserError;
use precall_results::{CasePhase, ConsoleLine, RunEvent};
use precall_scenario::plan::Case;

/// How often the counters of the links and of the host are noted.
const COUNTERS_INTERVAL: Duration = Duration::from_secs(1);

/// Where a case runs: what ends with it.
pub(super) struct CaseResources {
    pub leased: Leased,
    pub listener: Listener,
    pub backend: Box<dyn PlatformBackend>,
    pub devices: Devices,
    pub conditions: PageConditions,
}

/// A case that runs.
pub(super) struct LiveCase<'a> {
    case: &'a Case,
    events: &'a Events,
    resources: CaseResources,
    phase: CasePhase,
    deadlines: Deadlines,
    /// Whether the builds under test run in the page.
    is_ready: bool,
    /// When the tests began; from then on the case's network is applied.
    began: Option<Instant>,
    platform_lines: PlatformLines,
}

impl<'a> LiveCase<'a> {
    /// A case whose page is there.
    pub fn begin(case: &'a Case, events: &'a Events, resources: CaseResources) -> Self {
        let (phase, deadlines) = (CasePhase::Prepare, Deadlines::start(Instant::now()));
        events.emit(RunEvent::CasePhase { case: case.id.clone(), phase });
        Self {
            case,
            events,
            resources,
            phase,
            deadlines,
            is_ready: false,
            began: None,
            platform_lines: PlatformLines::default(),
        }
    }

    /// Ends it, and gives back where it ran.
    pub async fn end(mut self, observations: &mut Observations) -> CaseResources {
        self.resources.listener.end();
        self.note_links(observations).await;
        self.resources
    }

    /// Follows what happens until the page is done or cannot be.
    pub async fn follow(
        &mut self,
        setup: &str,
        origin: &str,
        observations: &mut Observations,
    ) -> Result<AttemptEnd, CaseError> {
        match self.until_done(setup, origin, observations).await {
            Err(error) if self.is_ready && error.is_timeout() => {
                // The builds run in the page by now: that it does not answer is their doing.
                Ok(AttemptEnd::Hung(format!("{}: {error}", self.phase.as_str())))
            }
            end => end,
        }
    }

    async fn until_done(
        &mut self,
        setup: &str,
        origin: &str,
        observations: &mut Observations,
    ) -> Result<AttemptEnd, CaseError> {
        let mut ticks = tokio::time::interval(COUNTERS_INTERVAL);
        loop {
            let limit = tokio::time::Instant::from_std(self.deadlines.next());
            tokio::select! {
                said = self.resources.listener.next() => {
                    if let Some(end) = self.on_said(said, setup, observations).await? {
                        return Ok(end);
                    }
                }
                event = self.resources.backend.next_event() => match event {
                    Ok(event) => self.platform_lines.note(&self.case.id, &event, self.events),
                    // What is left of the platform says nothing about the SDK.
                    Err(ended) => return Ok(AttemptEnd::Broken(ended.to_string())),
                },
                change = self.resources.devices.next_change(self.began) => change.happen(&self.resources.leased, origin).await?,
                conditions = self.resources.conditions.next(self.began) => self.resources.leased.page.emulate(&conditions).await?,
                _ = ticks.tick(), if self.began.is_some() => {
                    self.note_host(observations);
                    self.note_links(observations).await;
                }
                () = tokio::time::sleep_until(limit) => return Ok(AttemptEnd::Hung(self.deadlines.reason())),
            }
        }
    }

    async fn on_said(
        &mut self,
        said: Result<PageMessage, PageFault>,
        setup: &str,
        observations: &mut Observations,
    ) -> Result<Option<AttemptEnd>, CaseError> {
        match said {
            Ok(PageMessage::Event(event)) => self.on_page(*event, setup, observations).await,
            Ok(PageMessage::Line(line)) => {
                self.console(line);
                Ok(None)
            }
            Ok(PageMessage::Crashed(reason)) => {
                self.console(ConsoleLine { participant: None, level: "crash".to_owned(), text: reason.clone() });
                Ok(Some(AttemptEnd::Broken(reason)))
            }
            Err(fault) => Ok(Some(AttemptEnd::Refused(self.phase, fault))),
        }
    }

    async fn on_page(
        &mut self,
        event: PageEvent,
        setup: &str,
        observations: &mut Observations,
    ) -> Result<Option<AttemptEnd>, CaseError> {
        match &event {
            PageEvent::Loaded => self.resources.leased.page.evaluate(setup).await?,
            PageEvent::Ready { .. } => {
                self.is_ready = true;
                if let Some(conditions) = self.resources.conditions.first() {
                    self.resources.leased.page.emulate(&conditions).await?;
                }
                self.began = Some(Instant::now());
                self.resources.backend.begin();
                match self.resources.leased.page.evaluate(Setup::RUN_CALL).await {
                    // A build has replaced what is called.
                    Err(BrowserError::Refused { reason, .. }) => {
                        return Ok(Some(AttemptEnd::Refused(self.phase, PageFault::unusable(&reason))));
                    }
                    called => called?,
                }
            }
            PageEvent::Phase { phase } => {
                self.phase = *phase;
                self.deadlines.enter(*phase, Instant::now());
                if *phase == CasePhase::Quality {
                    // A page that is slowed on purpose is late on the best of hosts.
                    let is_slowed = self.case.spec.devices.cpu_slowdown > 1;
                    observations.host = Some(HostMonitor::start(!is_slowed));
                }
            }
            _ => {}
        }
        Ok(observations.take(event, self.seconds(), &self.case.id, self.events))
    }

    fn seconds(&self) -> Option<f64> {
        self.began.map(|began| began.elapsed().as_secs_f64())
    }

    async fn note_links(&self, observations: &mut Observations) {
        let Some(seconds) = self.seconds() else { return };
        let Some(counters) = self.resources.backend.counters().await else { return };
        observations.timeline.push(seconds, counters);
        self.events.emit(RunEvent::CaseLink { case: self.case.id.clone(), participant: None, seconds, counters });
    }

    fn note_host(&self, observations: &mut Observations) {
        let (Some(seconds), Some(host)) = (self.seconds(), &mut observations.host) else { return };
        host.read();
        self.events.emit(RunEvent::CaseHost { case: self.case.id.clone(), seconds, load: host.latest() });
    }

    fn console(&self, line: ConsoleLine) {
        self.events.emit(RunEvent::CaseConsole { case: self.case.id.clone(), line });
    }
}
