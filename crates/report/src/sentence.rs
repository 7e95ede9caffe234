//! The results of a comparison in sentences: one for each cell, and one for the whole comparison.

use super::compared;
use super::format::{self, NONE};
use precall_judge::comparison::{CellComparison, Change, Comparison, MetricComparison};
use precall_judge::statistics::fewest_repeats;
use precall_results::{CaseKind, Metric};
use precall_support::text::listed;

/// The figures whose smallest detectable change is mentioned.
const MAIN_FIGURES: [Metric; 2] = [Metric::VideoBitrate, Metric::VideoMos];

/// Returns the names of both sides: their releases or modules if these differ, or else the names of the runs.
pub(super) fn side_names(comparison: &Comparison) -> [String; 2] {
    let (a, b) = (&comparison.a, &comparison.b);
    let value = |label: &str| {
        comparison.axis.as_ref().and_then(|axis| label.strip_prefix(&format!("{axis}="))).map(str::to_owned)
    };
    match (value(&a.label).zip(value(&b.label)), &a.sdks[..], &b.sdks[..]) {
        (Some((a, b)), ..) => [a, b],
        (None, [of_a], [of_b]) if of_a != of_b => [of_a.clone(), of_b.clone()],
        _ => [a.label.clone(), b.label.clone()],
    }
}

/// Describes the result of a cell: `worse; received video bitrate falls from …; 11 figures unchanged`.
pub(super) fn cell_sentence(cell: &CellComparison, names: &[String; 2], level: f64) -> String {
    let repeats = match (cell.cases_a, cell.cases_b) {
        (a, b) if a == b => format!("{} each", format::count(a, "repeat", "repeats")),
        (a, b) => format!("{a} and {b} repeats"),
    };
    let of = |change: Change| cell.figures.iter().filter(move |figures| figures.change == change);
    let mut parts: Vec<String> = of(Change::Regressed).chain(of(Change::Improved)).map(changed_figure).collect();
    let (too_few, doubtful): (Vec<_>, Vec<_>) = of(Change::Inconclusive).partition(|figures| has_too_few(figures));
    parts.extend(doubtful.into_iter().map(|figures| in_doubt(figures, names)));
    if !too_few.is_empty() {
        parts.push(too_few_repeats(too_few.len(), cell, level));
    }
    let unchanged: Vec<_> = of(Change::Unchanged).collect();
    if !unchanged.is_empty() {
        let count = format::count(unchanged.len(), "figure", "figures");
        parts.push(format!("{count} unchanged{}", detectable(&unchanged)));
    }
    format!("{} ({repeats}): {}", verdict(cell.change), parts.join("; "))
}

/// Describes the result of the whole comparison.
pub(super) fn overall(comparison: &Comparison) -> String {
    let [a, b] = side_names(comparison);
    let all = comparison.cells.len();
    let count = |change| comparison.cells.iter().filter(|cell| cell.change == change).count();
    // For a single case, counting cases adds nothing.
    let of = |change| match all {
        1 => String::new(),
        _ => format!(" in {} of {all} cases", count(change)),
    };
    match comparison.change {
        Change::Regressed => format!("{b} is worse than {a}{}.", of(Change::Regressed)),
        Change::Improved => format!("{b} is no worse than {a}, and better{}.", of(Change::Improved)),
        Change::Unchanged => {
            format!("{b} is no worse than {a}: nothing changed in {}.", format::count(all, "case", "cases"))
        }
        Change::Inconclusive => {
            format!("These repeats do not show whether {b} is worse than {a}{}.", of(Change::Inconclusive))
        }
    }
}

/// Returns the word for the result of a cell.
pub(super) fn verdict(change: Change) -> &'static str {
    match change {
        Change::Regressed => "worse",
        Change::Improved => "better",
        Change::Unchanged => "no change",
        Change::Inconclusive => "cannot tell",
    }
}

/// Returns the fewest repeats of each side that can show a change of a network test at this significance level,
/// whatever the figures are.
pub(super) fn repeats_needed(level: f64) -> Option<usize> {
    fewest_repeats(level, Metric::compared_in(CaseKind::NetworkTest).count())
}

/// Returns whether there were too few repeats to show any change.
fn has_too_few(figures: &MetricComparison) -> bool {
    figures.shift.is_some() && figures.detectable.is_none()
}

/// Returns `received video bitrate falls from 404 kbit/s to 304 kbit/s (-100 kbit/s, -24.8 %; 95 %: -105 kbit/s to -95
/// kbit/s)`.
fn changed_figure(figures: &MetricComparison) -> String {
    let verb = if figures.shift.is_some_and(|shift| shift.estimate < 0.0) { "falls" } else { "rises" };
    let center = |center: Option<f64>| format::or_none(center, |center| compared::value(figures.figure, center));
    let (from, to) = (center(figures.center_a), center(figures.center_b));
    let by = compared::difference(figures)
        .map_or_else(|| NONE.to_owned(), |(estimate, ends)| format!("{estimate}; 95 %: {} to {}", ends[0], ends[1]));
    format!("{} {verb} from {from} to {to} ({by})", figures.figure.label())
}

fn in_doubt(figures: &MetricComparison, names: &[String; 2]) -> String {
    let figure = figures.figure.label();
    match compared::difference(figures) {
        None => {
            let name = if figures.a.is_empty() { &names[0] } else { &names[1] };
            format!("{figure} was not measured with {name}")
        }
        Some((estimate, _)) => {
            format!(
                "{figure} may have changed ({estimate}), or may differ by chance, because many figures are compared; use more repeats"
            )
        }
    }
}

fn too_few_repeats(count: usize, cell: &CellComparison, level: f64) -> String {
    let figures = format::count(count, "figure", "figures");
    let have = cell.cases_a.min(cell.cases_b);
    match repeats_needed(level) {
        Some(needed) if needed > have => {
            format!("too few repeats to show any change in {figures}; {needed} repeats of each side are needed")
        }
        _ => format!("too few measurements to show any change in {figures}; use more repeats"),
    }
}

/// Returns the smallest detectable change of the main figures.
fn detectable(unchanged: &[&MetricComparison]) -> String {
    let detectable = MAIN_FIGURES.into_iter().filter_map(|figure| {
        let figures = unchanged.iter().find(|figures| figures.figure == figure)?;
        Some(format!("{} in {}", compared::reportable(figures)?, figure.label()))
    });
    let detectable: Vec<_> = detectable.collect();
    match detectable.is_empty() {
        true => String::new(),
        false => format!(" (smallest detectable change: {})", listed(&detectable)),
    }
}

/// Lists the cells that only one side has, and the excluded cases of each cell: `slow-lossy: excluded from 2.35.2: 1
/// infrastructure`.
pub(super) fn excluded(comparison: &Comparison, name: impl Fn(&str) -> String) -> Vec<String> {
    let names = side_names(comparison);
    let of_cell = |cell: &CellComparison| {
        let sides = [(&names[0], &cell.excluded.a), (&names[1], &cell.excluded.b)];
        let excluded = sides.into_iter().filter(|(_, left_out)| !left_out.is_empty()).map(|(side, left_out)| {
            let words: Vec<_> = left_out.iter().map(|(outcome, count)| format!("{count} {outcome}")).collect();
            format!("{}: excluded from {side}: {}", name(&cell.id), listed(&words))
        });
        excluded.collect::<Vec<_>>()
    };
    let one_sided =
        comparison.unmatched.iter().map(|cell| format!("{}: only on one side, so not compared", name(cell)));
    comparison.cells.iter().flat_map(of_cell).chain(one_sided).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{compared, repeated};
    use precall_judge::comparison::compare_runs;
    use precall_results::CompareSpec;

    fn sentences(a: &[f64], b: &[f64]) -> String {
        let (mut a, mut b) = (repeated(a), repeated(b));
        for (run, version) in [(&mut a, "2.34.2"), (&mut b, "2.35.2")] {
            run.cases.iter_mut().for_each(|case| version.clone_into(&mut case.sdk.version));
        }
        let spec = CompareSpec::default();
        let compared = compare_runs(("runs/a", &a), ("runs/b", &b), &spec, false).expect("compared");
        let cell = cell_sentence(&compared.cells[0], &side_names(&compared), spec.level);
        format!("{cell}\n{}", overall(&compared))
    }

    #[test]
    fn a_cell_is_one_sentence() {
        let old = [400e3, 405e3, 410e3, 402e3, 407e3, 401e3];
        let new = old.map(|rate| rate * 0.75);
        let all =
            [sentences(&old, &new), sentences(&new, &old), sentences(&old, &old), sentences(&old[..2], &new[..2])];
        insta::assert_snapshot!(all.join("\n\n"));
    }

    #[test]
    fn excluded_cases_are_listed_with_their_side() {
        let compared = compared();
        insta::assert_snapshot!(excluded(&compared, str::to_owned).join("\n"), @"slow-lossy: excluded from runs/b: 1 infrastructure");
        assert_eq!(repeats_needed(0.05), Some(6));
    }
}
