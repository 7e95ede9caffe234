//! One side held against another: a page of its own, or a section in that of a run.

use serde::Serialize;

use super::strip::strip;
use super::templates::comparison_page;
use crate::comparison::{Change, Comparison, Figures, Side};
use crate::report::ReportError;
use crate::report::compared;
use crate::report::format;

/// With more cells, figures in which nothing changed are folded away.
const MANY: usize = 6;

/// What the template shows of a comparison.
#[derive(Debug, Serialize)]
pub(super) struct ComparisonView {
    a: String,
    b: String,
    change: &'static str,
    class: &'static str,
    counts: String,
    sides: Vec<String>,
    warnings: Vec<String>,
    notes: Vec<String>,
    /// What is to be read.
    rows: Vec<RowView>,
    /// Figures in which nothing changed, where there are many.
    folded: Vec<RowView>,
}

#[derive(Debug, Serialize)]
struct RowView {
    cell: String,
    figure: &'static str,
    class: &'static str,
    change: &'static str,
    why: String,
    a: String,
    b: String,
    strip: String,
    shift: String,
    p: String,
    /// The smallest change that could have been seen.
    detectable: String,
}

/// What the page of a comparison alone shows.
#[derive(Debug, Serialize)]
pub(super) struct ComparisonPage {
    comparison: ComparisonView,
    precall: &'static str,
}

/// A comparison as one HTML file.
///
/// # Errors
///
/// When the template is broken.
pub fn comparison_html(comparison: &Comparison) -> Result<String, ReportError> {
    comparison_page(&ComparisonPage { comparison: view(comparison), precall: env!("CARGO_PKG_VERSION") })
}

/// A comparison as the templates show it.
pub(super) fn view(comparison: &Comparison) -> ComparisonView {
    let all = comparison.cells.iter().flat_map(|cell| cell.figures.iter().map(move |figures| (cell, figures)));
    let is_few = comparison.cells.len() <= MANY;
    let (shown, folded): (Vec<_>, Vec<_>) = all.partition(|(_, figures)| is_few || figures.change != Change::Unchanged);
    let rows = |these: &[(&crate::comparison::Cell, &Figures)]| {
        these.iter().map(|(cell, figures)| row(&cell.id, figures)).collect::<Vec<_>>()
    };
    let one_sided = comparison.unmatched.iter().map(|cell| format!("{cell}: on one side only, not compared"));
    ComparisonView {
        a: comparison.a.label.clone(),
        b: comparison.b.label.clone(),
        change: comparison.change.as_str(),
        class: class(comparison.change),
        counts: compared::counts(comparison),
        sides: [("A", &comparison.a), ("B", &comparison.b)].map(|(letter, side)| side_of(letter, side)).to_vec(),
        warnings: comparison.unlike.iter().map(|what| format!("The sides are unlike in {what}.")).collect(),
        notes: comparison.cells.iter().flat_map(compared::left_out).chain(one_sided).collect(),
        rows: rows(&shown),
        folded: rows(&folded),
    }
}

fn side_of(letter: &str, side: &Side) -> String {
    let cpus = format::count(side.environment.cpus, "CPU", "CPUs");
    format!(
        "{letter}: {}, OpenTok.js {}, {}, {cpus}, {}",
        side.label,
        side.sdks.join(", "),
        side.environment.browser,
        side.started_at
    )
}

fn row(cell: &str, figures: &Figures) -> RowView {
    RowView {
        cell: cell.to_owned(),
        figure: figures.figure.as_str(),
        class: class(figures.change),
        change: figures.change.as_str(),
        why: compared::reason(figures),
        a: compared::center_a(figures),
        b: compared::center_b(figures),
        strip: strip(figures),
        shift: compared::shift(figures),
        p: compared::adjusted_p(figures),
        detectable: compared::detectable(figures),
    }
}

/// How a change looks.
pub(super) fn class(change: Change) -> &'static str {
    match change {
        Change::Regressed => "bad",
        Change::Improved => "good",
        Change::Unchanged => "same",
        Change::Inconclusive => "warn",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::comparison::compare_runs;
    use crate::report::fixture::{compared, recorded_sides};
    use crate::scenario::CompareSpec;

    #[test]
    fn a_comparison_as_a_page() {
        let page = comparison_html(&compared()).expect("a page");
        insta::assert_snapshot!(page.split_once("</style>").expect("a style").1);
    }

    #[test]
    fn of_many_cells_what_did_not_change_is_folded_away() {
        let (mut a, mut b) = recorded_sides();
        for run in [&mut a, &mut b] {
            let cases = std::mem::take(&mut run.cases);
            let of = |cell: usize| {
                cases.iter().cloned().map(move |case| crate::event::CaseResult { name: format!("c{cell}"), ..case })
            };
            run.cases = (0..=MANY).flat_map(of).collect();
        }
        let comparison = compare_runs(("a", &a), ("b", &b), &CompareSpec::default(), true).expect("compared");
        let view = view(&comparison);
        assert!(!view.folded.is_empty() && view.folded.iter().all(|row| row.change == "unchanged"));
        assert!(!view.rows.is_empty() && view.rows.iter().all(|row| row.change != "unchanged"));
        let page = comparison_html(&comparison).expect("a page");
        assert!(page.contains(&format!("{} figures are unchanged", view.folded.len())), "{page}");
    }

    #[test]
    fn what_sides_are_called_stays_text() {
        let (a, b) = recorded_sides();
        let name = "<img src=x onerror=1>";
        let comparison = compare_runs((name, &a), ("b", &b), &CompareSpec::default(), true).expect("compared");
        let page = comparison_html(&comparison).expect("a page");
        assert!(!page.contains("<img") && page.contains("&lt;img"), "{page}");
    }
}
