//! A comparison: a sentence for each cell, and in a verbose view a table of all figures.

use super::paint::Paint;
use super::table::{CellText, Column, Grid};
use super::view::View;
use super::wrap::{indented, wrapped};
use crate::compared;
use crate::format;
use crate::names::Names;
use crate::sentence::{cell_sentence, excluded, overall, side_names, verdict};
use precall_judge::comparison::{CellComparison, Change, Comparison, MetricComparison};

/// With more cells than this, cells without a change share one line.
const MANY: usize = 6;

/// Returns a comparison for people: the sides, a sentence for each cell, the excluded cases, and the result. A verbose
/// view has a table of all figures as well.
pub fn comparison(comparison: &Comparison, view: View) -> String {
    let names = side_names(comparison);
    let short = Names::new(comparison.cells.iter().map(|cell| cell.id.as_str()));
    let mut text = sides(comparison, &names, view);
    for difference in &comparison.incompatibilities {
        text.push_str(&wrapped(&format!("warning: the sides differ in {difference}"), view.width));
    }
    if view.is_verbose {
        text.push_str(&format!("\n{}", table(comparison, &names, &short, view).render(view.width)));
    }
    text.push('\n');
    let is_folded = |cell: &&CellComparison| comparison.cells.len() > MANY && cell.change == Change::Unchanged;
    for cell in comparison.cells.iter().filter(|cell| !is_folded(cell)) {
        let sentence = cell_sentence(cell, &names, comparison.compare.level);
        let word = verdict(cell.change);
        let sentence = match (sentence.strip_prefix(word), paint(cell.change)) {
            (Some(rest), Some(paint)) => format!("{}{rest}", view.painted(word, paint)),
            _ => sentence,
        };
        text.push_str(&indented(&format!("{}: {sentence}", short.cell(&cell.id)), view.width, 0));
    }
    let folded = comparison.cells.iter().filter(is_folded).count();
    if folded > 0 {
        let cases = format::count(folded, "other case", "other cases");
        text.push_str(&wrapped(&format!("{cases}: no change"), view.width));
    }
    for line in excluded(comparison, |cell| short.cell(cell).to_owned()) {
        text.push_str(&indented(&line, view.width, 0));
    }
    let hint = if view.is_verbose { "" } else { " (use `-v` to show every figure)" };
    text.push_str(&format!("\n{}", wrapped(&format!("{}{hint}", overall(comparison)), view.width)));
    text
}

/// Describes the sides, as in `2.35.2 compared with 2.34.2`.
fn sides(comparison: &Comparison, names: &[String; 2], view: View) -> String {
    let mut text = wrapped(&format!("{} compared with {}", names[1], names[0]), view.width);
    for (name, side) in [(&names[0], &comparison.a), (&names[1], &comparison.b)] {
        let run =
            if *name == side.label || comparison.axis.is_some() { String::new() } else { format!("{}, ", side.label) };
        let line = format!("{name}: {run}OpenTok.js {}, run of {}", side.sdks.join(", "), side.started_at);
        text.push_str(&indented(&line, view.width, 2));
    }
    text
}

fn table(comparison: &Comparison, names: &[String; 2], short: &Names, view: View) -> Grid {
    let caption = "Each figure on both sides: the median (and the number of measurements), the difference with its 95 % \
                   confidence interval, and the smallest detectable change.";
    let columns = vec![
        Column::words("case"),
        Column::words("figure"),
        Column::figures(names[0].clone()),
        Column::figures(names[1].clone()),
        Column::figures("difference, 95 %"),
        Column::figures("p").unless_narrow(2),
        Column::words("verdict"),
        Column::figures("detectable change").unless_narrow(1),
    ];
    let mut grid = Grid::new(caption, columns);
    for cell in &comparison.cells {
        for (index, figures) in cell.figures.iter().enumerate() {
            let name = if index == 0 { short.cell(&cell.id) } else { "" };
            grid.push(row(name, figures, view));
        }
    }
    grid
}

fn paint(change: Change) -> Option<Paint> {
    match change {
        Change::Regressed => Some(Paint::Bad),
        Change::Improved => Some(Paint::Good),
        Change::Inconclusive => Some(Paint::Warning),
        Change::Unchanged => None,
    }
}

fn row(cell: &str, figures: &MetricComparison, view: View) -> Vec<CellText> {
    let paint = paint(figures.change).and_then(|paint| view.paint(paint));
    vec![
        cell.into(),
        figures.figure.as_str().into(),
        compared::center_a(figures).into(),
        compared::center_b(figures).into(),
        compared::shift(figures).into(),
        compared::adjusted_p(figures).into(),
        CellText::painted(figures.change.as_str(), paint),
        compared::detectable(figures).into(),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{compared, repeated};
    use precall_judge::comparison::compare_runs;
    use precall_results::CaseResult;
    use precall_results::CompareSpec;
    use precall_results::Outcome;

    #[test]
    fn a_comparison_in_sentences_and_in_a_table() {
        insta::assert_snapshot!(comparison(&compared(), View::plain(80)));
        insta::assert_snapshot!(comparison(&compared(), View::detailed(120)));
    }

    #[test]
    fn only_changed_cells_are_shown_of_many() {
        let (mut a, mut b) = (repeated(&[400e3; 6]), repeated(&[400e3; 6]));
        for run in [&mut a, &mut b] {
            let cases = std::mem::take(&mut run.cases);
            run.cases = (0..9)
                .flat_map(|cell| cases.iter().cloned().map(move |case| CaseResult { name: format!("c{cell}"), ..case }))
                .collect();
        }
        b.cases.iter_mut().filter(|case| case.name == "c3").for_each(|case| case.outcome = Outcome::Failed);
        let compared = compare_runs(("a", &a), ("b", &b), &CompareSpec::default(), false).expect("compared");
        let text = comparison(&compared, View::plain(80));
        assert!(
            text.contains("c3: worse") && !text.contains("c4") && text.contains("8 other cases: no change"),
            "{text}"
        );
        assert!(text.contains("\nb is worse than a in 1 of 9 cases."), "{text}");
    }
}
