//! Values that precall itself knows: networks, metrics, formats of reports, browsers.

use std::ffi::OsStr;

use clap_complete::engine::{CompletionCandidate, PathCompleter, ValueCompleter};

use precall_browser::BrowserRelease;
use precall_report::Format;
use precall_results::Metric;
use precall_scenario::{BrowserKind, catalogue};

/// Returns the candidates that begin with what is typed.
fn beginning(typed: &OsStr, all: impl IntoIterator<Item = CompletionCandidate>) -> Vec<CompletionCandidate> {
    let typed = typed.to_string_lossy();
    all.into_iter().filter(|candidate| candidate.get_value().to_string_lossy().starts_with(&*typed)).collect()
}

fn with_help(value: impl Into<std::ffi::OsString>, help: &str) -> CompletionCandidate {
    CompletionCandidate::new(value).help(Some(help.to_owned().into()))
}

/// Returns the networks of the catalogue.
pub(crate) fn networks(typed: &OsStr) -> Vec<CompletionCandidate> {
    beginning(typed, catalogue().into_iter().map(|network| with_help(network.name, &network.description)))
}

/// Returns the metrics whose values are numbers.
pub(crate) fn metrics_with_numbers(typed: &OsStr) -> Vec<CompletionCandidate> {
    beginning(typed, Metric::numeric().map(|metric| with_help(metric.as_str(), metric.row().description)))
}

/// Returns the metrics that comparisons look at.
pub(crate) fn compared_metrics(typed: &OsStr) -> Vec<CompletionCandidate> {
    beginning(typed, Metric::compared().map(|metric| with_help(metric.as_str(), metric.row().description)))
}

/// Returns the metrics that comparisons look at, each with the sign behind which the change is written.
pub(crate) fn minimum_effects(typed: &OsStr) -> Vec<CompletionCandidate> {
    let of = |metric: Metric| with_help(format!("{}=", metric.as_str()), metric.row().description);
    beginning(typed, Metric::compared().map(of))
}

/// Returns the formats of reports.
pub(crate) fn report_requests(typed: &OsStr) -> Vec<CompletionCandidate> {
    beginning(typed, Format::ALL.map(|format| CompletionCandidate::new(format.as_str())))
}

/// Returns the browsers of this host.
pub(crate) fn browsers(typed: &OsStr) -> Vec<CompletionCandidate> {
    beginning(typed, BrowserKind::WORDS.into_iter().map(|(word, _)| CompletionCandidate::new(word)))
}

/// Returns the browsers that can be installed: each kind alone, and with its channels.
pub(crate) fn browsers_to_install(typed: &OsStr) -> Vec<CompletionCandidate> {
    let of_kind = |(word, kind): (&str, BrowserKind)| {
        let channels = BrowserRelease::channels(kind).iter().map(|channel| format!("{word}@{channel}"));
        std::iter::once(word.to_owned()).chain(channels).collect::<Vec<_>>()
    };
    beginning(typed, BrowserKind::WORDS.into_iter().flat_map(of_kind).map(CompletionCandidate::new))
}

/// Returns the release that needs no number, and paths of builds. precall does not ask npm while a person types.
pub(crate) fn releases(typed: &OsStr) -> Vec<CompletionCandidate> {
    let mut all = beginning(typed, [with_help("latest", "the newest release")]);
    all.extend(PathCompleter::file().filter(|path| path.extension().is_some_and(|kind| kind == "js")).complete(typed));
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(candidates: Vec<CompletionCandidate>) -> Vec<String> {
        candidates.iter().map(|candidate| candidate.get_value().to_string_lossy().into_owned()).collect()
    }

    #[test]
    fn values_come_from_the_tables_of_the_program() {
        assert_eq!(values(networks(OsStr::new(""))).len(), catalogue().len());
        assert!(values(networks(OsStr::new("3g"))).contains(&"3g".to_owned()));
        assert_eq!(values(compared_metrics(OsStr::new("video.bitr"))), ["video.bitrate"]);
        assert_eq!(values(minimum_effects(OsStr::new("video.bitr"))), ["video.bitrate="]);
        assert_eq!(values(metrics_with_numbers(OsStr::new("link.roundT"))), ["link.roundTripTime"]);
        assert_eq!(values(report_requests(OsStr::new("juni"))), ["junit"]);
        assert_eq!(values(browsers(OsStr::new("f"))), ["firefox"]);
        assert_eq!(values(browsers_to_install(OsStr::new("chrome@b"))), ["chrome@beta"]);
        assert_eq!(values(browsers_to_install(OsStr::new("firefox")))[0], "firefox");
        assert_eq!(values(networks(OsStr::new("no such"))), [] as [String; 0]);
    }
}
