//! The arguments of `precall run`.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::Args;
use clap_complete::ArgValueCompleter;

use super::browsers::{BrowserArguments, NamedBrowser, address, named_browser};
use super::cases::PlanArguments;
use super::delivery::DeliveryArguments;
use super::recorded::CompareFlags;
use super::report::report_request;
use crate::completion;
use crate::job::{BaselineRequest, BrowserRequest, CaseRequest, Limits, ReportRequest, RunRequest};
use crate::store::StoreAddress;
use precall_scenario::BrowserKind;

#[derive(Debug, Args)]
pub(crate) struct RunArguments {
    #[command(flatten)]
    pub plan: PlanArguments,
    /// Run this many cases at once. The default is as many as the CPUs can carry: a case with Chrome's own test picture
    /// needs two thirds of a CPU, one without video needs half a CPU, and a detailed picture needs more, depending on
    /// its size.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=64))]
    pub slots: Option<u16>,
    /// Say what would run and how long it would take, and run nothing.
    #[arg(long, conflicts_with = "resume")]
    pub dry_run: bool,
    /// Run again when the scenario or a file changes that it names: what it extends, a build on disk, the script of a
    /// server. A change during a run counts after it. Ctrl-C ends.
    #[arg(long, conflicts_with_all = ["dry_run", "resume", "failed", "events"])]
    pub watch: bool,
    /// Continue a run that was interrupted. Cases that have ended are not run again.
    #[arg(long, value_name = "RUN", add = ArgValueCompleter::new(completion::run_directories), conflicts_with_all = ["scenarios", "sdks", "modules", "filters", "shard", "repeat"])]
    pub resume: Option<PathBuf>,
    /// Run the cases of this run again that did not pass, with all their repeats.
    #[arg(long, value_name = "RUN", add = ArgValueCompleter::new(completion::run_directories), conflicts_with_all = ["scenarios", "sdks", "modules", "filters", "shard", "repeat", "resume"])]
    pub failed: Option<PathBuf>,
    /// As --failed with the newest run that is over: of the scenarios that are named, or else of any.
    #[arg(long, conflicts_with_all = ["sdks", "modules", "filters", "shard", "repeat", "resume", "failed"])]
    pub last_failed: bool,
    /// Let the scenarios of the run that --resume or --failed names start the servers of their applications. A run may
    /// come from another person, and the command in `app.start` is executed as it is: read it first.
    #[arg(long)]
    pub allow_server: bool,
    /// Show the run in a browser while it goes on: print the address of a page on this machine.
    #[arg(long)]
    pub ui: bool,
    /// Start no further case once one has failed.
    #[arg(long, conflicts_with = "max_failures")]
    pub fail_fast: bool,
    /// Start no further case once this many have failed.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub max_failures: Option<u32>,
    /// Compare the result with the baseline of this name (`precall baseline save`); a regression ends with exit code 1.
    #[arg(long, value_name = "NAME", add = ArgValueCompleter::new(completion::baseline_names))]
    pub baseline: Option<String>,
    /// The directory of the baselines.
    #[arg(long, value_name = "DIR", default_value = "baselines")]
    pub baselines: PathBuf,
    #[command(flatten)]
    pub compare: CompareFlags,
    /// Compare after 50 % and 75 % of the repeats as well, and stop repeating a case once the result is clear. Compares
    /// with the baseline, or the two values of the axis `sdk` or `module`. The rate of false alarms stays the same.
    #[arg(long)]
    pub sequential: bool,
    /// The directory in which the directory of the run is made.
    #[arg(long, value_name = "DIR", default_value = "runs")]
    pub output: PathBuf,
    /// Write a report at the end, whatever the result: `junit`, `html=out/report.html`. Without a file name the report
    /// goes into the run's directory; `github` is printed. Can be given several times.
    #[arg(long = "report", value_name = "FORMAT[=FILE]", value_parser = report_request, add = ArgValueCompleter::new(completion::report_requests))]
    pub reports: Vec<ReportRequest>,
    #[command(flatten)]
    pub deliveries: DeliveryArguments,
    /// Copy the run to a server or a bucket while it goes on: `https://host/path` (with `PUT`), `s3://bucket/path`, or
    /// `env:NAME`. What is there of the same run is resumed first, so a machine may go away at any time.
    /// `precall merge` reads it from there.
    #[arg(long, value_name = "URL", value_parser = StoreAddress::read, conflicts_with_all = ["watch", "failed", "last_failed"])]
    pub store: Option<StoreAddress>,
    /// Write all events as JSON lines to this file while the run goes on; `-` is standard output.
    #[arg(long, value_name = "FILE")]
    pub events: Option<PathBuf>,
    /// Capture the media packets of each case on both sides of its link, for Wireshark: `cases/<case>/media.pcapng`.
    /// Media that goes through a relay or over TCP is captured as the datagrams inside.
    #[arg(long)]
    pub pcap: bool,
    /// The address on which precall serves the page, the platform and its media; port 0 takes a free port. With
    /// --browser, give an address of this host that those browsers can reach.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:0", value_parser = address)]
    pub listen: SocketAddr,
    #[command(flatten)]
    pub local_browsers: BrowserArguments,
    /// Run the cases in this browser, whatever the scenario says: `chrome` or `firefox` of this host, or a remote
    /// Chrome, in a container or a grid, by the address of its DevTools: `http://host:9222`,
    /// `ws://host:9222/devtools/browser/…`, or with TLS and a token `wss://host/?token=…`; `env:NAME` takes it from a
    /// variable. Given several times, cases go to any of these browsers, one at a time to each unless --slots says
    /// more. precall makes and removes its own browser contexts and touches nothing else.
    #[arg(long = "browser", value_name = "BROWSER", conflicts_with = "chrome", value_parser = named_browser, add = ArgValueCompleter::new(completion::browsers))]
    pub browsers: Vec<NamedBrowser>,
    /// While the run goes on, show only cases that did not pass. Without it a terminal shows a line for each case that
    /// runs, a file gets all progress, and the log of a CI job (where CI is set) gets the result of each case.
    #[arg(long, short)]
    pub quiet: bool,
    /// At the end, show the network, the claims and the media of every case, and every figure of a comparison. Without
    /// it only failed cases have them.
    #[arg(long, short)]
    pub verbose: bool,
}

impl RunArguments {
    /// The kind of browser that replaces those of the scenario. Of several the last one counts.
    fn browser_kind(&self) -> Option<BrowserKind> {
        let mut kinds = self.browsers.iter().filter_map(|browser| match browser {
            NamedBrowser::Kind(kind) => Some(*kind),
            NamedBrowser::Remote(_) => None,
        });
        kinds.next_back()
    }

    fn remote_browsers(&self) -> Vec<String> {
        let addresses = self.browsers.iter().filter_map(|browser| match browser {
            NamedBrowser::Remote(address) => Some(address.clone()),
            NamedBrowser::Kind(_) => None,
        });
        addresses.collect()
    }

    /// The run that these arguments ask for.
    pub fn request(&self) -> RunRequest {
        let name = |name: &String| BaselineRequest { directory: self.baselines.clone(), name: name.clone() };
        RunRequest {
            cases: CaseRequest { allow_server: self.allow_server, browser: self.browser_kind(), ..self.plan.request() },
            resume: self.resume.clone(),
            baseline: self.baseline.as_ref().map(name),
            compare: self.compare.request(),
            sequential: self.sequential,
            reports: self.reports.clone(),
            deliveries: self.deliveries.destinations(),
            store: self.store.clone(),
            output: self.output.clone(),
            limits: Limits {
                slots: self.slots.map(usize::from),
                max_failures: if self.fail_fast { Some(1) } else { self.max_failures.map(|most| most as usize) },
            },
            capture: self.pcap,
            listen: self.listen,
            browsers: match self.remote_browsers() {
                none if none.is_empty() => self.local_browsers.request(),
                remote => BrowserRequest::Remote(remote),
            },
        }
    }
}
