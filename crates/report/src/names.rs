//! Short names of cases: only the parts that distinguish them from other cases of the run.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use precall_results::{CaseKey, RunResult};
use precall_support::text::{Printable, is_control};

/// The axes whose values are self-explanatory.
const KNOWN_BY_THEIR_VALUES: [&str; 4] = ["sdk", "module", "network", "network.profile"];

/// The short names of a run's cases: `3g 2.34.2 #1` for `network=3g,sdk=2.34.2,repeat=1`. They are unique within the
/// run.
///
/// A name has the case's name and the values of its axes, in the order of its id. Parts that all cases of the run share
/// are omitted. A value that is not self-explanatory has its axis before it: `cpuSlowdown=4`.
#[derive(Debug, Clone, Default)]
pub struct Names {
    cases: HashMap<String, String>,
    cells: HashMap<CaseKey, String>,
}

/// The parts of an id.
#[derive(Debug, Clone, PartialEq, Eq)]
struct IdParts {
    name: String,
    axes: Vec<(String, String)>,
    repeat: Option<String>,
}

impl Names {
    /// Returns the names for all planned cases of a run, so that they are the same from its start to its reports.
    pub fn of_run(run: &RunResult) -> Self {
        let planned = run.run.cases.iter().map(|case| case.id.as_str());
        Self::new(planned.chain(run.cases.iter().map(|case| case.case.as_str())))
    }

    /// Returns the names for cases with these ids.
    pub fn new<'a>(ids: impl IntoIterator<Item = &'a str>) -> Self {
        let mut seen = BTreeSet::new();
        let all: Vec<_> = ids.into_iter().filter(|id| seen.insert(*id)).map(|id| (id, IdParts::of(id))).collect();
        let style = NameStyle::of(all.iter().map(|(_, parts)| parts));
        let mut names = Self::default();
        for (id, parts) in &all {
            let mut cell = style.cell(parts);
            if cell.is_empty() {
                cell = parts.without_repeat();
            }
            names.cells.entry(parts.key()).or_insert_with(|| cell.clone());
            let repeat = parts.repeat.as_ref().map(|repeat| format!(" #{repeat}")).unwrap_or_default();
            names.cases.insert((*id).to_owned(), format!("{cell}{repeat}"));
        }
        names.make_unique();
        // The ids of a recorded run are not trusted.
        let all = names.cases.values_mut().chain(names.cells.values_mut());
        all.filter(|name| name.contains(is_control)).for_each(|name| *name = Printable::line(name).to_string());
        names
    }

    /// Gives cases with the same name their ids as names. If an id is the name of another case, all cases get their
    /// ids.
    fn make_unique(&mut self) {
        let counts = counted(self.cases.values());
        self.cases.iter_mut().filter(|(_, name)| counts[name.as_str()] > 1).for_each(|(id, name)| name.clone_from(id));
        if counted(self.cases.values()).len() < self.cases.len() {
            self.cases.iter_mut().for_each(|(id, name)| name.clone_from(id));
        }
        let counts = counted(self.cells.values());
        for (key, short) in self.cells.iter_mut().filter(|(_, short)| counts[short.as_str()] > 1) {
            *short = key.id();
        }
    }

    /// Returns the short name of a case, or its id if the run has no such case.
    pub fn case<'a>(&'a self, id: &'a str) -> &'a str {
        self.cases.get(id).map_or(id, String::as_str)
    }

    /// Returns the short name of a case without its repeat. `id` is the id of any repeat, or the id without a repeat.
    pub fn cell<'a>(&'a self, id: &'a str) -> &'a str {
        self.cells.get(&IdParts::of(id).key()).map_or(id, String::as_str)
    }
}

impl IdParts {
    fn of(id: &str) -> Self {
        let mut parts = Self { name: String::new(), axes: Vec::new(), repeat: None };
        for part in id.split(',') {
            match part.split_once('=') {
                Some(("repeat", repeat)) => parts.repeat = Some(repeat.to_owned()),
                Some((axis, value)) => parts.axes.push((axis.to_owned(), value.to_owned())),
                None if parts.name.is_empty() => part.clone_into(&mut parts.name),
                // An id normally has one name. A second one is kept as part of the first.
                None => parts.name = format!("{},{part}", parts.name),
            }
        }
        parts
    }

    /// Returns the key of the repeats of a case, which does not depend on the order of the axes in the id.
    fn key(&self) -> CaseKey {
        CaseKey { name: self.name.clone(), axes: self.axes.iter().cloned().collect() }
    }

    /// Returns all parts but the repeat, for a case without a distinguishing part.
    fn without_repeat(&self) -> String {
        let word =
            |(axis, value): &(String, String)| if is_bare(value) { format!("{axis}={value}") } else { value.clone() };
        let axes = self.axes.iter().map(word);
        let name = Some(self.name.clone()).filter(|name| !name.is_empty());
        let words: Vec<_> = name.into_iter().chain(axes).collect();
        if words.is_empty() { "case".to_owned() } else { words.join(" ") }
    }
}

fn counted<'a>(names: impl Iterator<Item = &'a String>) -> HashMap<String, usize> {
    names.fold(HashMap::new(), |mut counts, name| {
        *counts.entry(name.clone()).or_default() += 1;
        counts
    })
}

/// The parts that names of this run have.
struct NameStyle {
    has_name: bool,
    /// The axes in which cases differ, each with the text before its values.
    axes: BTreeMap<String, String>,
}

impl NameStyle {
    fn of<'a>(all: impl Iterator<Item = &'a IdParts> + Clone) -> Self {
        let names: BTreeSet<_> = all.clone().map(|parts| parts.name.as_str()).collect();
        let count = all.clone().count();
        let mut values: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for (axis, value) in all.flat_map(|parts| &parts.axes) {
            values.entry(axis).or_default().push(value);
        }
        values.retain(|_, values| values.len() < count || values.iter().any(|value| *value != values[0]));
        let is_labelled = |axis: &str| {
            let own = &values[axis];
            let is_like_another = values.iter().any(|(other, theirs)| *other != axis && are_alike(own, theirs));
            !KNOWN_BY_THEIR_VALUES.contains(&axis) && (is_like_another || own.iter().any(|value| is_bare(value)))
        };
        let last = |axis: &str| axis.rsplit('.').next().unwrap_or(axis).to_owned();
        let label = |axis: &str| {
            let is_known_by_its_end = values.keys().filter(|other| last(other) == last(axis)).count() == 1;
            if is_known_by_its_end { last(axis) } else { axis.to_owned() }
        };
        let prefix = |axis: &str| if is_labelled(axis) { format!("{}=", label(axis)) } else { String::new() };
        let axes = values.keys().map(|axis| ((*axis).to_owned(), prefix(axis))).collect();
        Self { has_name: names.len() > 1, axes }
    }

    fn cell(&self, parts: &IdParts) -> String {
        let name = Some(parts.name.clone()).filter(|name| self.has_name && !name.is_empty());
        let axes = parts.axes.iter().filter_map(|(axis, value)| Some(format!("{}{value}", self.axes.get(axis)?)));
        name.into_iter().chain(axes).collect::<Vec<_>>().join(" ")
    }
}

/// Returns whether a value is a number or a boolean, which needs its axis to be understood.
fn is_bare(value: &str) -> bool {
    value.parse::<f64>().is_ok() || matches!(value, "true" | "false")
}

/// Returns whether values of two axes could be confused, because they share a value or a unit.
fn are_alike(a: &[&str], b: &[&str]) -> bool {
    let unit = |value: &str| {
        let unit = value.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.');
        Some(unit.to_owned())
            .filter(|unit| unit.len() < value.len() && unit.chars().all(|c| c.is_alphabetic() || c == '_'))
    };
    a.iter().any(|one| b.iter().any(|other| one == other || (unit(one).is_some() && unit(one) == unit(other))))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn names(ids: &[&str]) -> Vec<String> {
        let names = Names::new(ids.iter().copied());
        ids.iter().map(|id| names.case(id).to_owned()).collect()
    }

    #[test]
    fn shared_parts_are_left_out() {
        let ids =
            ["network=3g,sdk=2.34.2,repeat=1", "network=3g,sdk=2.35.2,repeat=1", "network=3g,sdk=2.34.2,repeat=2"];
        assert_eq!(names(&ids), ["2.34.2 #1", "2.35.2 #1", "2.34.2 #2"]);
        let ids = ["network=3g,sdk=2.34.2,repeat=1", "network=wifi-hotel,sdk=2.35.2,repeat=1"];
        assert_eq!(names(&ids), ["3g 2.34.2 #1", "wifi-hotel 2.35.2 #1"]);
        assert_eq!(names(&["clean", "slow-lossy"]), ["clean", "slow-lossy"]);
        assert_eq!(names(&["clean,sdk=2.34.2", "clean,sdk=latest"]), ["2.34.2", "latest"]);
    }

    #[test]
    fn a_single_case_keeps_its_name() {
        assert_eq!(names(&["clean"]), ["clean"]);
        assert_eq!(names(&["clean,repeat=1", "clean,repeat=2"]), ["clean #1", "clean #2"]);
        assert_eq!(names(&["network=3g,sdk=2.34.2"]), ["3g 2.34.2"]);
        assert_eq!(names(&["repeat=1", "repeat=2"]), ["case #1", "case #2"]);
    }

    #[test]
    fn ambiguous_values_have_their_axis() {
        let ids = ["devices.cpuSlowdown=4,network=3g", "devices.cpuSlowdown=1,network=lte"];
        assert_eq!(names(&ids), ["cpuSlowdown=4 3g", "cpuSlowdown=1 lte"]);
        let ids = ["network.delay=80ms,network.jitter=20ms", "network.delay=10ms,network.jitter=10ms"];
        assert_eq!(names(&ids), ["delay=80ms jitter=20ms", "delay=10ms jitter=10ms"]);
        let ids =
            ["network.up.rate=1Mbit_s,network.down.rate=2Mbit_s", "network.up.rate=2Mbit_s,network.down.rate=1Mbit_s"];
        assert_eq!(names(&ids)[0], "network.up.rate=1Mbit_s network.down.rate=2Mbit_s");
        let ids = ["network.loss=2pct,network.delay=80ms", "network.loss=1pct,network.delay=10ms"];
        assert_eq!(names(&ids), ["2pct 80ms", "1pct 10ms"]);
    }

    #[test]
    fn cases_with_equal_names_get_their_ids() {
        let ids = ["3g", "network=3g", "lte"];
        assert_eq!(names(&ids), ["3g", "network=3g", "lte"]);
    }

    #[test]
    fn a_cell_is_found_by_any_of_its_ids() {
        let names = Names::new(["slow,sdk=2.34.2,network=3g,repeat=1", "slow,sdk=2.35.2,network=lte,repeat=1"]);
        assert_eq!(names.cell("slow,sdk=2.34.2,network=3g,repeat=1"), "2.34.2 3g");
        assert_eq!(names.cell("slow,network=3g,sdk=2.34.2"), "2.34.2 3g", "the order of axes does not matter");
        assert_eq!((names.cell("other"), names.case("other")), ("other", "other"));
    }

    proptest! {
        #[test]
        fn no_two_cases_share_a_name(
            cases in prop::collection::btree_set(
                (0..3usize, prop::option::of(0..3usize), prop::option::of(0..3usize), prop::option::of(1..4usize)), 1..20,
            ),
        ) {
            let ids: Vec<String> = cases.iter().map(|(name, network, sdk, repeat)| {
                let words = ["3g", "lte", "2.34.2"];
                let name = ["", "3g", "slow"][*name].to_owned();
                let axis = |axis: &str, value: &Option<usize>| value.map(|value| format!("{axis}={}", words[value]));
                let repeat = repeat.map(|repeat| format!("repeat={repeat}"));
                let parts = [Some(name).filter(|name| !name.is_empty()), axis("network", network), axis("sdk", sdk), repeat];
                parts.into_iter().flatten().collect::<Vec<_>>().join(",")
            }).collect();
            let names = Names::new(ids.iter().map(String::as_str));
            let short: BTreeSet<_> = ids.iter().map(|id| names.case(id)).collect();
            prop_assert_eq!(short.len(), ids.len(), "{:?}", short);
        }
    }
}
