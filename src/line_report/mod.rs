//! The report that a person's test of their own line leaves, as `harness-page/precall/report.schema.json` describes it:
//! read from a file or from a page, and turned into a scenario.

mod as_if;
mod file;
mod range;
mod report;
mod scenario;

pub use as_if::{AsIf, AsIfError};
pub use file::{LineReportError, read_report};
pub use range::OutOfRange;
pub use report::{LineReport, MAX_REPORT_BYTES, ReportProblem};
pub use scenario::scenario_text;
