//! The result as JSON: what `schemas/results.schema.json` describes.

use super::ReportError;
use precall_results::Recording;

/// A run's result, as in its `results.json`, without its cases' series.
pub(super) fn json(run: &Recording) -> Result<String, ReportError> {
    let text = serde_json::to_string_pretty(&run.result).map_err(ReportError::new)?;
    Ok(text + "\n")
}
