//! The error of a report that cannot be rendered.

/// A report cannot be rendered. The reason never depends on the run, so it is a bug of precall.
#[derive(Debug, thiserror::Error)]
#[error("the report could not be made: {0}; this is a bug in precall")]
pub struct ReportError(String);

impl ReportError {
    pub(super) fn new(error: impl std::error::Error) -> Self {
        // The innermost source has the actual reason.
        let mut text = error.to_string();
        let mut source = error.source();
        while let Some(inner) = source {
            text = format!("{text}: {inner}");
            source = inner.source();
        }
        Self(text)
    }
}
