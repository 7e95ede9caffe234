//! What the pages of a call say, and what the platform tells of the pages of an application.

use super::barrier::wait_at;
use super::live_call::LiveCall;
use super::live_participant::{OF_APPLICATION, ParticipantPage, ParticipantState};
use super::observations::CallObservations;
use crate::page::{CallSetup, PageEvent, PageFault};
use crate::runner::case_error::CaseError;
use crate::runner::listener::PageMessage;
use crate::runner::observations::AttemptEnd;
use precall_platform::PlatformEvent;
use precall_results::{BuildInfo, CallEvent, CallEventKind, CasePhase, ConsoleLine, NamedError, Presented, RunEvent};

impl LiveCall<'_> {
    pub(super) async fn on_said(
        &mut self,
        index: usize,
        said: Result<PageMessage, PageFault>,
        observations: &mut CallObservations,
    ) -> Result<Option<AttemptEnd>, CaseError> {
        let participant = &self.resources.participants[index];
        let name = participant.spec.name.clone();
        let of_participant = |line| ConsoleLine { participant: Some(name.clone()), ..line };
        match said {
            // A step closed it.
            _ if participant.state == ParticipantState::Closed => Ok(None),
            Ok(PageMessage::Event(event)) => self.on_page(index, *event, observations).await,
            Ok(PageMessage::Line(line)) => {
                if participant.is_app() && line.level == "exception" && self.finishing.is_none() {
                    self.note_error(&name, "exception", exception(&line.text), observations);
                }
                self.console(of_participant(line));
                Ok(None)
            }
            Ok(PageMessage::Crashed(reason)) => {
                let line = ConsoleLine { participant: None, level: "crash".to_owned(), text: reason.clone() };
                self.console(of_participant(line));
                Ok(Some(AttemptEnd::Broken(format!("{name}: {reason}"))))
            }
            Err(fault) => Ok(Some(AttemptEnd::Refused(self.phase(), fault))),
        }
    }

    /// Returns the phase of the attempt.
    pub(super) fn phase(&self) -> CasePhase {
        if self.began.is_some() { CasePhase::Call } else { CasePhase::Prepare }
    }

    fn at(&self) -> f64 {
        self.began.map_or(0.0, |began| began.elapsed().as_secs_f64())
    }

    async fn on_page(
        &mut self,
        index: usize,
        event: PageEvent,
        observations: &mut CallObservations,
    ) -> Result<Option<AttemptEnd>, CaseError> {
        let at = self.at();
        let participant = &mut self.resources.participants[index];
        let name = participant.spec.name.clone();
        match event {
            PageEvent::Loaded => match &participant.page {
                ParticipantPage::Own { setup } => participant.leased.page.evaluate(setup).await?,
                // It is the first page of the browser, which the page of the application replaces.
                ParticipantPage::App { .. } if participant.state == ParticipantState::Loading => {
                    participant.state = ParticipantState::Ready;
                    self.begin_if_ready(observations).await?;
                }
                // The counters of its former peer connections are gone.
                ParticipantPage::App { .. } => {
                    participant.waits_at = None;
                    observations.participants[index].tracks.forget_connections();
                }
            },
            PageEvent::Ready { sdk_version, .. } => self.on_ready(index, sdk_version, observations).await?,
            // Participants leave one after another when a call ends; these events are not part of the call. The last
            // steps in the page of an application are.
            PageEvent::Call { .. } if self.finishing.is_some() && participant.open_steps.is_empty() => {}
            PageEvent::Call { event } => {
                observations.take_event(&self.case.id, &name, at, event, self.events);
            }
            PageEvent::Subscription { from, stream, tracks, presented } => {
                observations.participants[index].tracks.note(from, stream, tracks, presented);
            }
            PageEvent::Perceived(report) => observations.perceptions.note(&name, report),
            // precall's own page tells more.
            PageEvent::Displayed { .. } | PageEvent::Release { .. } | PageEvent::StepEnded { .. }
                if !participant.is_app() => {}
            PageEvent::StepEnded { number } => participant.open_steps.retain(|(known, _)| *known != number),
            PageEvent::Displayed { tracks, presented, is_first } => {
                self.on_displayed(index, &tracks, presented, is_first, observations);
            }
            PageEvent::Release { version } => {
                let version = version.trim_start_matches('v').to_owned();
                let sdk = &mut observations.participants[index].sdk;
                *sdk = match participant.has_fetched_sdk() {
                    // A lone file has to be asked for its version.
                    true if participant.sdk.version == "local" => BuildInfo { version, ..participant.sdk.clone() },
                    true => participant.sdk.clone(),
                    false => BuildInfo { version, source: OF_APPLICATION.to_owned(), integrity: None },
                };
            }
            PageEvent::RtcStats(report) => {
                observations.take_stats(&self.case.id, (index, &name), at, report, self.events);
            }
            PageEvent::Barrier { name } => wait_at(&mut self.resources.participants, index, name).await?,
            PageEvent::Done => self.done(index, observations),
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

    /// OpenTok.js is there in precall's own page, or a page of an application begins.
    async fn on_ready(
        &mut self,
        index: usize,
        sdk_version: Option<String>,
        observations: &mut CallObservations,
    ) -> Result<(), CaseError> {
        let participant = &mut self.resources.participants[index];
        if let ParticipantPage::App { script, .. } = &participant.page {
            participant.state = ParticipantState::Joined;
            if let Some(call) = script {
                participant.leased.page.evaluate(call).await?;
            }
            return participant.resume_steps().await;
        }
        // A package knows its version; a lone file has to be asked.
        let sdk = &mut observations.participants[index].sdk;
        if let Some(version) = sdk_version.filter(|_| sdk.version == "local") {
            sdk.version = version.trim_start_matches('v').to_owned();
        }
        if participant.state == ParticipantState::Reloading {
            participant.state = ParticipantState::Joined;
            participant.leased.page.evaluate(CallSetup::JOIN_CALL).await?;
        } else {
            participant.state = ParticipantState::Ready;
        }
        self.begin_if_ready(observations).await
    }

    /// Takes an event of the platform.
    pub(super) fn on_platform(&mut self, event: &PlatformEvent, observations: &mut CallObservations) {
        self.platform_lines.note(&self.case.id, event, self.events);
        let at = self.at();
        if self.finishing.is_some() {
            return;
        }
        for seen in self.view.iter_mut().flat_map(|view| view.note(event, at)) {
            let observed = &mut observations.participants[seen.participant];
            if let (Some(from), Some(stream)) = (&seen.event.from, &seen.event.stream) {
                observed.tracks.note(from.clone(), stream.clone(), seen.tracks, None);
            }
            let name = &self.resources.participants[seen.participant].spec.name;
            observations.take_event(&self.case.id, name, at, seen.event, self.events);
        }
    }

    /// A page of an application shows a stream.
    fn on_displayed(
        &mut self,
        index: usize,
        tracks: &[String],
        presented: Option<Presented>,
        is_first: bool,
        observations: &mut CallObservations,
    ) {
        let at = self.at();
        // Its own camera, for example, is none that it subscribes to.
        let Some((from, stream)) = observations.participants[index].tracks.displayed(tracks, presented) else { return };
        if !is_first || self.finishing.is_some() {
            return;
        }
        let Some(seconds) = self.view.as_mut().and_then(|view| view.first_frame(index, &from, &stream, at)) else {
            return;
        };
        let event = CallEvent {
            from: Some(from),
            stream: Some(stream),
            seconds: Some(seconds),
            ..CallEvent::of(CallEventKind::FirstFrame)
        };
        let name = &self.resources.participants[index].spec.name;
        observations.take_event(&self.case.id, name, at, event, self.events);
    }

    /// A page has ended its part of the call, or there is none that could.
    pub(super) fn done(&mut self, index: usize, observations: &mut CallObservations) {
        self.resources.participants[index].state = ParticipantState::Done;
        self.fail_open_steps(index, observations);
    }

    /// The steps of a page that have not ended will not.
    pub(super) fn fail_open_steps(&mut self, index: usize, observations: &mut CallObservations) {
        let participant = &mut self.resources.participants[index];
        let name = participant.spec.name.clone();
        for (_, step) in std::mem::take(&mut participant.open_steps) {
            let call = format!("step {} {}", step.action.as_str(), step.element.unwrap_or_default());
            let message = "the page did not take the step before the call ended".to_owned();
            let error = NamedError { name: "Error".to_owned(), message };
            self.note_error(&name, call.trim(), error, observations);
        }
    }

    fn note_error(&self, name: &str, call: &str, error: NamedError, observations: &mut CallObservations) {
        let event =
            CallEvent { detail: Some(call.to_owned()), error: Some(error), ..CallEvent::of(CallEventKind::Error) };
        observations.take_event(&self.case.id, name, self.at(), event, self.events);
    }

    fn console(&self, line: ConsoleLine) {
        self.events.emit(RunEvent::CaseConsole { case: self.case.id.clone(), line });
    }
}

/// Returns the error of an exception that Chrome describes: `TypeError: x is not a function`, and the stack below.
fn exception(text: &str) -> NamedError {
    let line = text.lines().next().unwrap_or_default();
    let named = line.split_once(": ").filter(|(name, _)| name.chars().all(char::is_alphanumeric));
    let (name, message) = named.unwrap_or(("Error", line));
    NamedError { name: name.to_owned(), message: message.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_exception_has_a_name_and_a_message() {
        for (text, name, message) in [
            ("TypeError: x is not a function\n    at a.js:1", "TypeError", "x is not a function"),
            ("went wrong: badly", "Error", "went wrong: badly"),
            ("", "Error", ""),
        ] {
            assert_eq!(exception(text), NamedError { name: name.to_owned(), message: message.to_owned() });
        }
    }
}
