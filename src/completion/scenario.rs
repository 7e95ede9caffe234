//! Filters of the scenario that is on the command line: its cases, its axes and their values.

use std::collections::BTreeSet;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

use clap_complete::engine::CompletionCandidate;

use precall_scenario::Scenario;
use precall_scenario::load;
use precall_scenario::plan::{Filter, Releases, expand};

/// The most cases of a scenario whose releases are looked at, too: each of them is a case of its own.
const MOST_CASES: usize = 2_000;

/// Returns the terms that can follow in a filter: `clean`, `network=`, `network=3g`.
pub(crate) fn filters(typed: &OsStr) -> Vec<CompletionCandidate> {
    terms(&named_scenarios(), &typed.to_string_lossy()).into_iter().map(CompletionCandidate::new).collect()
}

/// Returns the names of cases.
pub(crate) fn case_names(typed: &OsStr) -> Vec<CompletionCandidate> {
    let (names, _) = names_and_axes(&named_scenarios());
    let names = names.iter().map(|name| Filter::pattern(name));
    names.filter(|name| name.starts_with(&*typed.to_string_lossy())).map(CompletionCandidate::new).collect()
}

/// The scenarios on the command line. One that is wrong has no values to offer; `precall check` says why.
fn named_scenarios() -> Vec<Scenario> {
    let words: Vec<_> = std::env::args_os().collect();
    scenarios_on(&words).iter().filter_map(|path| load(path).ok()).collect()
}

/// Returns the scenario files among the words behind `--`, where the script of a shell has the words of its line.
fn scenarios_on(words: &[OsString]) -> Vec<PathBuf> {
    let line = words.iter().skip_while(|word| *word != "--").skip(1);
    line.map(Path::new).filter(|path| path.extension().is_some_and(|end| end == "toml")).map(Path::to_owned).collect()
}

/// The filters of scenarios that begin with what is typed. The terms before the last comma stay as they are.
fn terms(scenarios: &[Scenario], typed: &str) -> BTreeSet<String> {
    let (before, term) = typed.rsplit_once(',').map_or(("", typed), |(before, term)| (&typed[..=before.len()], term));
    let (names, axes) = names_and_axes(scenarios);
    let separator = ["!=", "="].into_iter().find(|separator| term.contains(separator));
    let mut found: BTreeSet<String> =
        match separator.and_then(|separator| Some((separator, term.split_once(separator)?))) {
            Some((separator, (axis, _))) => {
                let values = axes.iter().filter(|(name, _)| name == axis).map(|(_, value)| value);
                let names = names.iter().filter(|_| axis == "case");
                values.chain(names).map(|value| format!("{axis}{separator}{}", Filter::pattern(value))).collect()
            }
            None => {
                let axes = axes.iter().map(|(axis, _)| format!("{axis}="));
                names.iter().map(|name| Filter::pattern(name)).chain(axes).collect()
            }
        };
    found.retain(|candidate| candidate.starts_with(term));
    found.into_iter().map(|term| format!("{before}{term}")).collect()
}

/// The names of cases, and the axes with each of their values.
fn names_and_axes(scenarios: &[Scenario]) -> (BTreeSet<String>, BTreeSet<(String, String)>) {
    let (mut names, mut axes) = (BTreeSet::new(), BTreeSet::new());
    for scenario in scenarios {
        let specs = scenario.cases.iter();
        names.extend(specs.clone().map(|spec| spec.name.clone()).filter(|name| !name.is_empty()));
        axes.extend(specs.flat_map(|spec| spec.axes.iter().map(|axis| (axis.name.clone(), axis.value.clone()))));
        if scenario.cases.len() > MOST_CASES {
            continue;
        }
        // Repeats have the axes of their case.
        let mut once = scenario.clone();
        once.cases.iter_mut().for_each(|case| case.repeat = 1);
        let cases = expand(&[once], &Releases::default()).unwrap_or_default();
        axes.extend(cases.into_iter().flat_map(|case| case.axes));
    }
    (names, axes)
}

#[cfg(test)]
mod tests {
    use precall_scenario::parse;

    use super::*;

    fn scenario() -> Scenario {
        let text = "[matrix]\nnetwork = [\"3g\", \"cable\"]\n[[case]]\nname = \"a\"\n[[case]]\nname = \"b\"\n";
        parse(text, Path::new("a.toml")).expect("a scenario")
    }

    #[test]
    fn filters_are_those_of_the_scenario() {
        let of = |typed: &str| terms(&[scenario()], typed).into_iter().collect::<Vec<_>>();
        assert_eq!(of(""), ["a", "b", "network="]);
        assert_eq!(of("n"), ["network="]);
        assert_eq!(of("network="), ["network=3g", "network=cable"]);
        assert_eq!(of("network!=c"), ["network!=cable"]);
        assert_eq!(of("network=3g,"), ["network=3g,a", "network=3g,b", "network=3g,network="]);
        assert_eq!(of("case!="), ["case!=a", "case!=b"]);
        assert_eq!(of("sdk="), [] as [&str; 0]);
        assert_eq!(terms(&[], "n").len(), 0);
    }

    #[test]
    fn scenario_is_found_behind_the_words_of_the_script() {
        let words = ["precall.toml", "--", "precall", "run", "a/b.toml", "--filter", ""].map(OsString::from);
        assert_eq!(scenarios_on(&words), [PathBuf::from("a/b.toml")]);
        assert_eq!(scenarios_on(&words[..1]), [] as [PathBuf; 0]);
    }
}
