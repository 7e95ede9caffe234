//! A comparison: a row for each figure that changed or may have, or for all where they are few.

use std::fmt::Write;

use comfy_table::{Attribute, Cell, CellAlignment, Color, Table};

use super::table::table;
use crate::comparison::{Cell as ComparedCell, Change, Comparison, Figures};
use crate::report::compared;

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
    let _ = writeln!(text, "{}: {}", comparison.change.as_str(), compared::counts(comparison));
    text
}

fn row(table: &mut Table, cell: &str, figures: &Figures, colour: bool) {
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
        right(compared::center_a(figures)),
        right(compared::center_b(figures)),
        right(compared::shift(figures)),
        right(compared::adjusted_p(figures)),
        verdict,
        right(compared::detectable(figures)),
    ]);
}

/// Why, for all that is not simply unchanged, and what was left out.
fn details(text: &mut String, cell: &ComparedCell) {
    for figures in cell.figures.iter().filter(|figures| figures.change != Change::Unchanged) {
        let (figure, change) = (figures.figure.as_str(), figures.change.as_str());
        let _ = writeln!(text, "{}, {figure}: {change}: {}", cell.id, compared::reason(figures));
    }
    for line in compared::left_out(cell) {
        let _ = writeln!(text, "{line}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::comparison::compare_runs;
    use crate::event::CaseResult;
    use crate::outcome::Outcome;
    use crate::report::fixture::{compared, repeated};
    use crate::scenario::CompareSpec;

    #[test]
    fn a_comparison_in_a_table() {
        insta::assert_snapshot!(comparison(&compared(), None, false));
        let narrow = comparison(&compared(), Some(100), false);
        let widest = narrow.lines().filter(|line| line.contains('─')).map(|line| line.chars().count()).max();
        assert!(widest.is_some_and(|widest| widest <= 100), "{narrow}");
    }

    #[test]
    fn of_many_cells_what_changed_is_shown() {
        let (mut a, mut b) = (repeated(&[400e3; 6]), repeated(&[400e3; 6]));
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
