//! Why a job was not done: what, where, and what to do about it.

use std::net::IpAddr;
use std::path::PathBuf;

use super::advice::CalibrationError;
use super::again_error::AgainError;
use super::bisect_error::BisectError;
use super::case_choice::CaseChoiceError;
use super::starter_error::StarterError;
use crate::cloud::{CloudError, CredentialError};
use crate::delivery::DeliveryError;
use crate::fidelity::FidelityError;
use crate::history::IndexError;
use crate::line_report::LineReportError;
use crate::record::{BaselineError, MergeError, ReadError, RecordError, ResumeError};
use crate::runner::{NoInterface, TestBedError};
use crate::sdk::SdkError;
use crate::store::StoreError;
use precall_browser::BrowserError;
use precall_judge::comparison::CompareError;
use precall_platform::transport::ListenError;
use precall_report::ReportError;
use precall_scenario::{LoadError, plan::PlanError};
use precall_support::text::count;

/// Why a job was not done. The text says what happened and where. [`Remedy`](super::Remedy) says what to do about it,
/// unless the text of the cause does.
#[derive(Debug, thiserror::Error)]
pub enum JobError {
    /// A file holds no report of a line.
    #[error(transparent)]
    LineReport(#[from] LineReportError),
    /// The index of past runs cannot be used.
    #[error(transparent)]
    History(#[from] IndexError),
    /// The token for the pages of runs is one that could be guessed, or cannot stand in an address.
    #[error("the token in {variable} needs at least {least} of the letters, digits, - and _")]
    WeakToken {
        /// The environment variable with the token.
        variable: &'static str,
        /// The least number of characters.
        least: usize,
    },
    /// The address of the pages of runs cannot be listened on.
    #[error(transparent)]
    Listen(#[from] ListenError),
    /// The job was stopped before there was a run.
    #[error("interrupted")]
    Interrupted,
    /// A scenario is wrong.
    #[error(transparent)]
    Scenario(#[from] LoadError),
    /// No scenario was named.
    #[error("no scenario is named")]
    NoScenario,
    /// A directory of scenarios cannot be read.
    #[error("cannot read the directory {}: {error}", path.display())]
    UnreadableDirectory {
        /// The directory that cannot be read.
        path: PathBuf,
        /// The system's error.
        error: std::io::Error,
    },
    /// A directory has no scenario in it.
    #[error("there is no scenario in {}; scenarios are files that end in .toml", .0.display())]
    EmptyDirectory(PathBuf),
    /// The scenario of a recorded run is missing or wrong.
    #[error("{}, the scenario of this run, is missing or not valid", .0.display())]
    RecordedScenario(PathBuf),
    /// The scenario of a recorded run starts a server, which nobody has allowed.
    #[error(
        "{}, the scenario of this run, starts a server with a shell command, and a run may come from another person",
        .0.display()
    )]
    RecordedServer(PathBuf),
    /// The scenario of a resumed run has changed.
    #[error("the scenario has changed since this run began")]
    ScenarioChanged,
    /// A resumed run has other cases than its scenario now.
    #[error("{} has {}, but its scenario now comes to {now} of them", run.display(), count(*recorded, "case", "cases"))]
    CasesChanged {
        /// The run's directory.
        run: PathBuf,
        /// The number of its cases.
        recorded: usize,
        /// The number of these cases that the scenario still has.
        now: usize,
    },
    /// The plan of a recorded run holds a filter, a shard or a release that cannot be read.
    #[error("the plan of this run is damaged: {0}")]
    DamagedPlan(String),
    /// The scenarios cannot be expanded into cases.
    #[error("{error}")]
    Plan {
        /// The cause of the error.
        error: PlanError,
        /// Whether the request replaces the releases of the scenario.
        has_requested_release: bool,
    },
    /// A filter names an axis that no case has.
    #[error("{0}")]
    UnknownAxis(String),
    /// Cases are not run again.
    #[error(transparent)]
    Again(#[from] AgainError),
    /// No case matches the filters.
    #[error("no case looks like {filters}; there are {count}, such as {examples}")]
    NoMatchingCase {
        /// The filters, joined by `or`.
        filters: String,
        /// The number of cases.
        count: usize,
        /// The ids of some of them.
        examples: String,
    },
    /// A build is missing.
    #[error("{error}")]
    Build {
        /// The cause of the error.
        error: SdkError,
        /// Whether the request names the build, and not the scenario.
        is_requested: bool,
    },
    /// Credentials are missing or wrong.
    #[error(transparent)]
    Credentials(#[from] CredentialError),
    /// A remote platform creates no session.
    #[error(transparent)]
    Platform(#[from] CloudError),
    /// There is no browser, or it does not start.
    #[error(transparent)]
    Browser(#[from] BrowserError),
    /// The media router cannot be compared with Chrome alone.
    #[error(transparent)]
    Fidelity(#[from] FidelityError),
    /// The browsers, the listener or the certificate that all cases share cannot be had.
    #[error(transparent)]
    TestBed(#[from] TestBedError),
    /// Too few files may be open at once.
    #[error("only {limit} files may be open at once, and precall takes at least {least}")]
    OpenFiles {
        /// The limit of the process.
        limit: u64,
        /// The number that precall needs at least.
        least: u64,
    },
    /// Local browsers and the platform only listen on the loopback interface.
    #[error("{0} is not a loopback address: only there is a page a secure context, and the platform safe from others")]
    NotLoopback(IpAddr),
    /// Firefox has no interface for media.
    #[error(transparent)]
    NoInterface(#[from] NoInterface),
    /// Firefox cannot do what a case asks for.
    #[error(
        "the case `{case}` cannot run in Firefox, which cannot {what}; leave it out (`--filter 'case!={case}'`), or run it in Chrome"
    )]
    NotInFirefox {
        /// The name of the case.
        case: String,
        /// What Firefox cannot do.
        what: &'static str,
    },
    /// A remote browser is what it is.
    #[error(
        "the case `{0}` names its browser, and a remote browser is the one that was started; take `browser` out of the scenario"
    )]
    RemoteBrowserKind(String),
    /// A remote browser has other devices than the case needs.
    #[error(
        "the case `{0}` asks for a camera or a microphone of its own, or for one to be lost, and a remote browser has those that it was \
         started with"
    )]
    RemoteDevices(String),
    /// A remote browser does not trust the platform's certificate.
    #[error(
        "the case `{0}` has `access = \"intercept\"`, and a remote browser does not trust the platform's certificate"
    )]
    RemoteCertificate(String),
    /// A remote browser cannot use the relay in which the network of a remote platform is.
    #[error(
        "the case `{0}` has a network: for media to a remote platform it is in a relay that only this host may use"
    )]
    RemoteRelay(String),
    /// A baseline cannot be read or written.
    #[error(transparent)]
    Baseline(#[from] BaselineError),
    /// Two sides cannot be compared.
    #[error(transparent)]
    Compare(#[from] CompareError),
    /// The old side of a gate is missing.
    #[error("the old side of the gate is missing")]
    NoOldSide,
    /// A gate has two modules, and two releases as well.
    #[error("the gate has two modules and two releases")]
    ReleasesAndModules,
    /// A gate has more than two modules.
    #[error("more than two modules; a gate compares one with another")]
    TooManyModules,
    /// Two modules have one name.
    #[error("both modules are called {0}")]
    SameModules(String),
    /// Both sides of a gate are the same release.
    #[error("the old and the new side are both {0}")]
    SameSides(String),
    /// Both sides of a gate turned out to be one release.
    #[error("{from} and {to} are both OpenTok.js {release}; there is nothing to compare")]
    SameRelease {
        /// The old side, as requested.
        from: String,
        /// The new side, as requested.
        to: String,
        /// The release that both sides are.
        release: String,
    },
    /// A gate has neither networks nor a scenario.
    #[error("the gate has no network")]
    NoNetwork,
    /// A gate names a network that does not exist.
    #[error("{0}")]
    UnknownNetwork(String),
    /// A gate names a network twice.
    #[error("the gate names {0} twice")]
    NetworkTwice(String),
    /// A side of a gate is not one release.
    #[error("{0} means several releases, or none that the scenario's cases can have")]
    SideNotPlanned(String),
    /// A gate whose old side is a baseline was resumed without it.
    #[error("this gate compares with the baseline {0}")]
    BaselineNotNamed(String),
    /// A sequential run has nothing to compare.
    #[error("a sequential run compares the two values of the axis `sdk` or `module`, and this plan has no such axis")]
    NothingToCompare,
    /// A bisection cannot be made.
    #[error(transparent)]
    Bisect(#[from] BisectError),
    /// The directory of a run cannot be written.
    #[error(transparent)]
    Record(#[from] RecordError),
    /// A run ended because a required consumer, such as the recorder, failed.
    #[error("{error}")]
    Recording {
        /// The run's directory.
        run: PathBuf,
        /// The error of the consumer.
        error: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The task that gives events to their consumers broke.
    #[error("the recorder broke: {0}")]
    ConsumersBroke(String),
    /// A run cannot be resumed.
    #[error(transparent)]
    Resume(#[from] ResumeError),
    /// The results of a run cannot be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// Runs cannot be joined.
    #[error(transparent)]
    Merge(#[from] MergeError),
    /// A joined run lacks cases.
    #[error("{missing} of {planned} planned cases are in none of these runs, such as {examples}")]
    MissingCases {
        /// The number of missing cases.
        missing: usize,
        /// The number of planned cases.
        planned: usize,
        /// The ids of some missing cases.
        examples: String,
    },
    /// A scenario lacks a recorded case.
    #[error("the scenario says nothing of the recorded case {0}: it has no case of that name and axes")]
    UnknownRecordedCase(String),
    /// No recorded case is meant, or several are.
    #[error(transparent)]
    CaseChoice(#[from] CaseChoiceError),
    /// One run alone has nothing to compare.
    #[error("{} has no axis with two values", .0.display())]
    NoAxis(PathBuf),
    /// One run alone can be compared by several axes.
    #[error("{} has several axes with two values: {}", run.display(), axes.join(" and "))]
    SeveralAxes {
        /// The run's directory.
        run: PathBuf,
        /// The axes with their values, such as `sdk=2.27.6,2.35.2`.
        axes: Vec<String>,
    },
    /// A network test cannot be calibrated.
    #[error(transparent)]
    Calibration(#[from] CalibrationError),
    /// A report cannot be made.
    #[error(transparent)]
    Report(#[from] ReportError),
    /// A report did not arrive where it was sent.
    #[error(transparent)]
    Delivery(#[from] DeliveryError),
    /// A run cannot be kept in a store, or be read from one.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A run is over, and not whole in its store.
    #[error("{error}; the run is not whole in the store")]
    NotStored {
        /// The run's directory.
        run: PathBuf,
        /// What the store said.
        error: Box<StoreError>,
    },
    /// A file cannot be written.
    #[error("could not write {}: {error}", path.display())]
    Write {
        /// The file that cannot be written.
        path: PathBuf,
        /// The system's error.
        error: std::io::Error,
    },
    /// The first files of a project are not written.
    #[error(transparent)]
    Starter(#[from] StarterError),
    /// The request is wrong, for a reason that the text explains.
    #[error("{0}")]
    Request(String),
    /// A part of a platform on this host cannot be started, or has ended.
    #[error("{0}")]
    LocalPlatform(String),
    /// A value cannot be written as JSON.
    #[error(transparent)]
    Json(#[from] serde_json::Error),
}

impl From<SdkError> for JobError {
    /// The scenario names the build.
    fn from(error: SdkError) -> Self {
        Self::Build { error, is_requested: false }
    }
}
