//! Run directories: the events and results of a run on disk.
//!
//! ```text
//! <run>/plan.json              the request, with which the run can be resumed
//! <run>/events.jsonl           every event but the bulk below, appended as it happens
//! <run>/results.json           the whole result, written when the run is over
//! <run>/cases/<case>/samples.jsonl     what the module called back with
//! <run>/cases/<case>/rtc-stats.jsonl   W3C statistics of the page's peer connections
//! <run>/cases/<case>/link.jsonl        the links' counters, once a second
//! <run>/cases/<case>/console.jsonl     the page's console, exceptions and crashes
//! <run>/cases/<case>/pages.jsonl       what each page of a call used, once a second
//! <run>/cases/<case>/host.jsonl        the load of the host, once a second
//! <run>/cases/<case>/platform.jsonl    the events of its platform, and what the SDK logged
//! <run>/cases/<case>/screenshot.png    the page, where a test failed
//! <run>/cases/<case>/result.json       the case's result
//! <run>/unfinished/<case>/<number>/    the files of a case that had not ended when the run was resumed
//! ```
//! No token and no secret is in any of it.

mod baseline;
mod case_records;
mod clean;
mod directory;
mod event_lines;
mod json_file;
mod last_attempts;
mod merge;
mod plan;
mod read;
mod recorder;
mod recording;
mod results;
mod resume;
mod staging;

pub use baseline::{Baseline, BaselineError, baselines, read_baseline, save_baseline};
pub use case_records::{CaseRecords, recorded_lines};
pub use clean::{clean_value, cleaned};
pub use directory::{
    CASES, EVENTS, HOST, LINK, PLAN, RESULT, RESULTS, RecordError, RunDirectory, SAMPLES, SCREENSHOT, case_name,
    case_path, create_case_file, run_in, time_stem,
};
pub use event_lines::EventLines;
pub use json_file::{read_json_in, write_json};
pub use merge::{MergeError, Merged, merge};
pub use plan::RunPlan;
pub use read::{ReadError, read_results};
pub use recorder::Recorder;
pub use recording::read_recording;
pub use results::{RunCollector, run_finished, unjudged_result};
pub use resume::{LeftRun, ResumeError, read_plan, rewrite_plan};
