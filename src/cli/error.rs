//! What ends a subcommand early, and with which exit code.

use crate::cloud::{CloudError, CredentialError};
use crate::fidelity::FidelityError;
use crate::record::{BaselineError, MergeError, ReadError, RecordError, ResumeError};
use crate::runner::LabError;
use crate::sdk::{SdkError, is_opentok};
use precall_browser::BrowserError;
use precall_judge::comparison::CompareError;
use precall_report::ReportError;
use precall_results::Exit;
use precall_scenario::LoadError;
use precall_support::output::eprint;
use precall_support::secrets::redact;
use precall_support::text::Printable;

/// An error as people see it.
#[derive(Debug)]
pub(super) struct CliError {
    pub exit: Exit,
    pub message: String,
}

impl CliError {
    /// What others wrote may be in the message: a file, npm, Chrome, a server. No secret is left in it, and it stays one message.
    pub fn new(exit: Exit, message: impl std::fmt::Display) -> Self {
        let message = redact(&format!("error: {message}"));
        Self { exit, message: Printable::block(&message).to_string() }
    }

    /// Prints the error for people, on standard error.
    pub fn show(&self) {
        eprint(format_args!("{}\n", self.message.trim_end()));
    }
}

impl From<LoadError> for CliError {
    fn from(error: LoadError) -> Self {
        Self { exit: Exit::Scenario, message: redact(&error.render(console::colors_enabled_stderr())) }
    }
}

impl From<BrowserError> for CliError {
    fn from(error: BrowserError) -> Self {
        Self::new(Exit::Infrastructure, error)
    }
}

impl From<FidelityError> for CliError {
    fn from(error: FidelityError) -> Self {
        Self::new(Exit::Infrastructure, error)
    }
}

impl From<LabError> for CliError {
    fn from(error: LabError) -> Self {
        Self::new(Exit::Infrastructure, error)
    }
}

impl From<RecordError> for CliError {
    fn from(error: RecordError) -> Self {
        Self::new(Exit::Infrastructure, error)
    }
}

impl From<ResumeError> for CliError {
    fn from(error: ResumeError) -> Self {
        let exit = if matches!(error, ResumeError::NoRun { .. }) { Exit::Usage } else { Exit::Infrastructure };
        Self::new(exit, error)
    }
}

impl From<MergeError> for CliError {
    fn from(error: MergeError) -> Self {
        let exit = if matches!(error, MergeError::Record(_)) { Exit::Infrastructure } else { Exit::Usage };
        Self::new(exit, error)
    }
}

impl From<CompareError> for CliError {
    fn from(error: CompareError) -> Self {
        Self::new(Exit::Usage, error)
    }
}

impl From<ReadError> for CliError {
    /// Whoever calls precall named what is no run.
    fn from(error: ReadError) -> Self {
        Self::new(Exit::Usage, error)
    }
}

impl From<BaselineError> for CliError {
    fn from(error: BaselineError) -> Self {
        let exit = if matches!(error, BaselineError::Record(_)) { Exit::Infrastructure } else { Exit::Usage };
        Self::new(exit, error)
    }
}

impl From<ReportError> for CliError {
    fn from(error: ReportError) -> Self {
        Self::new(Exit::Infrastructure, error)
    }
}

impl From<CredentialError> for CliError {
    /// They are of whoever calls precall, as its arguments are.
    fn from(error: CredentialError) -> Self {
        Self::new(Exit::Usage, error)
    }
}

impl From<CloudError> for CliError {
    fn from(error: CloudError) -> Self {
        let exit = match error {
            CloudError::Refused { .. } => Exit::Usage,
            _ => Exit::Infrastructure,
        };
        Self::new(exit, error)
    }
}

impl From<SdkError> for CliError {
    /// A release or a module that does not exist is the scenario's mistake; all else is the machine's.
    fn from(error: SdkError) -> Self {
        let exit = match &error {
            SdkError::UnknownVersion { .. } | SdkError::NoFile { .. } | SdkError::NoBundle { .. } => Exit::Scenario,
            // OpenTok.js exists: a registry without it is the wrong one.
            SdkError::UnknownPackage { package, .. } if !is_opentok(package) => Exit::Scenario,
            _ => Exit::Infrastructure,
        };
        Self::new(exit, error)
    }
}
