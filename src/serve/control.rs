//! Runs that the pages start, and stop.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::oneshot;

use crate::job::{
    CaseRequest, ConsumerError, Emitted, EventConsumer, JobError, Parsed, ReportRequest, RunRequest, Stop,
    failed_cases, plan_run, prepare, run, scenario_files,
};
use crate::record::run_in;
use precall_report::Format;
use precall_scenario::plan::Filter;

/// Starts runs, one at a time, and stops those that it started.
pub(super) struct RunControl {
    /// The directory with the directories of the runs.
    runs: PathBuf,
    /// The directory with the scenarios that can be run.
    scenarios: PathBuf,
    current: Mutex<Option<CurrentRun>>,
}

/// A run that was started here, and goes on.
struct CurrentRun {
    /// The name of its directory; `None` until it has one.
    name: Option<String>,
    stop: Stop,
}

/// What a page asks to run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Start {
    /// The cases of a scenario that match a filter; all of them with an empty one.
    Scenario { scenario: String, filter: String },
    /// The cases of a run that did not pass.
    Failed { run: String },
}

/// Why a run was not started.
#[derive(Debug)]
pub(super) enum RunStartError {
    /// A run that was started here goes on.
    Busy,
    /// There is no such scenario, or no such run.
    Unknown,
    /// The filter cannot be read.
    Filter(String),
    /// The run cannot be prepared.
    Job(Box<JobError>),
    /// The run ended before it had a directory, for a reason that is in the log of this precall.
    Ended,
}

impl From<JobError> for RunStartError {
    fn from(error: JobError) -> Self {
        Self::Job(Box::new(error))
    }
}

impl RunControl {
    pub fn new(runs: PathBuf, scenarios: PathBuf) -> Self {
        Self { runs, scenarios, current: Mutex::default() }
    }

    fn current(&self) -> MutexGuard<'_, Option<CurrentRun>> {
        self.current.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns the names of the scenarios that can be run; none where there is no directory of them.
    pub fn scenarios(&self) -> Vec<String> {
        let files = scenario_files(std::slice::from_ref(&self.scenarios)).unwrap_or_default();
        let name = |file: &PathBuf| Some(file.file_name()?.to_str()?.to_owned());
        files.iter().filter_map(name).collect()
    }

    /// Whether a file is one of the scenarios that can be run.
    fn has_scenario(&self, file: &Path) -> bool {
        let own = scenario_files(std::slice::from_ref(&self.scenarios)).unwrap_or_default();
        let is_file =
            |own: &PathBuf| own.canonicalize().ok().is_some_and(|own| file.canonicalize().is_ok_and(|it| it == own));
        own.iter().any(is_file)
    }

    /// Whether a run was started here, and goes on.
    pub fn has(&self, name: &str) -> bool {
        self.current().as_ref().is_some_and(|current| current.name.as_deref() == Some(name))
    }

    /// Stops a run that was started here: at once, or once the running cases have ended. Returns whether it was.
    pub fn stop(&self, name: &str, is_now: bool) -> bool {
        let current = self.current();
        let Some(current) = current.as_ref().filter(|current| current.name.as_deref() == Some(name)) else {
            return false;
        };
        if is_now {
            current.stop.now.cancel();
        }
        current.stop.drain.cancel();
        true
    }

    /// Starts a run. Returns the name of its directory, once there is one.
    ///
    /// # Errors
    ///
    /// When a run goes on, or this one cannot be prepared.
    pub async fn start(self: &Arc<Self>, start: Start) -> Result<String, RunStartError> {
        let cases = self.cases(start)?;
        let stop = Stop::default();
        {
            let mut current = self.current();
            if current.is_some() {
                return Err(RunStartError::Busy);
            }
            *current = Some(CurrentRun { name: None, stop: stop.clone() });
        }
        let held = Held(self.clone());
        let request = RunRequest {
            reports: vec![ReportRequest { format: Format::Html, file: None }],
            ..RunRequest::new(cases, self.runs.clone())
        };
        let planned = plan_run(&request, &|_| {}, &stop).await?;
        let prepared = prepare(request, planned, &|_| {}, &stop).await?;
        let (begun, name) = oneshot::channel();
        tokio::spawn(async move {
            let consumer = Beginning { control: held.0.clone(), begun: Some(begun) };
            match run(prepared, vec![Box::new(consumer)], &stop).await {
                Ok(finished) => finished.end(),
                Err(error) => tracing::error!(%error, "a run that a page started"),
            }
            drop(held);
        });
        name.await.map_err(|_| RunStartError::Ended)
    }

    fn cases(&self, start: Start) -> Result<CaseRequest, RunStartError> {
        match start {
            Start::Scenario { scenario, filter } => {
                if !self.scenarios().contains(&scenario) {
                    return Err(RunStartError::Unknown);
                }
                let filter = filter.trim();
                let filters = if filter.is_empty() {
                    Vec::new()
                } else {
                    vec![Parsed::new(filter, Filter::parse).map_err(RunStartError::Filter)?]
                };
                Ok(CaseRequest { scenarios: vec![self.scenarios.join(scenario)], filters, ..CaseRequest::default() })
            }
            Start::Failed { run } => {
                let directory = run_in(&self.runs, &run).ok_or(RunStartError::Unknown)?;
                let cases = failed_cases(&directory)?;
                // The directory of scenarios is the operator's own.
                let allow_server = cases.scenarios.iter().all(|file| self.has_scenario(file));
                Ok(CaseRequest { allow_server, ..cases })
            }
        }
    }
}

/// Dropped, it lets the next run start.
struct Held(Arc<RunControl>);

impl Drop for Held {
    fn drop(&mut self) {
        *self.0.current() = None;
    }
}

/// Learns the directory of the run when it begins.
struct Beginning {
    control: Arc<RunControl>,
    begun: Option<oneshot::Sender<String>>,
}

impl EventConsumer for Beginning {
    fn name(&self) -> &str {
        "the page that started the run"
    }

    fn begin(&mut self, run: &Path) {
        let name = run.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        if let Some(current) = self.control.current().as_mut() {
            current.name = Some(name.clone());
        }
        // The page may be gone by now; the run goes on.
        let _ = self.begun.take().map(|begun| begun.send(name));
    }

    fn take(&mut self, _: &Emitted) -> Result<(), ConsumerError> {
        Ok(())
    }
}
