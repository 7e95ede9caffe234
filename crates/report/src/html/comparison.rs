//! A comparison of two sides, as a page of its own or as a section of a run's page.

use serde::Serialize;

use super::classes::change_class;
use super::strip::strip;
use super::templates::render;
use crate::ReportError;
use crate::compared;
use crate::format;
use crate::names::Names;
use crate::sentence::{cell_sentence, excluded, overall, side_names, verdict};
use precall_judge::comparison::{Cell, Change, Comparison, Figures, Side};

/// With more cells than this, cells without a change are collapsed.
const MANY: usize = 6;

/// The data of the template for a comparison.
#[derive(Debug, Serialize)]
pub(super) struct ComparisonView {
    title: String,
    /// The names of the sides, the first side first.
    names: [String; 2],
    change: &'static str,
    class: &'static str,
    /// The result in a sentence.
    overall: String,
    counts: String,
    sides: Vec<String>,
    warnings: Vec<String>,
    notes: Vec<String>,
    /// The cells that are shown.
    cells: Vec<CellView>,
    /// The collapsed cells, which have no change, and their summary.
    folded: Vec<CellView>,
    folded_title: String,
}

/// All repeats of one case on both sides.
#[derive(Debug, Serialize)]
struct CellView {
    /// The short name, and the id without the repeat.
    name: String,
    id: String,
    class: &'static str,
    verdict: &'static str,
    sentence: String,
    /// The figures that changed or may have changed.
    shown: Vec<FigureRowView>,
    /// All other figures, and their summary.
    folded: Vec<FigureRowView>,
    folded_title: String,
}

#[derive(Debug, Serialize)]
struct FigureRowView {
    figure: &'static str,
    /// The name of the figure in scenarios.
    key: &'static str,
    class: &'static str,
    change: &'static str,
    why: String,
    a: String,
    b: String,
    strip: String,
    shift: String,
    p: String,
    /// The smallest relevant and detectable change.
    visible: String,
}

/// The data of a page with only a comparison.
#[derive(Debug, Serialize)]
pub(super) struct ComparisonPage {
    comparison: ComparisonView,
    precall: &'static str,
}

/// Returns a comparison as one HTML file.
///
/// # Errors
///
/// If the template is broken.
pub fn comparison_html(comparison: &Comparison) -> Result<String, ReportError> {
    render("compared.html", &ComparisonPage { comparison: view(comparison), precall: env!("CARGO_PKG_VERSION") })
}

/// Returns the data of the template for a comparison.
pub(super) fn view(comparison: &Comparison) -> ComparisonView {
    let names = side_names(comparison);
    let short = Names::new(comparison.cells.iter().map(|cell| cell.id.as_str()));
    let is_few = comparison.cells.len() <= MANY;
    let is_shown = |cell: &&Cell| is_few || cell.change != Change::Unchanged;
    let (shown, folded): (Vec<&Cell>, Vec<&Cell>) = comparison.cells.iter().partition(is_shown);
    let level = comparison.compare.level;
    let views = |cells: &[&Cell]| cells.iter().map(|cell| cell_view(cell, &names, &short, level)).collect();
    ComparisonView {
        title: title(comparison, &names),
        change: comparison.change.as_str(),
        class: change_class(comparison.change),
        overall: overall(comparison),
        counts: compared::counts(comparison),
        sides: [(&names[0], &comparison.a), (&names[1], &comparison.b)]
            .map(|(name, side)| side_of(name, side))
            .to_vec(),
        warnings: comparison.unlike.iter().map(|what| format!("The sides differ in {what}.")).collect(),
        notes: excluded(comparison, |cell| short.cell(cell).to_owned()),
        cells: views(&shown),
        folded: views(&folded),
        folded_title: format!("No change in {}", format::count(folded.len(), "other case", "other cases")),
        names,
    }
}

/// Returns `OpenTok.js 2.35.2 compared with 2.34.2`, without `OpenTok.js` if the sides are not releases.
fn title(comparison: &Comparison, names: &[String; 2]) -> String {
    let is_release = |name: &String, side: &Side| matches!(&side.sdks[..], [only] if only == name);
    let are_releases = is_release(&names[0], &comparison.a) && is_release(&names[1], &comparison.b);
    let what = if are_releases { "OpenTok.js " } else { "" };
    format!("{what}{} compared with {}", names[1], names[0])
}

fn side_of(name: &str, side: &Side) -> String {
    let cpus = format::count(side.environment.cpus, "CPU", "CPUs");
    // A label like `sdk=2.35.2` repeats the name.
    let is_said = side.label.rsplit('=').next() == Some(name);
    let label = if is_said { String::new() } else { format!("{}, ", side.label) };
    format!(
        "{name}: {label}OpenTok.js {}, {}, {cpus}, {}",
        side.sdks.join(", "),
        side.environment.browser,
        side.started_at
    )
}

fn cell_view(cell: &Cell, names: &[String; 2], short: &Names, level: f64) -> CellView {
    // The cell's sentence reports too few repeats once for all figures.
    let has_too_few = |figures: &Figures| figures.change == Change::Inconclusive && figures.detectable.is_none();
    let is_folded = |figures: &&Figures| figures.change == Change::Unchanged || has_too_few(figures);
    let (folded, shown): (Vec<&Figures>, Vec<&Figures>) = cell.figures.iter().partition(is_folded);
    let too_few = folded.iter().filter(|figures| has_too_few(figures)).count();
    let counted =
        |count: usize, what: &str| (count > 0).then(|| format!("{} {what}", format::count(count, "figure", "figures")));
    let folded_title = [counted(folded.len() - too_few, "unchanged"), counted(too_few, "with too few repeats")];
    CellView {
        name: short.cell(&cell.id).to_owned(),
        id: cell.id.clone(),
        class: change_class(cell.change),
        verdict: verdict(cell.change),
        sentence: cell_sentence(cell, names, level),
        shown: shown.into_iter().map(row).collect(),
        folded: folded.into_iter().map(row).collect(),
        folded_title: folded_title.into_iter().flatten().collect::<Vec<_>>().join(", "),
    }
}

fn row(figures: &Figures) -> FigureRowView {
    FigureRowView {
        figure: figures.figure.label(),
        key: figures.figure.as_str(),
        class: change_class(figures.change),
        change: figures.change.as_str(),
        why: compared::reason(figures),
        a: compared::center_a(figures),
        b: compared::center_b(figures),
        strip: strip(figures),
        shift: compared::shift(figures),
        p: compared::adjusted_p(figures),
        visible: format::or_none(compared::reportable(figures), |change| change),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{compared, recorded_sides};
    use precall_judge::comparison::compare_runs;
    use precall_results::CompareSpec;
    use precall_results::{CaseResult, RunResult};

    #[test]
    fn a_comparison_as_a_page() {
        let page = comparison_html(&compared()).expect("a page");
        insta::assert_snapshot!(page.split_once("</style>").expect("a style").1);
    }

    #[test]
    fn unchanged_cells_are_collapsed_if_there_are_many() {
        let (mut a, mut b) = recorded_sides();
        for run in [&mut a, &mut b] {
            let cases = std::mem::take(&mut run.cases);
            let of = |cell: usize| {
                cases.iter().cloned().map(move |case| precall_results::CaseResult { name: format!("c{cell}"), ..case })
            };
            run.cases = (0..=MANY).flat_map(of).collect();
        }
        b.cases.iter_mut().filter(|case| case.name != "c3").for_each(|case| *case = like(case, &a));
        let comparison = compare_runs(("a", &a), ("b", &b), &CompareSpec::default(), true).expect("compared");
        let view = view(&comparison);
        assert_eq!(
            view.cells.iter().map(|cell| (cell.name.as_str(), cell.verdict)).collect::<Vec<_>>(),
            [("c3", "worse")]
        );
        assert!(view.folded.len() == MANY && view.folded.iter().all(|cell| cell.verdict == "no change"));
        let page = comparison_html(&comparison).expect("a page");
        assert!(page.contains(&format!("No change in {MANY} other cases")), "{page}");
    }

    /// Returns the same case of the other side, so that nothing changed.
    fn like(case: &CaseResult, other: &RunResult) -> CaseResult {
        let found = other.cases.iter().find(|known| known.repeat == case.repeat).unwrap_or(&other.cases[0]);
        CaseResult { name: case.name.clone(), ..found.clone() }
    }

    #[test]
    fn releases_are_named_and_too_few_repeats_are_reported_once() {
        let (mut a, mut b) = recorded_sides();
        for (run, release) in [(&mut a, "2.34.2"), (&mut b, "2.35.2")] {
            run.cases.truncate(2);
            run.cases.iter_mut().for_each(|case| release.clone_into(&mut case.sdk.version));
        }
        let comparison = compare_runs(("runs/a", &a), ("runs/b", &b), &CompareSpec::default(), true).expect("compared");
        let page = comparison_html(&comparison).expect("a page");
        assert!(page.contains("<h1>OpenTok.js 2.35.2 compared with 2.34.2</h1>"), "{page}");
        assert_eq!(page.matches("repeats of each side are needed").count(), 1, "{page}");
        assert!(!page.contains(">A<") && !page.contains("B less A"), "{page}");
    }

    #[test]
    fn names_of_sides_are_escaped() {
        let (a, b) = recorded_sides();
        let name = "<img src=x onerror=1>";
        let comparison = compare_runs((name, &a), ("b", &b), &CompareSpec::default(), true).expect("compared");
        let page = comparison_html(&comparison).expect("a page");
        assert!(!page.contains("<img") && page.contains("&lt;img"), "{page}");
    }
}
