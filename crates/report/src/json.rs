//! The result as JSON, in the format of `schemas/results.schema.json`.

use super::ReportError;
use precall_results::Recording;

/// Returns a run's result as in its `results.json`, without the time series of the cases.
pub(super) fn json(run: &Recording) -> Result<String, ReportError> {
    let text = serde_json::to_string_pretty(&run.result).map_err(ReportError::new)?;
    Ok(text + "\n")
}
