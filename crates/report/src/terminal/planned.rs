//! The plan of a run that has not started.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use serde::Serialize;

use super::view::View;
use super::wrap::{indented, width_of, wrapped};
use crate::format;

/// A case that would run.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PlannedCase {
    /// The id of the case.
    pub id: String,
    /// The name of the case in the scenario. Empty if the scenario has only a matrix.
    pub name: String,
    /// The values of the matrix's axes.
    pub axes: BTreeMap<String, String>,
    /// The number of the repeat. `None` if the case is not repeated.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub repeat: Option<u32>,
    /// The expected duration of the case, in seconds.
    pub seconds: f64,
}

/// Returns a line for each case over its repeats, and the expected duration of all cases.
///
/// `takes` is the usual and the longest duration. `again` is the longest time that each case adds if it runs again
/// because the host was busy.
pub fn planned(cases: &[PlannedCase], takes: (Duration, Duration), again: Duration, cpus: usize, view: View) -> String {
    let mut lines: Vec<(String, usize)> = Vec::new();
    let mut places: HashMap<String, usize> = HashMap::new();
    for case in cases {
        let id = without_repeat(case);
        match places.get(&id) {
            Some(place) => lines[*place].1 += 1,
            None => {
                places.insert(id.clone(), lines.len());
                lines.push((id, 1));
            }
        }
    }
    let has_repeats = cases.iter().any(|case| case.repeat.is_some());
    let widest = lines.iter().map(|(id, _)| width_of(id)).max().unwrap_or(0);
    let mut text = String::new();
    for (id, repeats) in &lines {
        let repeats =
            if has_repeats { format!("  {}", format::count(*repeats, "repeat", "repeats")) } else { String::new() };
        let line = format!("{id:<widest$}{repeats}");
        match width_of(&line) <= view.width {
            true => text.push_str(&format!("{}\n", line.trim_end())),
            // An id is one word, and is long only if it has many axes, so it may break after each of them.
            false => text.push_str(&indented(&format!("{}{repeats}", id.replace(',', ", ")), view.width, 0)),
        }
    }
    let count = format::count(cases.len(), "case", "cases");
    let cpus = format::count(cpus, "CPU", "CPUs");
    let (usual, longest, again) = (format::duration(takes.0), format::duration(takes.1), format::duration(again));
    let line = format!(
        "{count}, about {usual} on {cpus}, at most {longest}; each case that runs again because the host was busy adds up to {again}"
    );
    text.push_str(&format!("\n{}", wrapped(&line, view.width)));
    text
}

fn without_repeat(case: &PlannedCase) -> String {
    match case.repeat {
        Some(repeat) => {
            let end = format!("repeat={repeat}");
            let rest = case.id.strip_suffix(&end).unwrap_or(&case.id).trim_end_matches(',');
            if rest.is_empty() { "case".to_owned() } else { rest.to_owned() }
        }
        None => case.id.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plan_with_its_duration() {
        let case = |id: &str, repeat| PlannedCase {
            id: id.to_owned(),
            name: String::new(),
            axes: BTreeMap::new(),
            repeat,
            seconds: 36.0,
        };
        let cases = [case("sdk=2.27.6,network=3g", None), case("sdk=2.35.2,network=3g", None)];
        let planned = |cases: &[PlannedCase], width| {
            let takes = (Duration::from_secs(2400), Duration::from_secs(3723));
            planned(cases, takes, Duration::from_secs(38), 2, View::plain(width))
        };
        insta::assert_snapshot!(planned(&cases, 80));
        let cases = [1, 2].map(|repeat| case(&format!("sdk=2.27.6,network=3g,repeat={repeat}"), Some(repeat)));
        assert!(planned(&cases, 80).starts_with("sdk=2.27.6,network=3g  2 repeats\n"));
        let narrow = planned(&cases, 24);
        assert!(narrow.starts_with("sdk=2.27.6, network=3g\n  2 repeats\n"), "{narrow}");
    }
}
