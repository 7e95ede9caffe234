//! A run, from its first event to its reports.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use super::compare::{compare_sides, compare_with_baseline};
use super::conclusion::conclude;
use super::consumers::Consumers;
use super::deliver::deliver;
use super::error::JobError;
use super::plan::{OwnFile, OwnScenario};
use super::prepare::PreparedRun;
use super::reports::{WrittenReport, write_file, write_reports};
use crate::delivery::DeliveryTarget;
use crate::record::{
    Baseline, Recorder, RunCollector, RunDirectory, RunPlan, create_case_file, run_finished, unjudged_result,
};
use crate::run_events::{EventConsumer, Events, timestamp};
use crate::runner::{RunEnd, RunOptions, Stop, run as run_cases};
use crate::store::{StoreAddress, StoreClient, StoreUpload};
use precall_judge::comparison::Comparison;
use precall_results::{Outcome, RunResult};

/// A run that is over.
pub struct FinishedRun {
    /// The result, as in `results.json`.
    pub result: RunResult,
    /// The run's directory.
    pub path: PathBuf,
    /// The comparison with the baseline, or of the two builds of the run. Absent when the run compares nothing.
    pub comparison: Option<Comparison>,
    /// Whether the comparison is one with a baseline.
    pub has_baseline: bool,
    /// The reports that were requested, and those that were sent to other systems.
    pub reports: Vec<WrittenReport>,
    /// The errors after the last case: a comparison or a report that could not be made. None of them keeps the others
    /// from being made.
    pub errors: Vec<JobError>,
    consumers: Consumers,
}

impl FinishedRun {
    /// Whether a regression in the comparison fails the run. A gate has a stricter verdict of its own about which
    /// changes count.
    pub fn is_judged_by_comparison(&self) -> bool {
        self.has_baseline && self.result.run.gate.is_none()
    }

    /// Ends the consumers of the events. Waits until the reader of each has taken everything.
    pub fn end(mut self) {
        self.consumers.end();
    }
}

/// Runs a prepared run. Every event goes to the run's own recorder and to `consumers`, in this order. The run is judged
/// as a whole before its last event, then compared, and its reports are written. `stop` ends it early; the result says
/// so.
///
/// # Errors
///
/// When the run's directory cannot be made or written. The cases that ended are kept.
pub async fn run(
    prepared: PreparedRun,
    consumers: Vec<Box<dyn EventConsumer>>,
    stop: &Stop,
) -> Result<FinishedRun, JobError> {
    let bed = Arc::clone(&prepared.bed);
    let finished = run_in(prepared, consumers, stop).await;
    bed.close().await;
    let ConcludedRun { result, path, consumers, baseline, requested, destinations, store } = finished?;
    let mut errors = Vec::new();
    let comparison = match &baseline {
        Some(baseline) => compare_with_baseline(baseline, &result, &path).map(Some),
        None => compare_sides(&result, &path),
    };
    let comparison = comparison.unwrap_or_else(|error| {
        errors.push(error);
        None
    });
    let mut reports = write_reports(&requested, &path, &mut errors);
    // Who interrupts a run does not wait for other systems.
    let destinations = if result.outcome == Outcome::Interrupted { Vec::new() } else { destinations };
    reports.extend(deliver(&path, &destinations, &mut errors).await);
    if let Some((address, upload)) = store {
        match upload.finish(result.outcome).await {
            Ok(left_out) => reports.push(WrittenReport::Stored { address, left_out }),
            Err(error) => errors.push(JobError::NotStored { run: path.clone(), error: Box::new(error) }),
        }
    }
    Ok(FinishedRun { result, path, comparison, has_baseline: baseline.is_some(), reports, errors, consumers })
}

/// A run whose cases have ended.
struct ConcludedRun {
    result: RunResult,
    path: PathBuf,
    consumers: Consumers,
    baseline: Option<Baseline>,
    requested: Vec<super::request::ReportRequest>,
    destinations: Vec<DeliveryTarget>,
    store: Option<(StoreAddress, StoreUpload)>,
}

async fn run_in(
    prepared: PreparedRun,
    consumers: Vec<Box<dyn EventConsumer>>,
    stop: &Stop,
) -> Result<ConcludedRun, JobError> {
    let PreparedRun { request, plan, left, finished, remaining, tags, baseline, info, stopping, bed } = prepared;
    let before = left.as_ref().map_or(Duration::ZERO, |left| left.duration);
    let directory = match left {
        Some(left) => left.begin()?,
        None => new_directory(&request.output, &plan.name, plan.own_scenario.as_ref(), plan.record.clone(), tags)?,
    };
    let path = directory.path().to_owned();
    if request.capture {
        let run = path.clone();
        bed.capture(Box::new(move |case| create_case_file(&run, case, "media.pcapng")));
    }
    let run = path.clone();
    bed.keep_pages(Box::new(move |case, name| create_case_file(&run, case, name)));
    let recorder = Recorder::new(directory, RunCollector::resumed(finished.clone(), before))?;
    let (store, copy) = stored(request.store.as_ref(), &path).await?;
    // The record comes first: nothing is shown that is not on disk.
    let all = std::iter::once::<Box<dyn EventConsumer>>(Box::new(recorder)).chain(copy).chain(consumers).collect();
    let consumers = Consumers::new(all, path.clone(), stop.clone());
    let capacity = plan.capacity();
    let options = RunOptions {
        run: info.clone(),
        capacity,
        slots: request.slots(),
        max_failures: request.limits.max_failures,
        durations: plan.durations,
        sequential: stopping,
    };
    let (events, emitted) = Events::channel();
    let consumers = tokio::spawn(consumers.consume(emitted));
    let RunEnd { cases, decided, is_interrupted, duration } =
        run_cases(&remaining, &finished, &bed, &options, &events, stop).await;
    let mut result = unjudged_result(info, cases, decided, before + duration);
    if is_interrupted {
        result.outcome = Outcome::Interrupted;
    }
    conclude(&mut result, baseline.as_ref().map(|baseline| &baseline.result));
    events.emit(run_finished(&result, duration));
    drop(events);
    let consumers = consumers.await.map_err(|error| JobError::ConsumersBroke(error.to_string()))??;
    let (requested, destinations) = (request.reports, request.deliveries);
    Ok(ConcludedRun { result, path, consumers, baseline, requested, destinations, store })
}

/// Begins to copy a run into a store, and returns the consumer that tells the copy of each case. Both are absent
/// without a store.
async fn stored(
    address: Option<&StoreAddress>,
    run: &Path,
) -> Result<(Option<(StoreAddress, StoreUpload)>, Option<Box<dyn EventConsumer>>), JobError> {
    let Some(address) = address else { return Ok((None, None)) };
    let (upload, consumer) = StoreUpload::begin(StoreClient::new(address)?, run).await?;
    Ok((Some((address.clone(), upload)), Some(Box::new(consumer))))
}

/// Makes the directory of a new run, with its plan in it.
fn new_directory(
    output: &Path,
    name: &str,
    own_scenario: Option<&OwnScenario>,
    plan: RunPlan,
    tags: std::collections::BTreeMap<String, String>,
) -> Result<RunDirectory, JobError> {
    let directory = RunDirectory::create(output, name, &timestamp())?;
    let mut record = RunPlan { tags, ..plan };
    if let Some(OwnScenario { file_name, text, files }) = own_scenario {
        let file = directory.path().join(file_name);
        write_file(&file, text)?;
        for OwnFile { path, content } in files {
            write_file(&directory.path().join(path), content)?;
        }
        record.scenarios = vec![std::path::absolute(&file).unwrap_or(file)];
    }
    directory.write_plan(&record)?;
    Ok(directory)
}
