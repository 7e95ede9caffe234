//! Run directories: everything that a run said, on disk, as it said it.
//!
//! ```text
//! <run>/events.jsonl           every event but the bulk below, appended as it happens
//! <run>/results.json           the whole result, written when the run is over
//! <run>/cases/<case>/samples.jsonl     what the module called back with
//! <run>/cases/<case>/rtc-stats.jsonl   W3C statistics of the page's peer connections
//! <run>/cases/<case>/link.jsonl        the links' counters, once a second
//! <run>/cases/<case>/console.jsonl     the page's console, exceptions and crashes
//! <run>/cases/<case>/result.json       the case's result
//! ```
//! No token and no secret is in any of it.

mod directory;
mod recorder;
mod results;

pub use directory::{RecordError, RunDirectory};
pub use recorder::Recorder;
pub use results::RunCollector;
