//! The arguments of `precall bisect`.

use std::path::PathBuf;

use clap::Args;
use clap_complete::ArgValueCompleter;
use semver::Version;

use super::browsers::BrowserArguments;
use super::cases::filter;
use super::recorded::{CompareFlags, figure};
use crate::completion;
use crate::job::{BisectRange, BisectRequest, CaseRequest, Limits, Parsed, RunRequest};
use precall_results::Metric;
use precall_scenario::plan::Filter;

#[derive(Debug, Args)]
pub(crate) struct BisectArguments {
    /// The scenario file. Its number of repeats decides how small a change can be seen; use at least six.
    #[arg(add = ArgValueCompleter::new(completion::scenario_files))]
    pub scenario: PathBuf,
    /// An old release, in which everything was well.
    #[arg(long, value_name = "VERSION", value_parser = release, requires = "bad", required_unless_present_any = ["builds", "among_browsers"])]
    pub good: Option<Version>,
    /// A later release, in which something has changed.
    #[arg(long, value_name = "VERSION", value_parser = release, requires = "good")]
    pub bad: Option<Version>,
    /// Search among these builds on disk instead of among releases, oldest first: in the first everything was well, and
    /// in the last something has changed.
    #[arg(long, value_name = "PATH", num_args = 2.., conflicts_with_all = ["good", "bad"])]
    pub builds: Vec<PathBuf>,
    /// Search among these browsers on this host, oldest first, with the releases of the scenario. A program whose name
    /// has `firefox` in it is Firefox, and any other one Chrome.
    #[arg(long = "browsers", value_name = "PATH", num_args = 2.., conflicts_with_all = ["good", "bad", "builds", "chrome", "firefox"])]
    pub among_browsers: Vec<PathBuf>,
    /// Run only the case of this name. Can be given several times.
    #[arg(long = "case", value_name = "NAME", value_parser = case_name, add = ArgValueCompleter::new(completion::case_names))]
    pub cases: Vec<Parsed<Filter>>,
    /// Run only the cases that match: `network=3g`, `network!=lte`. Given several times, a case has to match one of the
    /// filters.
    #[arg(long = "filter", value_name = "FILTER", value_parser = filter, add = ArgValueCompleter::new(completion::filters))]
    pub filters: Vec<Parsed<Filter>>,
    /// Look for a change of this figure alone, such as `video.bitrate` or `hangs`; by default of any. Can be given
    /// several times.
    #[arg(long = "figure", value_name = "FIGURE", value_parser = figure, add = ArgValueCompleter::new(completion::compared_metrics))]
    pub figures: Vec<Metric>,
    #[command(flatten)]
    pub compare: CompareFlags,
    /// Run this many cases at once; by default as many as the CPUs can carry.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=64))]
    pub slots: Option<u16>,
    /// The directory in which a directory with the runs of all releases is made.
    #[arg(long, value_name = "DIR", default_value = "runs")]
    pub output: PathBuf,
    /// Write the result as JSON, with every sample of the good and the bad release; `-` is standard output.
    #[arg(long, value_name = "FILE")]
    pub json: Option<PathBuf>,
    #[command(flatten)]
    pub local_browsers: BrowserArguments,
    /// While it runs, show only cases that did not pass, and what each release turned out to be.
    #[arg(long, short)]
    pub quiet: bool,
    /// At the end, show a table of every figure of the good and the bad release.
    #[arg(long, short)]
    pub verbose: bool,
}

impl BisectArguments {
    /// The bisection that these arguments ask for.
    pub fn request(&self) -> BisectRequest {
        let filters = both(&self.cases, &self.filters);
        let cases = CaseRequest { scenarios: vec![self.scenario.clone()], filters, ..CaseRequest::default() };
        BisectRequest {
            run: RunRequest {
                compare: self.compare.request(),
                limits: Limits { slots: self.slots.map(usize::from), max_failures: None },
                browsers: self.local_browsers.request(),
                ..RunRequest::new(cases, self.output.clone())
            },
            range: match (&self.good, &self.bad) {
                (Some(good), Some(bad)) => BisectRange::Releases { good: good.clone(), bad: bad.clone() },
                _ if !self.among_browsers.is_empty() => BisectRange::Browsers(self.among_browsers.clone()),
                _ => BisectRange::Builds(self.builds.clone()),
            },
            figures: self.figures.clone(),
        }
    }
}

/// Filters that match a case if one of `cases` and one of `filters` do. An empty list matches every case.
fn both(cases: &[Parsed<Filter>], filters: &[Parsed<Filter>]) -> Vec<Parsed<Filter>> {
    match (cases, filters) {
        ([], only) | (only, []) => only.to_vec(),
        // The terms of a filter are joined by commas, so two filters joined by one are a filter.
        _ => {
            let pairs = cases.iter().flat_map(|case| filters.iter().map(move |filter| format!("{case},{filter}")));
            pairs.filter_map(|text| filter(&text).ok()).collect()
        }
    }
}

fn release(text: &str) -> Result<Version, String> {
    Version::parse(text).map_err(|_| "write a release: `2.27.6`".to_owned())
}

fn case_name(text: &str) -> Result<Parsed<Filter>, String> {
    let parsed = filter(text).ok().filter(|_| !text.contains([',', '=']));
    parsed.ok_or_else(|| "write the name of a case, as in `precall list`; axes are chosen by --filter".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_and_filter_both_have_to_match() {
        let parsed = |texts: &[&str]| texts.iter().map(|text| filter(text).expect("a filter")).collect::<Vec<_>>();
        let together = |cases: &[&str], filters: &[&str]| {
            both(&parsed(cases), &parsed(filters)).iter().map(|filter| filter.text().to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(together(&[], &[]), [] as [String; 0]);
        assert_eq!(together(&["a"], &[]), ["a"]);
        assert_eq!(together(&[], &["network=3g"]), ["network=3g"]);
        assert_eq!(together(&["a", "b"], &["network=3g"]), ["a,network=3g", "b,network=3g"]);
        assert!(case_name("slow").is_ok() && case_name("network=3g").is_err() && case_name("").is_err());
        assert!(release("2.27.6").is_ok() && release("latest").is_err() && release("^2").is_err());
    }
}
