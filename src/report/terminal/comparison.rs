//! A comparison: a row for each figure that changed or may have, or for all where they are few.

use std::collections::BTreeMap;
use std::fmt::Write;

use comfy_table::{Attribute, Cell, CellAlignment, Color, Table};

use super::table::table;
use crate::comparison::{Cell as ComparedCell, Change, Comparison, Figures};
use crate::report::format::{self, or_none};
use crate::scenario::{Figure, FigureKind};

/// With more cells only figures that changed, or may have, have a row.
const MANY: usize = 6;

/// A comparison for people: what is compared, a table of figures, what was left out, and the verdict.
///
/// `width` is that of the terminal in characters, `None` for as wide as it needs; `colour` paints verdicts.
pub fn comparison(comparison: &Comparison, width: Option<u16>, colour: bool) -> String {
    let mut text = String::new();
    for (letter, side) in [("A", &comparison.a), ("B", &comparison.b)] {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{letter}: {} (OpenTok.js {}; {})", side.label, side.sdks.join(", "), side.started_at);
    }
    for difference in &comparison.unlike {
        let _ = writeln!(text, "warning: the sides are unlike in {difference}");
    }
    let is_shown = |figures: &&Figures| comparison.cells.len() <= MANY || figures.change != Change::Unchanged;
    let mut rows = table(&["cell", "figure", "A", "B", "B less A, 95 %", "p", "verdict", "could have seen"]);
    if let Some(width) = width {
        rows.set_width(width);
    }
    for cell in &comparison.cells {
        for (index, figures) in cell.figures.iter().filter(is_shown).enumerate() {
            row(&mut rows, if index == 0 { &cell.id } else { "" }, figures, colour);
        }
    }
    if rows.row_count() > 0 {
        let _ = writeln!(text, "\n{rows}");
    }
    text.push('\n');
    for cell in &comparison.cells {
        details(&mut text, cell);
    }
    for cell in &comparison.unmatched {
        let _ = writeln!(text, "{cell}: on one side only, not compared");
    }
    let count = |change| comparison.cells.iter().filter(|cell| cell.change == change).count();
    let counts: Vec<_> = [Change::Regressed, Change::Improved, Change::Unchanged, Change::Inconclusive]
        .into_iter()
        .filter(|change| count(*change) > 0)
        .map(|change| format!("{} {}", count(change), change.as_str()))
        .collect();
    let cells = format::count(comparison.cells.len(), "cell", "cells");
    let _ = writeln!(text, "{}: {cells}: {}", comparison.change.as_str(), counts.join(", "));
    text
}

fn row(table: &mut Table, cell: &str, figures: &Figures, colour: bool) {
    let kind = figures.figure.kind();
    let center = |center: Option<f64>, values: &[f64], rate: Option<(f64, f64)>| {
        let center = or_none(center, |center| value(figures.figure, center));
        match rate {
            Some((low, high)) => format!("{center} of {} [{}, {}]", values.len(), share(low), share(high)),
            None => format!("{center} ({})", values.len()),
        }
    };
    let shift = or_none(figures.shift, |shift| {
        let estimate = change(figures.figure, shift.estimate);
        let relative = match (kind, figures.center_a) {
            (FigureKind::Bitrate, Some(a)) if a > 0.0 => format!(", {:+.1} %", shift.estimate / a * 100.0),
            _ => String::new(),
        };
        let ends = [shift.low, shift.high].map(|end| change(figures.figure, end));
        format!("{estimate}{relative} [{}, {}]", ends[0], ends[1])
    });
    let mut verdict = Cell::new(figures.change.as_str());
    if colour {
        let paint = match figures.change {
            Change::Regressed => Color::Red,
            Change::Improved => Color::Green,
            Change::Inconclusive => Color::Yellow,
            Change::Unchanged => Color::Reset,
        };
        verdict = verdict.fg(paint).add_attribute(Attribute::Bold);
    }
    let right = |text: String| Cell::new(text).set_alignment(CellAlignment::Right);
    table.add_row(vec![
        Cell::new(cell),
        Cell::new(figures.figure.as_str()),
        right(center(figures.center_a, &figures.a, figures.rates.map(|rates| rates.a))),
        right(center(figures.center_b, &figures.b, figures.rates.map(|rates| rates.b))),
        right(shift),
        right(or_none(figures.adjusted_p, |p| if p < 0.001 { "< 0.001".to_owned() } else { format!("{p:.3}") })),
        verdict,
        right(or_none(figures.detectable, |detectable| value(figures.figure, detectable))),
    ]);
}

/// Why, for all that is not simply unchanged, and what was left out.
fn details(text: &mut String, cell: &ComparedCell) {
    for figures in cell.figures.iter().filter(|figures| figures.change != Change::Unchanged) {
        let counts = value(figures.figure, figures.minimum_effect);
        let test = if figures.paired { "pairs" } else { "independent samples" };
        let _ = writeln!(
            text,
            "{}, {}: {}: {} (counts from {counts} on; {test})",
            cell.id,
            figures.figure.as_str(),
            figures.change.as_str(),
            figures.reason
        );
    }
    for (letter, left_out) in [("A", &cell.left_out.a), ("B", &cell.left_out.b)] {
        if !left_out.is_empty() {
            let _ = writeln!(text, "{}: left out of {letter}: {}", cell.id, in_words(left_out));
        }
    }
}

fn in_words(left_out: &BTreeMap<String, usize>) -> String {
    left_out.iter().map(|(outcome, count)| format!("{count} {outcome}")).collect::<Vec<_>>().join(", ")
}

/// A value with its unit.
fn value(figure: Figure, value: f64) -> String {
    match figure.kind() {
        FigureKind::Number => format!("{value:.2}"),
        FigureKind::Bitrate => format::bits_per_second(value),
        FigureKind::Ratio => format::ratio(value),
        FigureKind::Rate => share(value),
        FigureKind::Time if figure == Figure::Seconds => format!("{value:.1} s"),
        FigureKind::Time => format::seconds_as_ms(value),
    }
}

/// A difference with its sign.
fn change(figure: Figure, difference: f64) -> String {
    let sign = if difference < 0.0 { "-" } else { "+" };
    match value(figure, difference.abs()) {
        size if difference == 0.0 => size,
        size => format!("{sign}{size}"),
    }
}

/// `83 %`.
fn share(value: f64) -> String {
    format!("{:.0} %", value * 100.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::comparison::compare_runs;
    use crate::event::{CaseResult, RunResult};
    use crate::outcome::Outcome;
    use crate::scenario::CompareSpec;

    /// A run of a recorded case, with these video bitrates.
    fn run(bitrates: &[f64]) -> RunResult {
        let mut run: RunResult =
            serde_json::from_str(include_str!("../../../tests/fixtures/results.json")).expect("a recorded result");
        let recorded = run.cases[1].clone();
        let case = |(repeat, bitrate): (u32, &f64)| {
            let mut case: CaseResult = recorded.clone();
            (case.repeat, case.outcome) = (Some(repeat), Outcome::Passed);
            case.measured.quality.iter_mut().for_each(|quality| quality.video.bitrate = Some(*bitrate));
            case
        };
        run.cases = (1..).zip(bitrates).map(case).collect();
        run
    }

    #[test]
    fn a_comparison_in_a_table() {
        let a = run(&[400e3, 405e3, 410e3, 402e3, 407e3, 401e3]);
        let mut b = run(&[300e3, 305e3, 310e3, 302e3, 307e3, 301e3, 1.0]);
        b.cases[6].outcome = Outcome::Infrastructure;
        b.cases[5].outcome = Outcome::Hung;
        let compared = compare_runs(("runs/a", &a), ("runs/b", &b), &CompareSpec::default(), false).expect("compared");
        insta::assert_snapshot!(comparison(&compared, None, false));
        let narrow = comparison(&compared, Some(100), false);
        let widest = narrow.lines().filter(|line| line.contains('─')).map(|line| line.chars().count()).max();
        assert!(widest.is_some_and(|widest| widest <= 100), "{narrow}");
    }

    #[test]
    fn of_many_cells_what_changed_is_shown() {
        let (mut a, mut b) = (run(&[400e3; 6]), run(&[400e3; 6]));
        for run in [&mut a, &mut b] {
            let cases = std::mem::take(&mut run.cases);
            run.cases = (0..9)
                .flat_map(|cell| cases.iter().cloned().map(move |case| CaseResult { name: format!("c{cell}"), ..case }))
                .collect();
        }
        b.cases.iter_mut().filter(|case| case.name == "c3").for_each(|case| case.outcome = Outcome::Failed);
        let compared = compare_runs(("a", &a), ("b", &b), &CompareSpec::default(), false).expect("compared");
        let text = comparison(&compared, None, false);
        assert!(text.contains("c3") && !text.contains("c4"), "{text}");
        assert!(text.ends_with("regressed: 9 cells: 1 regressed, 8 unchanged\n"), "{text}");
    }
}
