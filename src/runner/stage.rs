//! A case's page while its tests run: what it says, what happens to its devices and its network, and when it has to have moved on.

use std::time::{Duration, Instant};

use super::case_error::CaseError;
use super::conditions::PageConditions;
use super::deadline::Deadlines;
use super::devices::Devices;
use super::gathered::{Ending, Gathered};
use super::ground::Ground;
use super::host::HostMonitor;
use super::leased_page::Leased;
use super::listener::{Listener, Said};
use crate::page::{PageEvent, PageFault, Setup};
use crate::run_events::Events;
use precall_browser::BrowserError;
use precall_results::{CasePhase, ConsoleLine, RunEvent};
use precall_scenario::plan::Case;

/// How often the counters of the links and of the host are noted.
const COUNTERS_INTERVAL: Duration = Duration::from_secs(1);

/// Where a case runs: what ends with it.
pub(super) struct Place {
    pub leased: Leased,
    pub listener: Listener,
    pub ground: Ground,
    pub devices: Devices,
    pub conditions: PageConditions,
}

/// A case that runs.
pub(super) struct Stage<'a> {
    case: &'a Case,
    events: &'a Events,
    place: Place,
    phase: CasePhase,
    deadlines: Deadlines,
    /// Whether the builds under test run in the page.
    is_ready: bool,
    /// When the tests began; from then on the case's network is applied.
    began: Option<Instant>,
}

impl<'a> Stage<'a> {
    /// A case whose page is there.
    pub fn begin(case: &'a Case, events: &'a Events, place: Place) -> Self {
        let (phase, deadlines) = (CasePhase::Prepare, Deadlines::start(Instant::now()));
        events.emit(RunEvent::CasePhase { case: case.id.clone(), phase });
        Self { case, events, place, phase, deadlines, is_ready: false, began: None }
    }

    /// Ends it, and gives back where it ran.
    pub async fn end(mut self, gathered: &mut Gathered) -> Place {
        self.place.listener.end();
        self.note_links(gathered).await;
        self.place
    }

    /// Follows what happens until the page is done or cannot be.
    pub async fn follow(&mut self, setup: &str, origin: &str, gathered: &mut Gathered) -> Result<Ending, CaseError> {
        match self.until_done(setup, origin, gathered).await {
            Err(error) if self.is_ready && error.is_timeout() => {
                // The builds run in the page by now: that it does not answer is their doing.
                Ok(Ending::Hung(format!("{}: {error}", self.phase.as_str())))
            }
            ending => ending,
        }
    }

    async fn until_done(&mut self, setup: &str, origin: &str, gathered: &mut Gathered) -> Result<Ending, CaseError> {
        let mut ticks = tokio::time::interval(COUNTERS_INTERVAL);
        loop {
            let limit = tokio::time::Instant::from_std(self.deadlines.next());
            tokio::select! {
                said = self.place.listener.next() => {
                    if let Some(ending) = self.on_said(said, setup, gathered).await? {
                        return Ok(ending);
                    }
                }
                event = self.place.ground.next_event() => match event {
                    Ok(event) => tracing::debug!(case = self.case.id, ?event, "platform"),
                    // What is left of the platform says nothing about the SDK.
                    Err(ended) => return Ok(Ending::Broken(ended.to_string())),
                },
                change = self.place.devices.next_change(self.began) => change.happen(&self.place.leased, origin).await?,
                conditions = self.place.conditions.next(self.began) => self.place.leased.page.emulate(&conditions).await?,
                _ = ticks.tick(), if self.began.is_some() => {
                    gathered.host.iter_mut().for_each(HostMonitor::read);
                    self.note_links(gathered).await;
                }
                () = tokio::time::sleep_until(limit) => return Ok(Ending::Hung(self.deadlines.reason())),
            }
        }
    }

    async fn on_said(
        &mut self,
        said: Result<Said, PageFault>,
        setup: &str,
        gathered: &mut Gathered,
    ) -> Result<Option<Ending>, CaseError> {
        match said {
            Ok(Said::Event(event)) => self.on_page(*event, setup, gathered).await,
            Ok(Said::Line(line)) => {
                self.console(line);
                Ok(None)
            }
            Ok(Said::Crashed(reason)) => {
                self.console(ConsoleLine { level: "crash".to_owned(), text: reason.clone() });
                Ok(Some(Ending::Broken(reason)))
            }
            Err(fault) => Ok(Some(Ending::Refused(self.phase, fault))),
        }
    }

    async fn on_page(
        &mut self,
        event: PageEvent,
        setup: &str,
        gathered: &mut Gathered,
    ) -> Result<Option<Ending>, CaseError> {
        match &event {
            PageEvent::Loaded => self.place.leased.page.evaluate(setup).await?,
            PageEvent::Ready { .. } => {
                self.is_ready = true;
                if let Some(conditions) = self.place.conditions.first() {
                    self.place.leased.page.emulate(&conditions).await?;
                }
                self.began = Some(Instant::now());
                self.place.ground.begin();
                match self.place.leased.page.evaluate(Setup::RUN_CALL).await {
                    // A build has replaced what is called.
                    Err(BrowserError::Refused { reason, .. }) => {
                        return Ok(Some(Ending::Refused(self.phase, PageFault::unusable(&reason))));
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
                    gathered.host = Some(HostMonitor::start(!is_slowed));
                }
            }
            _ => {}
        }
        Ok(gathered.take(event, self.seconds(), &self.case.id, self.events))
    }

    fn seconds(&self) -> Option<f64> {
        self.began.map(|began| began.elapsed().as_secs_f64())
    }

    async fn note_links(&self, gathered: &mut Gathered) {
        let Some(seconds) = self.seconds() else { return };
        let Some(counters) = self.place.ground.counters().await else { return };
        gathered.timeline.push(seconds, counters);
        self.events.emit(RunEvent::CaseLink { case: self.case.id.clone(), seconds, counters });
    }

    fn console(&self, line: ConsoleLine) {
        self.events.emit(RunEvent::CaseConsole { case: self.case.id.clone(), line });
    }
}
