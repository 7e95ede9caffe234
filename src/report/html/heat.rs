//! The matrix of a run: two axes, and what the cases at each of their crossings came to.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::event::CaseResult;
use crate::outcome::Outcome;
use crate::report::figures::Figures;

/// A table of cells.
#[derive(Debug, Serialize)]
pub(super) struct HeatMap {
    /// The axes, such as `network` by `sdk`.
    pub down: String,
    pub across: String,
    pub columns: Vec<String>,
    pub rows: Vec<Row>,
    /// The axes that every cell has all values of.
    pub folded: Vec<String>,
}

#[derive(Debug, Serialize)]
pub(super) struct Row {
    pub name: String,
    pub cells: Vec<Option<Cell>>,
}

/// What the cases at one crossing came to.
#[derive(Debug, Serialize)]
pub(super) struct Cell {
    /// The number of the case that speaks for it: the first that did not pass, or the first.
    pub case: usize,
    /// `good`, `bad`, `warn`.
    pub class: &'static str,
    /// `passed`, or `2 of 3 passed`.
    pub verdict: String,
    pub video_mos: String,
    pub advice: String,
}

/// The axis of cases' names.
const CASE: &str = "case";

/// The heat map of cases; `None` when they do not differ in two axes: then their list says as much. Releases stand across,
/// networks down; without them, the two axes with the most values.
pub(super) fn heat_map(cases: &[CaseResult]) -> Option<HeatMap> {
    let axes = axes(cases);
    let mut names: Vec<_> = axes.iter().filter(|(_, values)| values.len() > 1).collect();
    // Those with the most values first; of equals, the one that is read first.
    names.sort_by_key(|(name, values)| (std::cmp::Reverse(values.len()), name.as_str()));
    let find = |wanted: &str| names.iter().find(|(name, _)| name == wanted).map(|(name, _)| name.clone());
    let across = find("sdk").or_else(|| find("module"));
    let mut rest = names.iter().map(|(name, _)| name.clone()).filter(|name| Some(name) != across.as_ref());
    let network = names.iter().map(|(name, _)| name).find(|name| name.starts_with("network")).cloned();
    let down = network.or_else(|| rest.next())?;
    let across = across.or_else(|| names.iter().map(|(name, _)| name.clone()).find(|name| *name != down))?;
    let values = |axis: &str| axes.iter().find(|(name, _)| name == axis).map_or(&[][..], |(_, values)| values).to_vec();
    let columns = values(&across);
    let mut crossings: BTreeMap<(String, String), Vec<(usize, &CaseResult)>> = BTreeMap::new();
    for (number, case) in cases.iter().enumerate() {
        crossings.entry((value(case, &down), value(case, &across))).or_default().push((number, case));
    }
    let rows = values(&down).into_iter().map(|row| {
        let cells =
            columns.iter().map(|column| crossings.get(&(row.clone(), column.clone())).and_then(|cases| cell(cases)));
        Row { cells: cells.collect(), name: row }
    });
    let folded = names.iter().map(|(name, _)| name.clone()).filter(|name| *name != down && *name != across);
    Some(HeatMap { rows: rows.collect(), columns, folded: folded.collect(), across, down })
}

/// Every axis with its values, in the order in which they come.
fn axes(cases: &[CaseResult]) -> Vec<(String, Vec<String>)> {
    let mut names: Vec<String> = vec![CASE.to_owned()];
    for axis in cases.iter().flat_map(|case| case.axes.keys()) {
        if !names.contains(axis) {
            names.push(axis.clone());
        }
    }
    let values = |axis: &str| {
        let mut seen = std::collections::HashSet::new();
        cases.iter().map(|case| value(case, axis)).filter(|value| seen.insert(value.clone())).collect()
    };
    names.into_iter().map(|name| (name.clone(), values(&name))).collect()
}

fn value(case: &CaseResult, axis: &str) -> String {
    if axis == CASE { case.name.clone() } else { case.axes.get(axis).cloned().unwrap_or_default() }
}

fn cell(cases: &[(usize, &CaseResult)]) -> Option<Cell> {
    let passed = cases.iter().filter(|(_, case)| case.outcome == Outcome::Passed).count();
    let (number, case) = cases.iter().find(|(_, case)| case.outcome != Outcome::Passed).or_else(|| cases.first())?;
    let figures = Figures::of(case);
    let verdict = match cases.len() {
        1 => case.outcome.as_str().to_owned(),
        all => format!("{passed} of {all} passed"),
    };
    let class = super::case::class(Outcome::gravest(&cases.iter().map(|(_, case)| case.outcome).collect::<Vec<_>>()));
    Some(Cell { case: *number, class, verdict, video_mos: figures.video_mos, advice: figures.advice })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::fixture::recorded;

    fn case(axes: &[(&str, &str)], outcome: Outcome) -> CaseResult {
        let mut case = recorded().result.cases.remove(0);
        case.axes = axes.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        case.outcome = outcome;
        case
    }

    #[test]
    fn releases_stand_across_and_networks_down() {
        let passed = Outcome::Passed;
        let cases = [
            case(&[("sdk", "2.27"), ("network", "3g"), ("test.x", "1")], passed),
            case(&[("sdk", "2.35"), ("network", "3g"), ("test.x", "1")], Outcome::Failed),
            case(&[("sdk", "2.35"), ("network", "3g"), ("test.x", "2")], passed),
            case(&[("sdk", "2.27"), ("network", "lte"), ("test.x", "1")], Outcome::Inconclusive),
        ];
        let map = heat_map(&cases).expect("a map");
        assert_eq!(
            (map.down.as_str(), map.across.as_str(), map.folded.join(",").as_str()),
            ("network", "sdk", "test.x")
        );
        let cells: Vec<_> = map
            .rows
            .iter()
            .flat_map(|row| &row.cells)
            .map(|cell| cell.as_ref().map(|cell| (cell.case, cell.class, cell.verdict.clone())))
            .collect();
        assert_eq!(
            cells,
            [
                Some((0, "good", "passed".to_owned())),
                Some((1, "bad", "1 of 2 passed".to_owned())),
                Some((3, "warn", "inconclusive".to_owned())),
                None
            ]
        );
    }

    #[test]
    fn other_axes_will_do_and_one_alone_has_no_map() {
        let of = |x: &str, y: &str| case(&[("test.x", x), ("test.y", y)], Outcome::Passed);
        let map = heat_map(&[of("1", "1"), of("2", "1"), of("3", "2")]).expect("a map");
        assert_eq!((map.down.as_str(), map.across.as_str(), map.columns.len()), ("test.x", "test.y", 2));
        assert!(heat_map(&[of("1", "1"), of("2", "1")]).is_none() && heat_map(&[]).is_none());
    }
}
