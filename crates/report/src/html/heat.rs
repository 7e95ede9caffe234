//! The matrix of a run: two axes, and what the cases at each of their crossings came to.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::cells::{self, Spread, cells};
use crate::format;
use precall_results::CaseResult;
use precall_results::Outcome;

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
    /// That there are too few repeats to compare the columns by, if there are.
    pub warning: Option<String>,
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
    /// That there are too few repeats to compare it with another cell.
    pub warning: Option<String>,
    /// `3.41`; of several cases `3.41 (1.48 to 3.37, median of 6)`.
    pub video_mos: String,
    pub video_bitrate: String,
    pub advice: String,
}

/// The axis of cases' names.
const CASE: &str = "case";

/// The axes whose values are compared.
const COMPARED: [&str; 2] = ["sdk", "module"];

/// The heat map of cases; `None` when they do not differ in two axes: then their list says as much. Releases stand across,
/// networks down; without them, the two axes with the most values. With fewer repeats than `minimum` nothing can be compared.
pub(super) fn heat_map(cases: &[CaseResult], minimum: Option<usize>) -> Option<HeatMap> {
    let axes = axes(cases);
    let mut names: Vec<_> = axes.iter().filter(|(_, values)| values.len() > 1).collect();
    // Those with the most values first; of equals, the one that is read first.
    names.sort_by_key(|(name, values)| (std::cmp::Reverse(values.len()), name.as_str()));
    let find = |wanted: &str| names.iter().find(|(name, _)| name == wanted).map(|(name, _)| name.clone());
    let across = COMPARED.into_iter().find_map(find);
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
    let folded: Vec<_> =
        names.iter().map(|(name, _)| name.clone()).filter(|name| *name != down && *name != across).collect();
    // Cases that differ in another axis are no repeats of one another.
    let minimum = if folded.is_empty() { minimum } else { Some(0) };
    let rows = values(&down).into_iter().map(|row| {
        let cells = columns
            .iter()
            .map(|column| crossings.get(&(row.clone(), column.clone())).and_then(|cases| cell(cases, minimum)));
        Row { cells: cells.collect(), name: row }
    });
    let rows = rows.collect();
    let warning = COMPARED.contains(&across.as_str()).then(|| too_few(cases, minimum)).flatten();
    Some(HeatMap { rows, columns, folded, warning, across, down })
}

/// That some cells have too few repeats to be compared.
fn too_few(cases: &[CaseResult], minimum: Option<usize>) -> Option<String> {
    let minimum = minimum.filter(|minimum| *minimum > 0)?;
    let fewest = cells(cases).iter().map(|cell| cell.counting().len()).min()?;
    (fewest < minimum).then(|| {
        let repeats = format::count(fewest, "repeat", "repeats");
        format!("With {repeats} in a cell the columns cannot be compared; it takes {minimum} of each.")
    })
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

fn cell(cases: &[(usize, &CaseResult)], minimum: Option<usize>) -> Option<Cell> {
    let (number, _) = cases.iter().find(|(_, case)| case.outcome != Outcome::Passed).or_else(|| cases.first())?;
    let all = cells::Cell { cases: cases.iter().map(|(_, case)| *case).collect() };
    let spreads = all.spreads();
    let text =
        |spread: Option<Spread>, write: fn(f64) -> String| cells::or_none(spread, |spread| in_words(spread, write));
    let counted = all.counting().len();
    let is_enough = minimum.is_some_and(|minimum| counted >= minimum);
    Some(Cell {
        case: *number,
        class: super::case::class(all.outcome()),
        verdict: all.verdict(),
        warning: (cases.len() > 1 && !is_enough).then(|| "too few to compare".to_owned()),
        video_mos: text(spreads.video_mos, format::mos),
        video_bitrate: text(spreads.video_bitrate, format::bits_per_second),
        advice: all.advice().join(", "),
    })
}

/// `3.41`; of several values `3.41 (1.48 to 3.37, median of 6)`.
fn in_words(spread: &Spread, write: fn(f64) -> String) -> String {
    let middle = spread.middle(write);
    match spread.range(write) {
        // The same in each of them, which is what the range says then.
        Some(range) if write(spread.low) == write(spread.high) => format!("{middle} ({range})"),
        Some(range) => format!("{middle} ({range}, median of {})", spread.count),
        None => middle,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::recorded;

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
        let map = heat_map(&cases, Some(6)).expect("a map");
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
        let map = heat_map(&[of("1", "1"), of("2", "1"), of("3", "2")], Some(6)).expect("a map");
        assert_eq!((map.down.as_str(), map.across.as_str(), map.columns.len()), ("test.x", "test.y", 2));
        assert!(heat_map(&[of("1", "1"), of("2", "1")], Some(6)).is_none() && heat_map(&[], Some(6)).is_none());
    }

    #[test]
    fn a_cell_of_repeats_has_the_median_of_all_of_them() {
        let repeat = |sdk: &str, number: u32, mos: f64, outcome: Outcome| {
            let mut case = case(&[("sdk", sdk), ("network", "wifi-hotel")], outcome);
            case.repeat = Some(number);
            case.measured.quality.get_or_insert_default().video.mos = Some(mos);
            case
        };
        let mut cases = vec![
            repeat("2.34.2", 1, 1.48, Outcome::Failed),
            repeat("2.34.2", 2, 3.37, Outcome::Passed),
            repeat("2.35.2", 1, 3.41, Outcome::Failed),
            repeat("2.35.2", 2, 2.99, Outcome::Passed),
            case(&[("sdk", "2.35.2"), ("network", "3g")], Outcome::Passed),
        ];
        let map = heat_map(&cases, Some(6)).expect("a map");
        let old = map.rows[0].cells[0].as_ref().expect("a cell");
        assert_eq!((old.verdict.as_str(), old.class, old.case), ("1 of 2 passed", "bad", 0));
        assert_eq!(old.warning.as_deref(), Some("too few to compare"));
        assert_eq!(old.video_mos, "2.42 (1.48 to 3.37, median of 2)");
        assert!(map.warning.as_deref().is_some_and(|text| text.contains("it takes 6 of each")), "{:?}", map.warning);
        cases.truncate(4);
        cases[3].axes.insert("network".to_owned(), "3g".to_owned());
        let enough = heat_map(&cases, Some(1)).expect("a map");
        assert_eq!(enough.warning, None);
        assert!(enough.rows[0].cells[0].as_ref().is_some_and(|cell| cell.warning.is_none()));
    }
}
