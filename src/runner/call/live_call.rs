//! A running call: the events of its pages, the steps of its participants, and its time limits.

use std::time::{Duration, Instant};

use tokio::sync::mpsc::UnboundedReceiver;

use super::app::{LiveApp, PlatformView};
use super::live_participant::{LiveParticipant, ParticipantChanges, ParticipantState, Said};
use super::observations::CallObservations;
use super::page_cost::PageMeters;
use super::schedule::{CallSchedule, ParticipantAction};
use super::waits::{ParticipantChange, ended, next_change, server_ended, sleep_until};
use crate::page::CallSetup;
use crate::run_events::Events;
use crate::runner::case_error::CaseError;
use crate::runner::observations::AttemptEnd;
use crate::runner::platform_lines::PlatformLines;
use precall_browser::BrowserError;
use precall_platform::LocalPlatform;
use precall_results::{CasePhase, RunEvent};
use precall_scenario::plan::Case;
use precall_scenario::{CallSpec, StepAction};

/// How often the counters of the links and of the host are noted.
const COUNTERS_INTERVAL: Duration = Duration::from_secs(1);

/// How long all pages together may take to load OpenTok.js.
const PREPARE_LIMIT: Duration = Duration::from_secs(60);

/// How long pages may take to report their last counters.
const FINISH_LIMIT: Duration = Duration::from_secs(15);

/// The resources of a call, which end with it.
pub(super) struct CallResources<'a> {
    pub platform: LocalPlatform,
    pub participants: Vec<LiveParticipant<'a>>,
    /// What will change by itself, for each participant.
    pub changes: Vec<ParticipantChanges>,
    pub messages: UnboundedReceiver<Said>,
    /// The application whose pages the participants are, with its server.
    pub app: Option<LiveApp<'a>>,
}

/// A running call.
pub(super) struct LiveCall<'a> {
    pub(super) case: &'a Case,
    call: &'a CallSpec,
    pub(super) events: &'a Events,
    pub(super) resources: CallResources<'a>,
    schedule: CallSchedule,
    /// When the call began; from then on the networks are applied.
    pub(super) began: Option<Instant>,
    /// When the pages were asked to end.
    pub(super) finishing: Option<Instant>,
    opened: Instant,
    pub(super) platform_lines: PlatformLines,
    /// What the platform tells of the pages of an application; `None` for precall's own pages.
    pub(super) view: Option<PlatformView>,
    /// While the call goes on.
    meters: Option<PageMeters>,
}

impl<'a> LiveCall<'a> {
    /// A call whose pages are open.
    pub(super) fn new(case: &'a Case, call: &'a CallSpec, events: &'a Events, resources: CallResources<'a>) -> Self {
        events.emit(RunEvent::CasePhase { case: case.id.clone(), phase: CasePhase::Prepare });
        let known = resources.participants.iter().map(|one| (one.access.id(), one.spec.name.clone())).collect();
        let view = resources.app.is_some().then(|| PlatformView::new(known));
        Self {
            case,
            call,
            events,
            resources,
            schedule: CallSchedule::of(call),
            began: None,
            finishing: None,
            opened: Instant::now(),
            platform_lines: PlatformLines::default(),
            view,
            meters: None,
        }
    }

    /// Ends the call, and returns its platform, its participants and its application.
    pub(super) async fn end(
        mut self,
        observations: &mut CallObservations,
    ) -> (LocalPlatform, Vec<LiveParticipant<'a>>, Option<LiveApp<'a>>) {
        self.resources.messages.close();
        self.note_links(observations).await;
        let CallResources { platform, participants, app, .. } = self.resources;
        (platform, participants, app)
    }

    /// Follows the call until all pages have reported their last counters, or it cannot go on.
    pub(super) async fn follow(&mut self, observations: &mut CallObservations) -> Result<AttemptEnd, CaseError> {
        let mut ticks = tokio::time::interval(COUNTERS_INTERVAL);
        loop {
            if self.finishing.is_some() && !self.resources.participants.iter().any(LiveParticipant::is_open) {
                return Ok(AttemptEnd::Done);
            }
            let limit = tokio::time::Instant::from_std(self.limit());
            let due = self.due().map(tokio::time::Instant::from_std);
            tokio::select! {
                Some((index, said)) = self.resources.messages.recv() => {
                    if let Some(end) = self.on_said(index, said, observations).await? {
                        return Ok(end);
                    }
                }
                event = self.resources.platform.next_event() => match event {
                    Ok(event) => self.on_platform(&event, observations),
                    Err(ended) => return Ok(AttemptEnd::Broken(ended.to_string())),
                },
                ended = server_ended(&mut self.resources.app) => return Ok(AttemptEnd::Errored(self.phase(), ended)),
                ended = ended(&self.resources.participants) => return Ok(AttemptEnd::Broken(ended.to_string())),
                change = next_change(&mut self.resources.changes, self.began) => self.change(change).await?,
                () = sleep_until(due) => self.act(observations).await?,
                _ = ticks.tick(), if self.began.is_some() => {
                    self.note_host(observations);
                    self.note_links(observations).await;
                }
                () = tokio::time::sleep_until(limit) => match (self.began, self.finishing) {
                    (None, _) => return Ok(AttemptEnd::Hung(self.who("did not load OpenTok.js", PREPARE_LIMIT))),
                    (Some(_), None) => self.finish(observations).await?,
                    (Some(_), Some(_)) => {
                        return Ok(AttemptEnd::Hung(self.who("did not report their last counters", FINISH_LIMIT)));
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
        let is_late = |participant: &&LiveParticipant<'_>| match self.began {
            Some(_) => participant.is_open(),
            None => participant.state == ParticipantState::Loading,
        };
        let names: Vec<_> =
            self.resources.participants.iter().filter(is_late).map(|one| one.spec.name.as_str()).collect();
        format!("{} {did_not} within {} s", names.join(", "), limit.as_secs())
    }

    /// Begins the call once all pages are ready.
    pub(super) async fn begin_if_ready(&mut self, observations: &mut CallObservations) -> Result<(), CaseError> {
        let are_ready = self.resources.participants.iter().all(|one| one.state == ParticipantState::Ready);
        if self.began.is_none() && are_ready { self.begin(observations).await } else { Ok(()) }
    }

    /// Begins the call: times count from now, and the networks are applied.
    async fn begin(&mut self, observations: &mut CallObservations) -> Result<(), CaseError> {
        for (participant, changes) in self.resources.participants.iter().zip(&mut self.resources.changes) {
            if let Some(conditions) = changes.conditions.first() {
                participant.leased.page.emulate(&conditions).await?;
            }
        }
        observations.begin(&self.resources.participants).await;
        self.meters = Some(PageMeters::start(&self.case.id, &self.resources.participants, self.events));
        self.began = Some(Instant::now());
        self.resources.platform.begin();
        self.resources.participants.iter().for_each(|one| one.access.begin());
        self.events.emit(RunEvent::CasePhase { case: self.case.id.clone(), phase: CasePhase::Call });
        Ok(())
    }

    /// Takes the actions that are due.
    async fn act(&mut self, observations: &mut CallObservations) -> Result<(), CaseError> {
        let Some((index, action)) = self.schedule.pop() else { return Ok(()) };
        let participant = &mut self.resources.participants[index];
        if !participant.is_open() {
            return Ok(());
        }
        match action {
            ParticipantAction::Join => participant.join().await?,
            ParticipantAction::Step(step) => match step.action {
                StepAction::Reload => {
                    participant.state = ParticipantState::Reloading;
                    observations.participants[index].tracks.forget_connections();
                    participant.leased.page.evaluate("location.reload()").await?;
                }
                StepAction::Close => {
                    participant.state = ParticipantState::Closed;
                    participant.leased.page.close().await;
                    self.fail_open_steps(index, observations);
                }
                _ => participant.take_step(step).await?,
            },
        }
        Ok(())
    }

    /// Ends the call: every page reports its last counters, and leaves.
    async fn finish(&mut self, observations: &mut CallObservations) -> Result<(), CaseError> {
        self.meters = None;
        observations.end(&self.resources.participants).await;
        self.finishing = Some(Instant::now());
        for index in 0..self.resources.participants.len() {
            let participant = &mut self.resources.participants[index];
            match participant.state {
                ParticipantState::Done | ParticipantState::Closed => {}
                ParticipantState::Joined => match participant.leased.page.evaluate(CallSetup::FINISH_CALL).await {
                    // A build has replaced what is called, or the page of an application is not there.
                    Err(BrowserError::Refused { .. }) => self.done(index, observations),
                    called => called?,
                },
                // It never joined, or its page is on its way.
                ParticipantState::Ready
                | ParticipantState::Opening
                | ParticipantState::Reloading
                | ParticipantState::Loading => self.done(index, observations),
            }
        }
        Ok(())
    }

    async fn change(&mut self, (index, change): (usize, ParticipantChange)) -> Result<(), CaseError> {
        let participant = &self.resources.participants[index];
        match change {
            ParticipantChange::Device(change) => change.happen(&participant.leased, &participant.origin).await?,
            ParticipantChange::Conditions(conditions) => participant.leased.page.emulate(&conditions).await?,
        }
        Ok(())
    }

    async fn note_links(&self, observations: &mut CallObservations) {
        let Some(seconds) = self.began.map(|began| began.elapsed().as_secs_f64()) else { return };
        for (participant, observed) in self.resources.participants.iter().zip(&mut observations.participants) {
            let counters = participant.access.counters().await;
            let counters = if participant.is_stream { counters.tcp } else { counters.udp };
            observed.timeline.push(seconds, counters);
            self.events.emit(RunEvent::CaseLink {
                case: self.case.id.clone(),
                participant: Some(participant.spec.name.clone()),
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
}
