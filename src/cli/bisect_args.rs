//! The arguments of `precall bisect`.

use std::path::PathBuf;

use clap::Args;
use semver::Version;

use super::args::PlanArguments;
use super::args_of_browsers::ChromeArguments;
use super::args_of_results::{CompareFlags, figure};
use precall_results::Metric;
use precall_scenario::plan::Filter;

#[derive(Debug, Args)]
pub(super) struct BisectArguments {
    /// The scenario file. Its number of repeats decides how small a change can be seen; use at least six.
    pub scenario: PathBuf,
    /// An old release, in which everything was well.
    #[arg(long, value_name = "VERSION", value_parser = release)]
    pub good: Version,
    /// A later release, in which something has changed.
    #[arg(long, value_name = "VERSION", value_parser = release)]
    pub bad: Version,
    /// Run only the case of this name. Can be given several times.
    #[arg(long = "case", value_name = "NAME", value_parser = case_name)]
    pub cases: Vec<String>,
    /// Run only the cases that match: `network=3g`, `network!=lte`. Given several times, a case has to match one of the filters.
    #[arg(long = "filter", value_name = "FILTER", value_parser = super::args::filter)]
    pub filters: Vec<String>,
    /// Look for a change of this figure alone, such as `video.bitrate` or `hangs`; by default of any. Can be given several times.
    #[arg(long = "figure", value_name = "FIGURE", value_parser = figure)]
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
    pub chrome: ChromeArguments,
    /// While it runs, show only cases that did not pass, and what each release turned out to be.
    #[arg(long, short)]
    pub quiet: bool,
    /// At the end, show a table of every figure of the good and the bad release.
    #[arg(long, short)]
    pub verbose: bool,
}

impl BisectArguments {
    /// What is run of the scenario, with this release.
    pub fn plan(&self, release: &Version) -> PlanArguments {
        PlanArguments {
            scenarios: vec![self.scenario.clone()],
            sdks: vec![release.to_string()],
            filters: together(&self.cases, &self.filters),
            ..PlanArguments::default()
        }
    }
}

/// Filters of which any, with names of cases of which any: each with each.
fn together(cases: &[String], filters: &[String]) -> Vec<String> {
    match (cases, filters) {
        ([], only) | (only, []) => only.to_vec(),
        _ => cases.iter().flat_map(|case| filters.iter().map(move |filter| format!("{case},{filter}"))).collect(),
    }
}

fn release(text: &str) -> Result<Version, String> {
    Version::parse(text).map_err(|_| "write a release: `2.27.6`".to_owned())
}

fn case_name(text: &str) -> Result<String, String> {
    match text.contains([',', '=']) || Filter::parse(text).is_err() {
        true => Err("write the name of a case, as in `precall list`; axes are chosen by --filter".to_owned()),
        false => Ok(text.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_case_and_a_filter_have_both_to_hold() {
        let owned = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
        let together = |cases: &[&str], filters: &[&str]| together(&owned(cases), &owned(filters));
        assert_eq!(together(&[], &[]), [] as [String; 0]);
        assert_eq!(together(&["a"], &[]), ["a"]);
        assert_eq!(together(&[], &["network=3g"]), ["network=3g"]);
        assert_eq!(together(&["a", "b"], &["network=3g"]), ["a,network=3g", "b,network=3g"]);
        assert!(case_name("slow").is_ok() && case_name("network=3g").is_err() && case_name("").is_err());
        assert!(release("2.27.6").is_ok() && release("latest").is_err() && release("^2").is_err());
    }
}
