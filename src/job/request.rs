//! Requests: the parsed values of a job, independent of the front end.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;

use precall_report::Format;
use precall_results::{CompareSpec, Metric, MinimumEffect};
use precall_scenario::plan::{Filter, Shard};
use precall_scenario::{BrowserKind, ModuleSpec};

use super::parsed::Parsed;
use super::sdk_choice::SdkChoice;
use crate::delivery::DeliveryTarget;
use crate::store::StoreAddress;

/// The cases of a run: scenario files, and what replaces or narrows them.
#[derive(Debug, Clone, Default)]
pub struct CaseRequest {
    /// The scenario files, or directories of them.
    pub scenarios: Vec<PathBuf>,
    /// The builds of OpenTok.js that replace those of the scenarios. Empty for the scenarios' own. Participants of a
    /// call for which a scenario names a build keep it.
    pub sdks: Vec<Parsed<SdkChoice>>,
    /// The network-test modules that replace those of the scenarios. Empty for the scenarios' own.
    pub modules: Vec<ModuleSpec>,
    /// A case runs if it matches any of these filters. Empty for all cases.
    pub filters: Vec<Parsed<Filter>>,
    /// The part of the cases that runs on this machine. Absent for all cases.
    pub shard: Option<Shard>,
    /// An earlier run, whose durations are the estimates.
    pub durations: Option<PathBuf>,
    /// The networks that replace those of a gate's scenario. Empty for the scenario's own.
    pub networks: Vec<String>,
    /// The number of repeats that replaces that of the scenarios. Absent for the scenario's own.
    pub repeat: Option<u32>,
    /// The kind of browser that replaces those of the scenarios. Absent for the scenarios' own.
    pub browser: Option<BrowserKind>,
    /// Whether a recorded run names the scenarios, and not the user. They then start no server, since a run may come
    /// from another person.
    pub is_recorded: bool,
    /// Whether the scenarios of a recorded run may start servers all the same.
    pub allow_server: bool,
}

/// A run of the cases of a scenario.
#[derive(Debug, Clone)]
pub struct RunRequest {
    /// The cases that run.
    pub cases: CaseRequest,
    /// The directory of a run to resume. Its own plan then replaces `cases`, except for the durations.
    pub resume: Option<PathBuf>,
    /// The baseline that the run is compared with.
    pub baseline: Option<BaselineRequest>,
    /// How the run is compared, beyond what its scenario says.
    pub compare: CompareRequest,
    /// Whether repeats end once the comparison of their case is decided.
    pub sequential: bool,
    /// The reports to write when the run is over.
    pub reports: Vec<ReportRequest>,
    /// The systems that reports are sent to when the run is over.
    pub deliveries: Vec<DeliveryTarget>,
    /// The place in a store that the run is copied to, and resumed from. Absent for none.
    pub store: Option<StoreAddress>,
    /// The directory in which the run's directory is made.
    pub output: PathBuf,
    /// How much runs at once, and when no further case begins.
    pub limits: Limits,
    /// Whether the media packets of each case are captured into its directory.
    pub capture: bool,
    /// The address of the page, the platform and its media. Port 0 takes a free one.
    pub listen: SocketAddr,
    /// Where the cases run.
    pub browsers: BrowserRequest,
}

impl RunRequest {
    /// Returns a request for a run of these cases with everything else at its default: recorded below `output`, on a
    /// free port of the loopback interface, in the first browser that is found.
    pub fn new(cases: CaseRequest, output: PathBuf) -> Self {
        Self {
            cases,
            resume: None,
            baseline: None,
            compare: CompareRequest::default(),
            sequential: false,
            reports: Vec::new(),
            deliveries: Vec::new(),
            store: None,
            output,
            limits: Limits::default(),
            capture: false,
            listen: (Ipv4Addr::LOCALHOST, 0).into(),
            browsers: BrowserRequest::default(),
        }
    }

    /// How many cases run at once, if that is fixed: as many as asked for, or one in each remote browser. This host's
    /// CPUs say nothing about remote browsers.
    pub fn slots(&self) -> Option<usize> {
        let each = match &self.browsers {
            BrowserRequest::Remote(addresses) => Some(addresses.len()),
            BrowserRequest::Local { .. } => None,
        };
        self.limits.slots.or(each)
    }
}

/// How much runs at once, and when no further case begins.
#[derive(Debug, Clone, Copy, Default)]
pub struct Limits {
    /// The number of cases that run at once. Absent for as many as the CPUs can carry.
    pub slots: Option<usize>,
    /// No further case begins after this many failures. Absent for all cases.
    pub max_failures: Option<usize>,
}

/// The browsers of a run.
#[derive(Debug, Clone)]
pub enum BrowserRequest {
    /// Browsers that precall launches on this host.
    Local {
        /// The program of Chrome. Absent for the first one found.
        chrome: Option<PathBuf>,
        /// The program of Firefox. Absent for the first one found.
        firefox: Option<PathBuf>,
        /// The `precall` program that supervises the browser. Absent for the running program, which then has to be
        /// `precall`.
        supervisor: Option<PathBuf>,
    },
    /// Remote browsers, by the addresses of their DevTools.
    Remote(Vec<String>),
}

impl Default for BrowserRequest {
    fn default() -> Self {
        Self::Local { chrome: None, firefox: None, supervisor: None }
    }
}

/// A baseline by its name.
#[derive(Debug, Clone)]
pub struct BaselineRequest {
    /// The directory of all baselines.
    pub directory: PathBuf,
    /// The name of the baseline.
    pub name: String,
}

/// How sides are compared, beyond the `[compare]` of a scenario.
#[derive(Debug, Clone, Default)]
pub struct CompareRequest {
    /// The smallest changes that count, each for one figure. They replace those of the scenario.
    pub minimum_effects: Vec<(Metric, MinimumEffect)>,
    /// The chance of a false alarm per case, from 0.0001 to 0.2. Absent for that of the scenario.
    pub level: Option<f64>,
    /// Whether runs are compared although their browsers, machines, scenarios or slots differ.
    pub allow_unlike: bool,
}

impl CompareRequest {
    /// Returns what the scenario says, with what is requested laid over it.
    pub fn over(&self, spec: &CompareSpec) -> CompareSpec {
        let mut spec = spec.clone();
        spec.minimum_effects.extend(self.minimum_effects.iter().copied());
        if let Some(level) = self.level {
            spec.level = level;
        }
        spec
    }
}

/// A report of a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportRequest {
    /// The format of the report.
    pub format: Format,
    /// The file of the report. Absent for the format's own name in the run's directory.
    pub file: Option<PathBuf>,
}
