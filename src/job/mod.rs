//! Jobs: a run, and everything else that precall does with runs, from a request to a result. A front end
//! parses a request, calls this module, shows events and notices, and turns an error into words.
//!
//! ```text
//! RunRequest ──plan_run──► PlannedRun ──prepare──► PreparedRun ──run──► FinishedRun
//!                                       builds, browsers,       events to
//!                                       accounts, ports         EventConsumer
//! ```

mod advice;
mod again_error;
mod bisect;
mod bisect_error;
mod branch;
mod browsers;
mod builds;
mod case_choice;
mod check;
mod class;
mod compare;
mod conclusion;
mod consumers;
mod deliver;
mod dump;
mod error;
mod explain;
mod failed;
mod gate;
mod host;
mod last_run;
mod line_scenario;
mod local_platform;
mod merge;
mod notice;
mod open_files;
mod parsed;
mod plan;
mod prepare;
mod remedy;
mod reports;
mod request;
mod rescore;
mod run;
mod scenario_files;
mod sdk_choice;
mod sequential;
mod starter;
mod starter_error;
mod stored;
mod watched_files;

pub use crate::run_events::{ConsumerError, Emitted, EventConsumer};
pub use crate::runner::Stop;
pub use advice::{
    AdviceRequest, CalibrationError, WrittenAdvice, plan_calls, plan_tests, read_truth, write_advice, write_truth,
};
pub use again_error::AgainError;
pub use bisect::{BisectRange, BisectRequest, bisect};
pub use bisect_error::BisectError;
pub use case_choice::CaseChoiceError;
pub use check::{CheckedScenario, NamedReleases, check_scenario, look_up_releases, named_releases};
pub use class::ErrorClass;
pub use compare::{Replacement, SidesRequest, compare, replace_baseline};
pub use conclusion::conclude;
pub use deliver::deliver;
pub use dump::{dump, write_dump};
pub use error::JobError;
pub use explain::explain;
pub use failed::{failed_cases, without_dropped};
pub use gate::{GateRequest, forecast, plan_gate};
pub use host::cpus;
pub use last_run::last_run;
pub use line_scenario::scenario_of_report;
pub use local_platform::{PlatformRequest, Ready, RelaySettings, run_local_platform};
pub use merge::{merge, missing_cases};
pub use notice::{Notice, Notices};
pub use open_files::{check_open_files, raise_open_files};
pub use parsed::Parsed;
pub use plan::{Plan, plan};
pub use prepare::{PlannedRun, PreparedRun, plan_run, prepare, unless_stopped};
pub use remedy::Remedy;
pub use reports::{
    WrittenReport, own_file, read_calibration, report_text, write_calibration, write_comparison, write_report,
};
pub use request::{BaselineRequest, BrowserRequest, CaseRequest, CompareRequest, Limits, ReportRequest, RunRequest};
pub use rescore::rescore;
pub use run::{FinishedRun, run};
pub use scenario_files::scenario_files;
pub use sdk_choice::SdkChoice;
pub use starter::{CiSystem, InitRequest, ScenarioKind, StarterFile, gate_defaults, init, new_scenario};
pub use starter_error::StarterError;
pub use stored::{RunPlace, resumed_from_store, store_run};
pub use watched_files::watched_files;
