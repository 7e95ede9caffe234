//! A call while it takes place: what its pages say, what participants do and when, and when it has to have moved on.

use std::time::{Duration, Instant};

use tokio::sync::mpsc::UnboundedReceiver;

use super::observations::CallObservations;
use super::schedule::{CallSchedule, ParticipantAction};
use super::seat::{Said, Seat, SeatChanges, SeatState};
use super::waits::{SeatChange, ended, next_change, sleep_until};
use crate::page::{CallSetup, PageEvent, PageFault, release_call, step_call};
use crate::run_events::Events;
use crate::runner::case_error::CaseError;
use crate::runner::listener::PageMessage;
use crate::runner::observations::AttemptEnd;
use crate::runner::platform_lines::PlatformLines;
use precall_browser::BrowserError;
use precall_platform::LocalPlatform;
use precall_results::{CasePhase, ConsoleLine, RunEvent};
use precall_scenario::plan::Case;
use precall_scenario::{CallSpec, StepAction};

/// How often the counters of the links and of the host are noted.
const COUNTERS_INTERVAL: Duration = Duration::from_secs(1);

/// How long all pages together may take to load OpenTok.js.
const PREPARE_LIMIT: Duration = Duration::from_secs(60);

/// How long pages may take to tell their last counters.
const FINISH_LIMIT: Duration = Duration::from_secs(15);

/// Where a call takes place: what ends with it.
pub(super) struct Place<'a> {
    pub platform: LocalPlatform,
    pub seats: Vec<Seat<'a>>,
    /// What will change by itself, for each seat.
    pub changes: Vec<SeatChanges>,
    pub messages: UnboundedReceiver<Said>,
    /// The origin of the pages.
    pub origin: String,
}

/// A call that takes place.
pub(super) struct LiveCall<'a> {
    case: &'a Case,
    call: &'a CallSpec,
    events: &'a Events,
    place: Place<'a>,
    schedule: CallSchedule,
    /// When the call began; from then on the networks are applied.
    began: Option<Instant>,
    /// When the pages were asked to end.
    finishing: Option<Instant>,
    opened: Instant,
    platform_lines: PlatformLines,
}

impl<'a> LiveCall<'a> {
    /// A call whose pages are there.
    pub(super) fn new(case: &'a Case, call: &'a CallSpec, events: &'a Events, place: Place<'a>) -> Self {
        events.emit(RunEvent::CasePhase { case: case.id.clone(), phase: CasePhase::Prepare });
        Self {
            case,
            call,
            events,
            place,
            schedule: CallSchedule::of(call),
            began: None,
            finishing: None,
            opened: Instant::now(),
            platform_lines: PlatformLines::default(),
        }
    }

    /// Ends it, and gives back where it took place.
    pub(super) async fn end(mut self, observations: &mut CallObservations) -> (LocalPlatform, Vec<Seat<'a>>) {
        self.place.messages.close();
        self.note_links(observations).await;
        (self.place.platform, self.place.seats)
    }

    /// Follows the call until all pages have told their last counters, or it cannot go on.
    pub(super) async fn follow(&mut self, observations: &mut CallObservations) -> Result<AttemptEnd, CaseError> {
        let mut ticks = tokio::time::interval(COUNTERS_INTERVAL);
        loop {
            if self.finishing.is_some() && !self.place.seats.iter().any(Seat::is_open) {
                return Ok(AttemptEnd::Done);
            }
            let limit = tokio::time::Instant::from_std(self.limit());
            let due = self.due().map(tokio::time::Instant::from_std);
            tokio::select! {
                Some((index, said)) = self.place.messages.recv() => {
                    if let Some(end) = self.on_said(index, said, observations).await? {
                        return Ok(end);
                    }
                }
                event = self.place.platform.next_event() => match event {
                    Ok(event) => self.platform_lines.note(&self.case.id, &event, self.events),
                    Err(ended) => return Ok(AttemptEnd::Broken(ended.to_string())),
                },
                ended = ended(&self.place.seats) => return Ok(AttemptEnd::Broken(ended.to_string())),
                change = next_change(&mut self.place.changes, self.began) => self.change(change).await?,
                () = sleep_until(due) => self.act(observations).await?,
                _ = ticks.tick(), if self.began.is_some() => {
                    self.note_host(observations);
                    self.note_links(observations).await;
                }
                () = tokio::time::sleep_until(limit) => match (self.began, self.finishing) {
                    (None, _) => return Ok(AttemptEnd::Hung(self.who("did not load OpenTok.js", PREPARE_LIMIT))),
                    (Some(_), None) => self.finish(observations).await?,
                    (Some(_), Some(_)) => {
                        return Ok(AttemptEnd::Hung(self.who("did not tell their last counters", FINISH_LIMIT)));
                    }
                },
            }
        }
    }

    /// Returns when the call has to have moved on, or ends.
    fn limit(&self) -> Instant {
        match (self.began, self.finishing) {
            (_, Some(since)) => since + FINISH_LIMIT,
            (Some(began), None) => began + self.call.duration,
            (None, None) => self.opened + PREPARE_LIMIT,
        }
    }

    /// Returns when the next action is due.
    fn due(&self) -> Option<Instant> {
        self.finishing.is_none().then_some(self.began? + self.schedule.next_at()?)
    }

    fn who(&self, did_not: &str, limit: Duration) -> String {
        let is_late = |seat: &&Seat<'_>| match self.began {
            Some(_) => seat.is_open(),
            None => seat.state == SeatState::Loading,
        };
        let names: Vec<_> = self.place.seats.iter().filter(is_late).map(|seat| seat.spec.name.as_str()).collect();
        format!("{} {did_not} within {} s", names.join(", "), limit.as_secs())
    }

    async fn on_said(
        &mut self,
        index: usize,
        said: Result<PageMessage, PageFault>,
        observations: &mut CallObservations,
    ) -> Result<Option<AttemptEnd>, CaseError> {
        let name = self.place.seats[index].spec.name.clone();
        let of_seat = |line| ConsoleLine { participant: Some(name.clone()), ..line };
        match said {
            // A step closed it.
            _ if self.place.seats[index].state == SeatState::Closed => Ok(None),
            Ok(PageMessage::Event(event)) => self.on_page(index, *event, observations).await,
            Ok(PageMessage::Line(line)) => {
                self.console(of_seat(line));
                Ok(None)
            }
            Ok(PageMessage::Crashed(reason)) => {
                let line = ConsoleLine { participant: None, level: "crash".to_owned(), text: reason.clone() };
                self.console(of_seat(line));
                Ok(Some(AttemptEnd::Broken(format!("{name}: {reason}"))))
            }
            Err(fault) => Ok(Some(AttemptEnd::Refused(self.phase(), fault))),
        }
    }

    fn phase(&self) -> CasePhase {
        if self.began.is_some() { CasePhase::Call } else { CasePhase::Prepare }
    }

    async fn on_page(
        &mut self,
        index: usize,
        event: PageEvent,
        observations: &mut CallObservations,
    ) -> Result<Option<AttemptEnd>, CaseError> {
        let seat = &mut self.place.seats[index];
        let name = seat.spec.name.clone();
        let at = self.began.map_or(0.0, |began| began.elapsed().as_secs_f64());
        match event {
            PageEvent::Loaded => seat.leased.page.evaluate(&seat.setup).await?,
            PageEvent::Ready { sdk_version, .. } => {
                // A package knows its version; a lone file has to be asked.
                let sdk = &mut observations.seats[index].sdk;
                if let Some(version) = sdk_version.filter(|_| sdk.version == "local") {
                    sdk.version = version.trim_start_matches('v').to_owned();
                }
                if seat.state == SeatState::Reloading {
                    seat.state = SeatState::Joined;
                    seat.leased.page.evaluate(CallSetup::JOIN_CALL).await?;
                } else {
                    seat.state = SeatState::Ready;
                }
                if self.began.is_none() && self.place.seats.iter().all(|seat| seat.state == SeatState::Ready) {
                    self.begin(observations).await?;
                }
            }
            // One participant leaves before another, and the call does not consist of that.
            PageEvent::Call { .. } if self.finishing.is_some() => {}
            PageEvent::Call { event } => {
                observations.take_event(&self.case.id, &name, at, event, self.events);
            }
            PageEvent::Subscription { from, stream, tracks, presented } => {
                observations.seats[index].tracks.note(from, stream, tracks, presented);
            }
            PageEvent::RtcStats(report) => {
                observations.take_stats(&self.case.id, (index, &name), at, report, self.events);
            }
            PageEvent::Barrier { name } => self.wait_at(index, name).await?,
            PageEvent::Done => seat.state = SeatState::Done,
            PageEvent::Failed { phase, error } => return Ok(Some(AttemptEnd::Errored(phase, error))),
            PageEvent::Blocked { uri, directive } => {
                tracing::debug!(
                    case = self.case.id,
                    participant = name,
                    uri,
                    directive,
                    "blocked by the page's policy"
                );
            }
            // The gate lets none of them through.
            PageEvent::TooLong { .. }
            | PageEvent::Phase { .. }
            | PageEvent::Connectivity { .. }
            | PageEvent::Sample { .. }
            | PageEvent::Quality { .. }
            | PageEvent::QualityError { .. } => {}
        }
        Ok(None)
    }

    /// Begins the call: times count from now, and the networks are applied.
    async fn begin(&mut self, observations: &mut CallObservations) -> Result<(), CaseError> {
        for (seat, changes) in self.place.seats.iter().zip(&mut self.place.changes) {
            if let Some(conditions) = changes.conditions.first() {
                seat.leased.page.emulate(&conditions).await?;
            }
        }
        observations.begin(&self.place.seats).await;
        self.began = Some(Instant::now());
        self.place.platform.begin();
        self.place.seats.iter().for_each(|seat| seat.access.begin());
        self.events.emit(RunEvent::CasePhase { case: self.case.id.clone(), phase: CasePhase::Call });
        Ok(())
    }

    /// Takes the actions that are due.
    async fn act(&mut self, observations: &mut CallObservations) -> Result<(), CaseError> {
        let Some((index, action)) = self.schedule.pop() else { return Ok(()) };
        let seat = &mut self.place.seats[index];
        if !seat.is_open() {
            return Ok(());
        }
        let page = &seat.leased.page;
        match action {
            ParticipantAction::Join => {
                seat.state = SeatState::Joined;
                page.evaluate(CallSetup::JOIN_CALL).await?;
            }
            ParticipantAction::Step(step) => match step.action {
                StepAction::Reload => {
                    seat.state = SeatState::Reloading;
                    observations.seats[index].tracks.forget_connections();
                    page.evaluate("location.reload()").await?;
                }
                StepAction::Close => {
                    seat.state = SeatState::Closed;
                    page.close().await;
                }
                // As if the user had clicked: a screen is shared only then.
                _ => page.act(&step_call(&step)).await?,
            },
        }
        Ok(())
    }

    /// Ends the call: every page tells its last counters, and leaves.
    async fn finish(&mut self, observations: &mut CallObservations) -> Result<(), CaseError> {
        observations.end(&self.place.seats).await;
        self.finishing = Some(Instant::now());
        for seat in self.place.seats.iter_mut().filter(|seat| seat.is_open()) {
            match seat.state {
                // It never joined, or its page is on its way.
                SeatState::Ready | SeatState::Reloading | SeatState::Loading => seat.state = SeatState::Done,
                _ => match seat.leased.page.evaluate(CallSetup::FINISH_CALL).await {
                    // A build has replaced what is called.
                    Err(BrowserError::Refused { .. }) => seat.state = SeatState::Done,
                    called => called?,
                },
            }
        }
        Ok(())
    }

    /// Lets a participant's script wait at a barrier until those of all others have come there.
    async fn wait_at(&mut self, index: usize, name: String) -> Result<(), CaseError> {
        self.place.seats[index].waits_at = Some(name.clone());
        let with_script = || self.place.seats.iter().filter(|seat| seat.spec.script.is_some() && seat.is_open());
        if !with_script().all(|seat| seat.waits_at.as_ref() == Some(&name)) {
            return Ok(());
        }
        let call = release_call(&name);
        for seat in self.place.seats.iter_mut().filter(|seat| seat.waits_at.as_ref() == Some(&name)) {
            seat.waits_at = None;
            seat.leased.page.evaluate(&call).await?;
        }
        Ok(())
    }

    async fn change(&mut self, (index, change): (usize, SeatChange)) -> Result<(), CaseError> {
        let seat = &self.place.seats[index];
        match change {
            SeatChange::Device(change) => change.happen(&seat.leased, &self.place.origin).await?,
            SeatChange::Conditions(conditions) => seat.leased.page.emulate(&conditions).await?,
        }
        Ok(())
    }

    async fn note_links(&self, observations: &mut CallObservations) {
        let Some(seconds) = self.began.map(|began| began.elapsed().as_secs_f64()) else { return };
        for (seat, observed) in self.place.seats.iter().zip(&mut observations.seats) {
            let counters = seat.access.counters().await;
            let counters = if seat.is_stream { counters.tcp } else { counters.udp };
            observed.timeline.push(seconds, counters);
            self.events.emit(RunEvent::CaseLink {
                case: self.case.id.clone(),
                participant: Some(seat.spec.name.clone()),
                seconds,
                counters,
            });
        }
    }

    fn note_host(&mut self, observations: &mut CallObservations) {
        let seconds = self.began.map_or(0.0, |began| began.elapsed().as_secs_f64());
        if let Some(load) = observations.read_host() {
            self.events.emit(RunEvent::CaseHost { case: self.case.id.clone(), seconds, load });
        }
    }

    fn console(&self, line: ConsoleLine) {
        self.events.emit(RunEvent::CaseConsole { case: self.case.id.clone(), line });
    }
}
