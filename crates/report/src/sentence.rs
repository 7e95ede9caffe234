//! What a comparison comes to, in sentences: one for each cell, and one for all of it.

use super::compared;
use super::format::{self, NONE};
use precall_judge::comparison::{Cell, Change, Comparison, Figures};
use precall_judge::statistics::fewest_repeats;
use precall_results::Metric;
use precall_support::text::listed;

/// The figures of which it is said how small a change would have been seen.
const TELLING: [Metric; 2] = [Metric::VideoBitrate, Metric::VideoMos];

/// What both sides are called: by their releases or modules where these tell them apart, else as their runs are.
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

/// What a cell comes to: `worse; received video bitrate falls from …; 11 figures unchanged`.
pub(super) fn cell_sentence(cell: &Cell, names: &[String; 2], level: f64) -> String {
    let repeats = match (cell.cases_a, cell.cases_b) {
        (a, b) if a == b => format!("{} each", format::count(a, "repeat", "repeats")),
        (a, b) => format!("{a} and {b} repeats"),
    };
    let of = |change: Change| cell.figures.iter().filter(move |figures| figures.change == change);
    let mut parts: Vec<String> = of(Change::Regressed).chain(of(Change::Improved)).map(changed).collect();
    let (blind, doubtful): (Vec<_>, Vec<_>) = of(Change::Inconclusive).partition(|figures| is_blind(figures));
    parts.extend(doubtful.into_iter().map(|figures| in_doubt(figures, names)));
    if !blind.is_empty() {
        parts.push(too_few(blind.len(), cell, level));
    }
    let unchanged: Vec<_> = of(Change::Unchanged).collect();
    if !unchanged.is_empty() {
        let count = format::count(unchanged.len(), "figure", "figures");
        parts.push(format!("{count} unchanged{}", visible(&unchanged)));
    }
    format!("{} ({repeats}): {}", verdict(cell.change), parts.join("; "))
}

/// What the whole comparison comes to, in a sentence.
pub(super) fn overall(comparison: &Comparison) -> String {
    let [a, b] = side_names(comparison);
    let all = comparison.cells.len();
    let count = |change| comparison.cells.iter().filter(|cell| cell.change == change).count();
    // Of a single case it goes without saying which.
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
            format!("These repeats cannot tell whether {b} is worse than {a}{}.", of(Change::Inconclusive))
        }
    }
}

/// The word for what became of a cell.
pub(super) fn verdict(change: Change) -> &'static str {
    match change {
        Change::Regressed => "worse",
        Change::Improved => "better",
        Change::Unchanged => "no change",
        Change::Inconclusive => "cannot tell",
    }
}

/// How many repeats of each side it takes to show a change at this level, whatever the figures are.
pub(super) fn repeats_needed(level: f64) -> Option<usize> {
    fewest_repeats(level, Metric::compared().count())
}

/// Whether there were too few repeats for any change to show.
fn is_blind(figures: &Figures) -> bool {
    figures.shift.is_some() && figures.detectable.is_none()
}

/// `received video bitrate falls from 404 kbit/s to 304 kbit/s (-100 kbit/s, -24.8 %; 95 %: -105 kbit/s to -95 kbit/s)`.
fn changed(figures: &Figures) -> String {
    let verb = if figures.shift.is_some_and(|shift| shift.estimate < 0.0) { "falls" } else { "rises" };
    let center = |center: Option<f64>| format::or_none(center, |center| compared::value(figures.figure, center));
    let (from, to) = (center(figures.center_a), center(figures.center_b));
    let by = compared::difference(figures)
        .map_or_else(|| NONE.to_owned(), |(estimate, ends)| format!("{estimate}; 95 %: {} to {}", ends[0], ends[1]));
    format!("{} {verb} from {from} to {to} ({by})", figures.figure.label())
}

fn in_doubt(figures: &Figures, names: &[String; 2]) -> String {
    let figure = figures.figure.label();
    match compared::difference(figures) {
        None => {
            let name = if figures.a.is_empty() { &names[0] } else { &names[1] };
            format!("{figure} was not measured with {name}")
        }
        Some((estimate, _)) => {
            format!("{figure} looks changed ({estimate}), which may be chance among so many figures; repeat more often")
        }
    }
}

fn too_few(count: usize, cell: &Cell, level: f64) -> String {
    let figures = format::count(count, "figure", "figures");
    let have = cell.cases_a.min(cell.cases_b);
    match repeats_needed(level) {
        Some(needed) if needed > have => {
            format!("too few repeats to show any change in {figures}; {needed} repeats of each are needed")
        }
        _ => format!("too few measurements to show any change in {figures}; repeat more often"),
    }
}

/// How small a change of the telling figures would have been seen.
fn visible(unchanged: &[&Figures]) -> String {
    let seen = TELLING.into_iter().filter_map(|figure| {
        let figures = unchanged.iter().find(|figures| figures.figure == figure)?;
        Some(format!("{} in {}", compared::visible(figures)?, figure.label()))
    });
    let seen: Vec<_> = seen.collect();
    match seen.is_empty() {
        true => String::new(),
        false => format!(" (a change of {} would have been seen)", seen.join(" or ")),
    }
}

/// The cases that one side lacks, and what was left out of each: `slow-lossy: left out of 2.35.2: 1 infrastructure`.
pub(super) fn left_out(comparison: &Comparison, name: impl Fn(&str) -> String) -> Vec<String> {
    let names = side_names(comparison);
    let of_cell = |cell: &Cell| {
        let sides = [(&names[0], &cell.left_out.a), (&names[1], &cell.left_out.b)];
        let said = sides.into_iter().filter(|(_, left_out)| !left_out.is_empty()).map(|(side, left_out)| {
            let words: Vec<_> = left_out.iter().map(|(outcome, count)| format!("{count} {outcome}")).collect();
            format!("{}: left out of {side}: {}", name(&cell.id), listed(&words))
        });
        said.collect::<Vec<_>>()
    };
    let one_sided = comparison.unmatched.iter().map(|cell| format!("{}: on one side only, not compared", name(cell)));
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
    fn what_was_left_out_is_said_with_the_sides_names() {
        let compared = compared();
        insta::assert_snapshot!(left_out(&compared, str::to_owned).join("\n"), @"slow-lossy: left out of runs/b: 1 infrastructure");
        assert_eq!(repeats_needed(0.05), Some(6));
    }
}
