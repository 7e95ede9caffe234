//! An attempt at a call: its platform and its pages, which are closed when it ends.

use std::time::Duration;

use futures::future::join_all;
use tokio::sync::mpsc::unbounded_channel;
use tokio_util::sync::CancellationToken;

use super::app::{AppEnd, LiveApp};
use super::live_call::{CallResources, LiveCall};
use super::live_participant::{CallContext, LiveParticipant, OF_APPLICATION, ParticipantState};
use super::observations::CallObservations;
use crate::run_events::Events;
use crate::runner::backend::{host_of, session_options};
use crate::runner::case_error::CaseError;
use crate::runner::observations::{AttemptEnd, AttemptResult};
use crate::runner::test_bed::{ACCESSIBILITY_TREE, SCREENSHOT, TestBed};
use precall_platform::credentials::Project;
use precall_platform::transport::AllowedClients;
use precall_platform::{FirewallCounters, LocalPlatform, MediaMode, SessionOptions};
use precall_results::{BuildInfo, CasePhase, FirewallResult, Outcome, Signalling};
use precall_scenario::plan::Case;
use precall_scenario::{CallMode, CallSpec, EmbeddedSpec, PlatformSpec};
use precall_support::secrets::redact;

/// How long a page may take to be drawn. One whose script never ends cannot be.
const SCREENSHOT_LIMIT: Duration = Duration::from_secs(2);

/// Tries a call once. Never fails: what goes wrong is its outcome.
pub(in crate::runner) async fn run(
    case: &Case,
    call: &CallSpec,
    bed: &TestBed,
    events: &Events,
    cancel: &CancellationToken,
) -> AttemptResult {
    let mut observations = CallObservations::new(case, call);
    let end = tokio::select! {
        end = drive(case, call, bed, events, &mut observations) => {
            end.unwrap_or_else(|error| match error.is_timeout() && observations.has_begun() {
                // The builds run in the pages by now: that one does not answer is their doing.
                true => AttemptEnd::Hung(error.to_string()),
                false => AttemptEnd::Broken(error.to_string()),
            })
        }
        () = cancel.cancelled() => AttemptEnd::Interrupted,
    };
    observations.conclude(case, call, end, bed.browsers.policies(case.spec.browsers()))
}

async fn drive(
    case: &Case,
    call: &CallSpec,
    bed: &TestBed,
    events: &Events,
    observations: &mut CallObservations,
) -> Result<AttemptEnd, CaseError> {
    let PlatformSpec::Embedded(embedded) = &case.spec.platform else {
        // The scenario's reader refuses it.
        return Err(CaseError::platform(std::io::Error::other("calls take place on the embedded platform")));
    };
    let mut app = match &call.app {
        Some(spec) => Some(LiveApp::new(spec, bed).await?),
        None => None,
    };
    let options = SessionOptions {
        media_mode: match call.mode {
            CallMode::Routed => MediaMode::Routed,
            CallMode::Relayed => MediaMode::Relayed,
        },
        ..session_options(embedded)
    };
    let mut platform = start(case, embedded, bed, options, app.as_ref()).await?;
    let session_id = platform.session(options);
    let project = platform.project().clone();
    if let Some(app) = &mut app {
        match app.start(case, &mut platform, bed, events).await {
            Ok(()) => {}
            Err(AppEnd::Server(error)) => return Ok(AttemptEnd::Errored(CasePhase::Prepare, error)),
            Err(AppEnd::Broken(error)) => return Err(error),
        }
    }
    let tap = bed.tap(&case.id).map_err(CaseError::Capture)?;
    let (said, messages) = unbounded_channel();
    let context = CallContext { case, call, platform: embedded, bed, project: &project, session_id: &session_id };
    let (mut participants, mut changes) = (Vec::new(), Vec::new());
    for (index, spec) in call.participants.iter().enumerate() {
        let (participant, own) =
            LiveParticipant::open(index, spec, context, app.as_ref(), &mut platform, tap.clone(), said.clone()).await?;
        changes.push(own);
        observations.participants[index].sdk = match participant.is_app() {
            // Its page says later which it has.
            true => BuildInfo { version: "unknown".to_owned(), source: OF_APPLICATION.to_owned(), integrity: None },
            false => participant.sdk.clone(),
        };
        participants.push(participant);
    }
    let resources = CallResources { platform, participants, changes, messages, app };
    let mut live = LiveCall::new(case, call, events, resources);
    let end = tokio::select! {
        end = live.follow(observations) => end,
        // Without it no page gets its files.
        ended = bed.http.ended() => Ok(AttemptEnd::Broken(ended.to_string())),
    };
    let (platform, participants, app) = live.end(observations).await;
    let is_odd = match &end {
        Ok(AttemptEnd::Done) => observations.outcome_so_far(case, call) != Outcome::Passed,
        Ok(AttemptEnd::Hung(_) | AttemptEnd::Refused(..) | AttemptEnd::Errored(..)) => true,
        Ok(AttemptEnd::Broken(_) | AttemptEnd::Interrupted) | Err(_) => false,
    };
    if is_odd {
        keep_page(case, bed, &participants).await;
    }
    for (participant, observed) in participants.iter().zip(&mut observations.participants) {
        observed.signalling = Some(Signalling {
            requests: participant.access.requests(),
            refused: participant.access.refused_tunnels(),
            link_counters: participant.access.signalling_counters().await,
        });
        let FirewallCounters { datagrams_dropped, connections_dropped } = participant.access.firewall_counters();
        let asked = participant.spec.firewall.clone();
        observed.firewall =
            (!asked.is_open()).then_some(FirewallResult { asked, datagrams_dropped, connections_dropped });
    }
    platform.stop();
    if let Some(app) = app {
        app.stop().await;
    }
    join_all(participants.iter().map(|one| one.leased.page.close())).await;
    // A page that spins or floods may go on for a while.
    if matches!(end, Err(_) | Ok(AttemptEnd::Broken(_) | AttemptEnd::Hung(_) | AttemptEnd::Refused(..))) {
        join_all(participants.iter().map(|one| bed.browsers.retire(&one.leased.browser))).await;
    }
    end
}

async fn start(
    case: &Case,
    embedded: &EmbeddedSpec,
    bed: &TestBed,
    options: SessionOptions,
    app: Option<&LiveApp<'_>>,
) -> Result<LocalPlatform, CaseError> {
    let host = host_of(embedded, bed)?;
    let origins = std::iter::once(bed.http.origin()).chain(app.map(LiveApp::origin)).collect();
    let allowed = AllowedClients { origins, ..AllowedClients::default() };
    let builder = LocalPlatform::builder().host(host).allow(allowed).identity(bed.identity.clone());
    // The sessions that a server of an application creates are of the same kind.
    let mut builder = builder.faults(embedded.faults.clone()).session_defaults(options);
    if let Some(application) = app.map(|app| app.application(bed)).transpose()?.flatten() {
        builder = builder.project(Project::generate()).project(application);
    }
    tracing::debug!(case = case.id, "the platform of a call starts");
    builder.start().await.map_err(CaseError::platform)
}

/// Keeps what the first page that is still there looks like: a picture, and the page of an application as text.
async fn keep_page(case: &Case, bed: &TestBed, participants: &[LiveParticipant<'_>]) {
    let Some(participant) = participants.iter().find(|one| one.state != ParticipantState::Closed) else {
        return;
    };
    let page = &participant.leased.page;
    if let Ok(Ok(png)) = tokio::time::timeout(SCREENSHOT_LIMIT, page.screenshot()).await {
        bed.keep_page(&case.id, SCREENSHOT, &png);
    }
    if participant.is_app()
        && let Ok(Ok(tree)) = tokio::time::timeout(SCREENSHOT_LIMIT, page.accessibility_tree()).await
    {
        bed.keep_page(&case.id, ACCESSIBILITY_TREE, redact(&tree).as_bytes());
    }
}
