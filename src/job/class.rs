//! The class of an error: the person who can do something about it. A front end derives its exit code from the class.

use super::again_error::AgainError;
use super::bisect_error::BisectError;
use super::error::JobError;
use crate::cloud::CloudError;
use crate::history::IndexError;
use crate::record::{BaselineError, MergeError, ResumeError};
use crate::sdk::{SdkError, is_opentok};
use crate::store::StoreError;

/// The person who can do something about an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErrorClass {
    /// The caller: the request is wrong, or its credentials are missing or refused.
    Usage,
    /// The author of the scenario.
    Scenario,
    /// The owner of the machine: something is missing, broken or busy.
    Infrastructure,
    /// No one: the job was stopped on request.
    Interrupted,
}

impl JobError {
    /// Returns the class of the error.
    pub fn class(&self) -> ErrorClass {
        use ErrorClass::{Infrastructure, Interrupted, Scenario, Usage};
        match self {
            Self::Interrupted => Interrupted,
            Self::Scenario(_)
            | Self::UnreadableDirectory { .. }
            | Self::EmptyDirectory(_)
            | Self::RecordedScenario(_)
            | Self::RecordedServer(_)
            | Self::ScenarioChanged
            | Self::CasesChanged { .. }
            | Self::UnknownRecordedCase(_) => Scenario,
            Self::Plan { has_requested_release, .. } => match has_requested_release {
                true => Usage,
                false => Scenario,
            },
            Self::Build { error, is_requested } => match (is_no_such_build(error), is_requested) {
                (true, true) => Usage,
                (true, false) => Scenario,
                (false, _) => Infrastructure,
            },
            Self::History(IndexError::Unreadable { .. })
            | Self::WeakToken { .. }
            | Self::Platform(CloudError::Refused { .. })
            | Self::Store(StoreError::BadToken(_) | StoreError::NoRun(_) | StoreError::OtherRun(_))
            | Self::Resume(ResumeError::NoRun { .. }) => Usage,
            Self::Baseline(BaselineError::Record(_)) | Self::Merge(MergeError::Record(_)) => Infrastructure,
            Self::Platform(_)
            | Self::Browser(_)
            | Self::TestBed(_)
            | Self::Fidelity(_)
            | Self::OpenFiles { .. }
            | Self::Bisect(BisectError::EndWithoutResult(_))
            | Self::Record(_)
            | Self::Recording { .. }
            | Self::ConsumersBroke(_)
            | Self::Resume(_)
            | Self::MissingCases { .. }
            | Self::Report(_)
            | Self::Delivery(_)
            | Self::NotStored { .. }
            | Self::Store(_)
            | Self::Write { .. }
            | Self::LocalPlatform(_)
            | Self::Again(AgainError::Unwatchable(_))
            | Self::History(IndexError::Database { .. })
            | Self::Listen(_)
            | Self::Json(_) => Infrastructure,
            // Each error is named, so that a new error is not one of usage by default.
            Self::NoScenario
            | Self::DamagedPlan(_)
            | Self::UnknownAxis(_)
            | Self::NoMatchingCase { .. }
            | Self::Again(_)
            | Self::Credentials(_)
            | Self::NotLoopback(_)
            | Self::RemoteDevices(_)
            | Self::RemoteBrowserKind(_)
            | Self::NotInFirefox { .. }
            | Self::NoInterface(_)
            | Self::RemoteCertificate(_)
            | Self::RemoteRelay(_)
            | Self::Baseline(_)
            | Self::Compare(_)
            | Self::NoOldSide
            | Self::ReleasesAndModules
            | Self::TooManyModules
            | Self::SameModules(_)
            | Self::SameSides(_)
            | Self::SameRelease { .. }
            | Self::NoNetwork
            | Self::UnknownNetwork(_)
            | Self::NetworkTwice(_)
            | Self::SideNotPlanned(_)
            | Self::BaselineNotNamed(_)
            | Self::NothingToCompare
            | Self::Bisect(_)
            | Self::Read(_)
            | Self::Merge(_)
            | Self::CaseChoice(_)
            | Self::NoAxis(_)
            | Self::SeveralAxes { .. }
            | Self::Calibration(_)
            | Self::LineReport(_)
            | Self::Starter(_)
            | Self::Request(_) => Usage,
        }
    }

    /// Whether the error is that a build does not exist or cannot be used, and not that it cannot be fetched.
    pub fn is_build_missing(&self) -> bool {
        matches!(self, Self::Build { error, .. } if is_no_such_build(error))
    }
}

/// Whether there is no such build, or it holds nothing to load.
fn is_no_such_build(error: &SdkError) -> bool {
    match error {
        SdkError::UnknownVersion { .. } | SdkError::NoFile { .. } | SdkError::NoBundle { .. } => true,
        // OpenTok.js exists: a registry without it is the wrong one.
        SdkError::UnknownPackage { package, .. } => !is_opentok(package),
        _ => false,
    }
}
