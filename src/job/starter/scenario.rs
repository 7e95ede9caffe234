//! New scenarios.

use std::path::Path;

use crate::job::error::JobError;
use crate::job::reports::write_file;
use crate::job::starter_error::StarterError;

/// The kinds of scenarios.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ScenarioKind {
    /// A pre-call network test.
    NetworkTest,
    /// A call.
    Call,
    /// An application.
    App,
}

impl ScenarioKind {
    /// Returns the scenario to start from. `file` is its name in its own comments.
    pub(super) fn text(self, file: &Path) -> String {
        let template = match self {
            Self::NetworkTest => include_str!("templates/network.toml"),
            Self::Call => include_str!("templates/call.toml"),
            Self::App => include_str!("templates/app.toml"),
        };
        template.replace("{file}", &file.display().to_string())
    }
}

/// Writes a scenario to start from.
///
/// # Errors
///
/// When the file exists and may not be replaced, or cannot be written.
pub fn new_scenario(kind: ScenarioKind, file: &Path, may_replace: bool) -> Result<(), JobError> {
    if !may_replace && file.symlink_metadata().is_ok() {
        return Err(StarterError::FileExists(file.to_owned()).into());
    }
    write_file(file, kind.text(file))
}
