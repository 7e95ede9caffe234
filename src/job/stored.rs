//! Runs in a store: one to be resumed, those to be joined.

use std::path::{Path, PathBuf};
use std::time::Duration;

use tokio::time::{Instant, sleep_until};

use super::error::JobError;
use super::plan::plan;
use super::reports::WrittenReport;
use super::request::RunRequest;
use crate::record::{RunPlan, read_plan, rewrite_plan};
use crate::store::{DownloadScope, StoreAddress, StoreClient, StoreError, StoreUpload, StoredRun};
use precall_results::Outcome;

/// How often a store is asked whether a run is over.
const INTERVAL: Duration = Duration::from_secs(5);

/// A recorded run to be read.
#[derive(Debug, Clone)]
pub enum RunPlace {
    /// A run's directory.
    Directory(PathBuf),
    /// A run in a store.
    Stored(StoreAddress),
}

/// Returns the request, to resume the run that its store has. Without such a run it stays a request for a new one.
///
/// # Errors
///
/// When the store cannot be read, or has the run of another request.
pub async fn resumed_from_store(request: RunRequest) -> Result<RunRequest, JobError> {
    let (Some(address), None) = (&request.store, &request.resume) else { return Ok(request) };
    let client = StoreClient::new(address)?;
    let Some(stored) = client.stored_run().await? else { return Ok(request) };
    let asked = plan(&request.cases).await?.record;
    // A run of this machine can have more than what reached the store.
    let local =
        Some(request.output.join(stored.name)).filter(|run| read_plan(run).is_ok_and(|plan| is_same(&plan, &asked)));
    let run = match local {
        Some(run) => run,
        None => match client.download(&request.output, DownloadScope::Resumable).await? {
            Some(download) if is_same(&download.plan, &asked) => {
                // The scenarios can have another path here. What they say is the same.
                rewrite_plan(&download.path, &RunPlan { scenarios: asked.scenarios, ..download.plan })?;
                download.path
            }
            Some(_) => return Err(StoreError::OtherRun(address.to_string()).into()),
            None => return Ok(request),
        },
    };
    let mut request = request;
    // The user has named the scenario, not the store.
    request.cases.allow_server = true;
    request.resume = Some(run);
    Ok(request)
}

/// Whether two plans are of one request. What npm answered may differ.
fn is_same(one: &RunPlan, other: &RunPlan) -> bool {
    let part = |plan: &RunPlan| {
        (plan.scenario_digest.clone(), plan.filters.clone(), plan.shard.clone(), plan.repeat, plan.browser)
    };
    part(one) == part(other)
}

/// Copies a run that is over into a store.
///
/// # Errors
///
/// When the store does not take it.
pub async fn store_run(run: &Path, outcome: Outcome, address: &StoreAddress) -> Result<WrittenReport, JobError> {
    let (upload, _) = StoreUpload::begin(StoreClient::new(address)?, run).await?;
    let left_out = upload.finish(outcome).await?;
    Ok(WrittenReport::Stored { address: address.clone(), left_out })
}

/// Returns the directories of runs. Those of a store are read into directories below `base`, which is to be empty.
/// With `wait`, runs of a store that are not over have so long to end.
///
/// # Errors
///
/// When a store has no such run, or cannot be read.
pub(super) async fn read_places(
    places: &[RunPlace],
    base: &Path,
    wait: Option<Duration>,
) -> Result<Vec<PathBuf>, JobError> {
    let end = wait.map(|wait| Instant::now() + wait);
    let mut runs = Vec::new();
    for (number, place) in places.iter().enumerate() {
        let run = match place {
            RunPlace::Directory(run) => run.clone(),
            RunPlace::Stored(address) => {
                let client = StoreClient::new(address)?;
                if let Some(end) = end {
                    until_over(&client, end).await?;
                }
                // Runs of several machines can have one name.
                let download = client.download(&base.join(number.to_string()), DownloadScope::Whole).await?;
                download.ok_or_else(|| StoreError::NoRun(address.to_string()))?.path
            }
        };
        runs.push(run);
    }
    Ok(runs)
}

/// Waits until a run is over. An interrupted one is not: it is resumed.
async fn until_over(client: &StoreClient, end: Instant) -> Result<(), StoreError> {
    loop {
        let not_over = match client.stored_run().await {
            Ok(Some(StoredRun { outcome: Some(outcome), .. })) if outcome != Outcome::Interrupted => return Ok(()),
            Ok(None) => StoreError::NoRun(client.address().to_string()),
            Ok(_) => StoreError::NotOver(client.address().to_string()),
            // A store can be away for a while, and so can the service that gives its keys.
            Err(error @ (StoreError::Unreachable { .. } | StoreError::NoKeys { .. })) => error,
            Err(error) => return Err(error),
        };
        let next = Instant::now() + INTERVAL;
        if next > end {
            return Err(not_over);
        }
        sleep_until(next).await;
    }
}
