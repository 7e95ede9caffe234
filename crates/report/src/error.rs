//! Why a report cannot be made.

/// A report cannot be made. None of them depends on what a run holds, so this is precall's own mistake.
#[derive(Debug, thiserror::Error)]
#[error("the report could not be made: {0}; this is a bug in precall")]
pub struct ReportError(String);

impl ReportError {
    pub(super) fn new(error: impl std::error::Error) -> Self {
        // What went wrong is in the innermost of them.
        let mut text = error.to_string();
        let mut source = error.source();
        while let Some(inner) = source {
            text = format!("{text}: {inner}");
            source = inner.source();
        }
        Self(text)
    }
}
