//! The heat map of a run: a matrix of two axes, with the results of the cases at each crossing.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::case_repeats::{self, CaseRepeats, Spread, group_repeats};
use crate::format;
use precall_results::CaseResult;
use precall_results::Outcome;

/// A table of cells.
#[derive(Debug, Serialize)]
pub(super) struct HeatMap {
    /// The axes of the rows and columns, such as `network` and `sdk`.
    pub row_axis: String,
    pub column_axis: String,
    pub columns: Vec<String>,
    pub rows: Vec<HeatRow>,
    /// The further axes, whose values all share a cell.
    pub folded: Vec<String>,
    /// A note that the cells have too few repeats to compare the columns. `None` if they have enough.
    pub warning: Option<String>,
}

#[derive(Debug, Serialize)]
pub(super) struct HeatRow {
    pub name: String,
    pub cells: Vec<Option<HeatCell>>,
}

/// The results of the cases at one crossing.
#[derive(Debug, Serialize)]
pub(super) struct HeatCell {
    /// The index of the case that the cell links to: the first that did not pass, or else the first.
    pub case: usize,
    /// The CSS class: `good`, `bad` or `warn`.
    pub class: &'static str,
    /// `passed`, or `2 of 3 passed`.
    pub verdict: String,
    /// A note that the cell has too few repeats to be compared. `None` if it has enough.
    pub warning: Option<String>,
    /// `3.41`, or for several cases `3.41 (1.48 to 3.37, median of 6)`.
    pub video_mos: String,
    pub video_bitrate: String,
    pub advice: String,
}

/// The axis of cases' names.
const CASE: &str = "case";

/// The axes whose values are compared.
const COMPARED: [&str; 2] = ["sdk", "module"];

/// Returns the heat map of cases. `None` if they do not differ in two axes, because then their list is enough. Columns
/// are releases and rows are networks. Without them, the two axes with the most values are used. Fewer repeats than
/// `minimum` are too few to compare.
pub(super) fn heat_map(cases: &[CaseResult], minimum: Option<usize>) -> Option<HeatMap> {
    let axes = axes(cases);
    let mut names: Vec<_> = axes.iter().filter(|(_, values)| values.len() > 1).collect();
    // The axes with the most values come first, and equal ones in alphabetical order.
    names.sort_by_key(|(name, values)| (std::cmp::Reverse(values.len()), name.as_str()));
    let find = |wanted: &str| names.iter().find(|(name, _)| name == wanted).map(|(name, _)| name.clone());
    let column_axis = COMPARED.into_iter().find_map(find);
    let mut rest = names.iter().map(|(name, _)| name.clone()).filter(|name| Some(name) != column_axis.as_ref());
    let network = names.iter().map(|(name, _)| name).find(|name| name.starts_with("network")).cloned();
    let row_axis = network.or_else(|| rest.next())?;
    let column_axis =
        column_axis.or_else(|| names.iter().map(|(name, _)| name.clone()).find(|name| *name != row_axis))?;
    let values = |axis: &str| axes.iter().find(|(name, _)| name == axis).map_or(&[][..], |(_, values)| values).to_vec();
    let columns = values(&column_axis);
    let mut crossings: BTreeMap<(String, String), Vec<(usize, &CaseResult)>> = BTreeMap::new();
    for (number, case) in cases.iter().enumerate() {
        crossings.entry((value(case, &row_axis), value(case, &column_axis))).or_default().push((number, case));
    }
    let folded: Vec<_> =
        names.iter().map(|(name, _)| name.clone()).filter(|name| *name != row_axis && *name != column_axis).collect();
    // Cases that differ in another axis are not repeats of one another.
    let minimum = if folded.is_empty() { minimum } else { Some(0) };
    let rows = values(&row_axis).into_iter().map(|row| {
        let cells = columns
            .iter()
            .map(|column| crossings.get(&(row.clone(), column.clone())).and_then(|cases| cell(cases, minimum)));
        HeatRow { cells: cells.collect(), name: row }
    });
    let rows = rows.collect();
    let warning = COMPARED.contains(&column_axis.as_str()).then(|| too_few(cases, minimum)).flatten();
    Some(HeatMap { rows, columns, folded, warning, column_axis, row_axis })
}

/// Returns a note if some cells have too few repeats to be compared.
fn too_few(cases: &[CaseResult], minimum: Option<usize>) -> Option<String> {
    let minimum = minimum.filter(|minimum| *minimum > 0)?;
    let fewest = group_repeats(cases).iter().map(|cell| cell.counted().len()).min()?;
    (fewest < minimum).then(|| {
        let repeats = format::count(fewest, "repeat", "repeats");
        format!("The columns cannot be compared with {repeats} in a cell; {minimum} of each are needed.")
    })
}

/// Returns every axis with its values, in the order of the cases.
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

fn cell(cases: &[(usize, &CaseResult)], minimum: Option<usize>) -> Option<HeatCell> {
    let (number, _) = cases.iter().find(|(_, case)| case.outcome != Outcome::Passed).or_else(|| cases.first())?;
    let all = CaseRepeats { cases: cases.iter().map(|(_, case)| *case).collect() };
    let spreads = all.spreads();
    let text = |spread: Option<Spread>, write: fn(f64) -> String| {
        case_repeats::or_none(spread, |spread| in_words(spread, write))
    };
    let counted = all.counted().len();
    let is_enough = minimum.is_some_and(|minimum| counted >= minimum);
    Some(HeatCell {
        case: *number,
        class: super::classes::outcome_class(all.outcome()),
        verdict: all.verdict(),
        warning: (cases.len() > 1 && !is_enough).then(|| "too few to compare".to_owned()),
        video_mos: text(spreads.video_mos, format::mos),
        video_bitrate: text(spreads.video_bitrate, format::bits_per_second),
        advice: all.advice().join(", "),
    })
}

/// Returns `3.41`, or for several values `3.41 (1.48 to 3.37, median of 6)`.
fn in_words(spread: &Spread, write: fn(f64) -> String) -> String {
    let middle = spread.middle(write);
    match spread.range(write) {
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
    fn columns_are_releases_and_rows_are_networks() {
        let passed = Outcome::Passed;
        let cases = [
            case(&[("sdk", "2.27"), ("network", "3g"), ("test.x", "1")], passed),
            case(&[("sdk", "2.35"), ("network", "3g"), ("test.x", "1")], Outcome::Failed),
            case(&[("sdk", "2.35"), ("network", "3g"), ("test.x", "2")], passed),
            case(&[("sdk", "2.27"), ("network", "lte"), ("test.x", "1")], Outcome::Inconclusive),
        ];
        let map = heat_map(&cases, Some(6)).expect("a map");
        assert_eq!(
            (map.row_axis.as_str(), map.column_axis.as_str(), map.folded.join(",").as_str()),
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
    fn any_two_axes_have_a_map_and_one_has_none() {
        let of = |x: &str, y: &str| case(&[("test.x", x), ("test.y", y)], Outcome::Passed);
        let map = heat_map(&[of("1", "1"), of("2", "1"), of("3", "2")], Some(6)).expect("a map");
        assert_eq!((map.row_axis.as_str(), map.column_axis.as_str(), map.columns.len()), ("test.x", "test.y", 2));
        assert!(heat_map(&[of("1", "1"), of("2", "1")], Some(6)).is_none() && heat_map(&[], Some(6)).is_none());
    }

    #[test]
    fn a_cell_has_the_median_of_its_repeats() {
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
        assert!(map.warning.as_deref().is_some_and(|text| text.contains("6 of each are needed")), "{:?}", map.warning);
        cases.truncate(4);
        cases[3].axes.insert("network".to_owned(), "3g".to_owned());
        let enough = heat_map(&cases, Some(1)).expect("a map");
        assert_eq!(enough.warning, None);
        assert!(enough.rows[0].cells[0].as_ref().is_some_and(|cell| cell.warning.is_none()));
    }
}
