//! One try at a case: its own network, platform, browser context and page, gone when it ends.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::backend::open_backend;
use super::case_error::CaseError;
use super::conditions::PageConditions;
use super::devices::{Devices, fake_devices_of};
use super::listener::Listener;
use super::live_case::{CaseResources, LiveCase};
use super::observations::{AttemptEnd, AttemptResult, Observations};
use super::test_bed::{SCREENSHOT, TestBed};
use crate::page::{HARNESS_PATH, PageAllowance, RequestedTests, Setup};
use crate::run_events::Events;
use precall_browser::Voice;
use precall_results::BuildInfo;
use precall_scenario::plan::Case;

/// How long a page may take to be drawn. One whose script never ends cannot be.
const SCREENSHOT_LIMIT: Duration = Duration::from_secs(2);

/// Tries a case once. Never fails: what goes wrong is its outcome.
pub(super) async fn run(case: &Case, bed: &TestBed, events: &Events, cancel: &CancellationToken) -> AttemptResult {
    let mut observations = Observations::default();
    let end = tokio::select! {
        end = drive(case, bed, events, &mut observations) => end.unwrap_or_else(|error| AttemptEnd::Broken(error.to_string())),
        () = cancel.cancelled() => AttemptEnd::Interrupted,
    };
    observations.conclude(case, end, bed.browsers.policies([&case.spec.browser]))
}

/// The tests that a case's page is asked to run.
pub(super) fn asked(case: &Case) -> RequestedTests {
    RequestedTests { connectivity: case.spec.test.connectivity, quality: case.spec.test.quality, call: false }
}

async fn drive(
    case: &Case,
    bed: &TestBed,
    events: &Events,
    observations: &mut Observations,
) -> Result<AttemptEnd, CaseError> {
    let (sdk, sdk_url) = bed.sdk(&case.spec.sdk).ok_or(CaseError::NotFetched("SDK"))?;
    observations.sdk =
        Some(BuildInfo { version: sdk.version.clone(), source: sdk.source.clone(), integrity: sdk.integrity.clone() });
    let (module, module_url) = bed.module(&case.module).ok_or(CaseError::NotFetched("module"))?;
    observations.module = Some(BuildInfo {
        version: module.version.clone(),
        source: module.source.clone(),
        integrity: module.integrity.clone(),
    });
    let backend = open_backend(case, bed).await?;
    observations.timeline.evidence.is_stream = backend.is_stream();
    observations.session_id = backend.remote_session().cloned();
    let admission = backend.admission();
    let setup = Setup {
        sdk_url: &sdk_url,
        module_url: &module_url,
        api_key: &admission.api_key,
        session_id: &admission.session_id,
        token: &admission.token,
        proxy_url: backend.proxy_url(),
        relay: backend.relay(),
        test: &case.spec.test,
        connects_to: backend.signalling_origins().as_deref(),
    }
    .prepare_call();
    let origin = bed.http.origin();
    let devices = Devices::new(case.spec.devices);
    let context = devices.context(origin.clone(), backend.browser_proxy());
    let test = &case.spec.test;
    let fake = fake_devices_of(test.camera, test.sound, case.spec.devices, Voice::default());
    let mut leased = bed.browsers.new_page(&case.spec.browser, fake, devices.need_own_browser(), context).await?;
    let url = format!("{origin}{HARNESS_PATH}");
    let listener = Listener::new(leased.page.take_events(), Some(url), asked(case), PageAllowance::default());
    devices.prepare(&*leased.page).await?;
    let conditions = PageConditions::new(&case.spec.network, backend.unlinked_signalling());
    let place = CaseResources { leased, listener, backend, devices, conditions };
    let mut live = LiveCase::begin(case, events, place);
    let end = tokio::select! {
        end = live.follow(&setup, &origin, observations) => end,
        // Without it no page gets its files.
        ended = bed.http.ended() => Ok(AttemptEnd::Broken(ended.to_string())),
    };
    let CaseResources { leased, backend, .. } = live.end(observations).await;
    let is_odd = match &end {
        Ok(AttemptEnd::Done) => observations.has_failures(),
        Ok(AttemptEnd::Hung(_) | AttemptEnd::Refused(..) | AttemptEnd::Errored(..)) => true,
        // A browser that is broken has nothing to show.
        Ok(AttemptEnd::Broken(_) | AttemptEnd::Interrupted) | Err(_) => false,
    };
    if is_odd && let Ok(Ok(png)) = tokio::time::timeout(SCREENSHOT_LIMIT, leased.page.screenshot()).await {
        bed.keep_page(&case.id, SCREENSHOT, &png);
    }
    observations.signalling = backend.signalling().await;
    observations.firewall = backend.firewall();
    backend.stop();
    leased.page.close().await;
    // A page that spins or floods may go on for a while.
    if matches!(end, Err(_) | Ok(AttemptEnd::Broken(_) | AttemptEnd::Hung(_) | AttemptEnd::Refused(..))) {
        bed.browsers.retire(&leased.browser).await;
    }
    end
}
