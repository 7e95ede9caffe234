//! Remedies for errors, as data. A front end turns them into words, and into the flags that it has.

use std::path::PathBuf;

use super::bisect_error::BisectError;
use super::error::JobError;
use super::starter_error::StarterError;
use crate::history::IndexError;
use crate::record::{BaselineError, MergeError, ReadError, RecordError, ResumeError};
use crate::runner::TestBedError;
use crate::store::StoreError;

/// A remedy for an error.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Remedy {
    /// Name a scenario file, or a directory of them.
    NameScenario,
    /// Check this scenario file alone.
    CheckScenario(PathBuf),
    /// Read the command of a server, and allow it.
    AllowServer,
    /// Begin a new run.
    BeginAnew,
    /// Begin a new run, or restore what the scenario said.
    BeginAnewOrRestore,
    /// List the cases of the plan.
    ListCases,
    /// Write to another directory, or make room in this one.
    OtherOutput,
    /// Name the directory of a run.
    NameRun,
    /// Name a run that is over.
    NameFinishedRun,
    /// Resume this run once the cause of the error is gone.
    Resume(PathBuf),
    /// Give the browsers an address of this host that they can reach.
    ListenReachably,
    /// Use remote browsers; only they may reach this host from outside.
    UseRemoteBrowsers,
    /// Leave the case out.
    LeaveOut,
    /// Leave the case out, or run it in a browser of this host.
    LeaveOutOrRunLocally,
    /// Keep a run as a baseline.
    SaveBaseline,
    /// Replace the baseline.
    AcceptBaseline,
    /// Name the old side of a gate: a release or a baseline.
    NameOldSide,
    /// Compare either two releases or two modules.
    ReleasesOrModules,
    /// Give a gate two modules at most.
    TwoModules,
    /// Name two sides that differ.
    NameOtherSide,
    /// Name the networks of a gate, or a scenario.
    NameNetworks,
    /// Name each network once.
    NameNetworkOnce,
    /// Name one release for each side.
    NameOneRelease,
    /// Name the baseline of a gate.
    NameBaseline(String),
    /// Run two releases, or compare with a baseline.
    CompareTwo,
    /// Exchange the two ends of a bisection.
    ExchangeEnds,
    /// Choose cases of one package.
    ChooseOnePackage,
    /// Ask npm which releases this package has.
    ListReleases(String),
    /// Name a second run, or two values of an axis.
    NameSecondRun,
    /// Name the axis to compare.
    NameAxis(String),
    /// Join the runs of all shards, and resume those that were interrupted.
    JoinAllShards,
    /// Set a token that cannot be guessed.
    StrongToken,
    /// Name the directory of the runs.
    NameRuns,
    /// Name another file, or let this one be replaced.
    OtherNameOrReplace,
    /// Answer all questions in the request.
    AnswerAll,
    /// Name a file that can be written.
    OtherFile,
    /// Raise the limit of open files.
    RaiseOpenFiles,
    /// Name an address that has a run, or wait for it.
    NameStoredRun,
    /// Resume the run in the store.
    ResumeStored,
    /// Name an address in the store that has no run.
    OtherAddress,
    /// Copy this run into its store again.
    StoreAgain(PathBuf),
}

impl JobError {
    /// Returns the remedies in the order in which they are to be applied. Empty when the text of the error has one, or
    /// there is none.
    pub fn remedies(&self) -> Vec<Remedy> {
        let one = |remedy| vec![remedy];
        match self {
            Self::NoScenario => one(Remedy::NameScenario),
            Self::RecordedServer(_) => one(Remedy::AllowServer),
            Self::RecordedScenario(path) => one(Remedy::CheckScenario(path.clone())),
            Self::ScenarioChanged => one(Remedy::BeginAnewOrRestore),
            Self::CasesChanged { .. } | Self::DamagedPlan(_) => one(Remedy::BeginAnew),
            Self::NoMatchingCase { .. } => one(Remedy::ListCases),
            Self::TestBed(TestBedError::PageUnreachable(_)) => one(Remedy::ListenReachably),
            Self::OpenFiles { .. } => one(Remedy::RaiseOpenFiles),
            Self::NotLoopback(_) => one(Remedy::UseRemoteBrowsers),
            Self::RemoteDevices(_) | Self::RemoteBrowserKind(_) | Self::RemoteCertificate(_) => {
                one(Remedy::LeaveOutOrRunLocally)
            }
            Self::RemoteRelay(_) => one(Remedy::LeaveOut),
            Self::NoOldSide => one(Remedy::NameOldSide),
            Self::ReleasesAndModules => one(Remedy::ReleasesOrModules),
            Self::TooManyModules => one(Remedy::TwoModules),
            Self::SameModules(_) | Self::SameSides(_) | Self::SameRelease { .. } => one(Remedy::NameOtherSide),
            Self::NoNetwork => one(Remedy::NameNetworks),
            Self::NetworkTwice(_) => one(Remedy::NameNetworkOnce),
            Self::SideNotPlanned(_) => one(Remedy::NameOneRelease),
            Self::BaselineNotNamed(name) => one(Remedy::NameBaseline(name.clone())),
            Self::NothingToCompare => one(Remedy::CompareTwo),
            Self::Bisect(BisectError::EndsReversed { .. }) => one(Remedy::ExchangeEnds),
            Self::Bisect(BisectError::SeveralPackages(_)) => one(Remedy::ChooseOnePackage),
            Self::Bisect(BisectError::NoSuchEnd { package, .. }) => one(Remedy::ListReleases(package.clone())),
            Self::MissingCases { .. } => one(Remedy::JoinAllShards),
            Self::NoAxis(_) => one(Remedy::NameSecondRun),
            Self::SeveralAxes { axes, .. } => axes.first().cloned().map(Remedy::NameAxis).into_iter().collect(),
            Self::History(IndexError::Unreadable { .. }) => one(Remedy::NameRuns),
            Self::WeakToken { .. } => one(Remedy::StrongToken),
            Self::Starter(StarterError::FileExists(_)) => one(Remedy::OtherNameOrReplace),
            Self::Starter(StarterError::NobodyToAsk) => one(Remedy::AnswerAll),
            Self::Write { .. } => one(Remedy::OtherFile),
            Self::Store(StoreError::NoRun(_)) => one(Remedy::NameStoredRun),
            Self::Store(StoreError::NotOver(_) | StoreError::Damaged { .. }) => one(Remedy::ResumeStored),
            Self::Store(StoreError::OtherRun(_)) => one(Remedy::OtherAddress),
            Self::NotStored { run, .. } => one(Remedy::StoreAgain(run.clone())),
            Self::Recording { run, error } => {
                let other = error.downcast_ref().and_then(of_record);
                other.into_iter().chain([Remedy::Resume(run.clone())]).collect()
            }
            Self::Record(error) | Self::Baseline(BaselineError::Record(error)) => {
                of_record(error).into_iter().collect()
            }
            Self::Resume(error) => of_resume(error).into_iter().collect(),
            Self::Read(error) | Self::Baseline(BaselineError::Read(error)) => of_read(error).into_iter().collect(),
            Self::Baseline(BaselineError::Exists { .. }) => one(Remedy::AcceptBaseline),
            Self::Baseline(BaselineError::Missing { names, .. }) if names.is_empty() => one(Remedy::SaveBaseline),
            Self::Merge(MergeError::Record(error)) => of_record(error).into_iter().collect(),
            Self::Merge(MergeError::NoRun(error)) => of_resume(error).into_iter().collect(),
            Self::Merge(MergeError::NoResults(error)) => of_read(error).into_iter().collect(),
            _ => Vec::new(),
        }
    }
}

fn of_record(error: &RecordError) -> Option<Remedy> {
    error.is_about_the_place().then_some(Remedy::OtherOutput)
}

fn of_resume(error: &ResumeError) -> Option<Remedy> {
    match error {
        ResumeError::NoRun { .. } => Some(Remedy::NameRun),
        ResumeError::Record(error) => of_record(error),
        ResumeError::Busy(_) => None,
    }
}

fn of_read(error: &ReadError) -> Option<Remedy> {
    error.is_missing().then_some(Remedy::NameFinishedRun)
}
