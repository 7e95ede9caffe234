//! Why a comparison cannot answer "no worse".

use super::assess::MANY_ENOUGH;
use super::breakdowns::{Tally, in_words, tally};
use super::margin::{DECISIVE, HANG_CONFIDENCE, HANG_RATE, margin, visible, worst};
use super::sentence::{amount, label};
use crate::comparison::model::{Cell, Comparison, Figures};
use crate::statistics::highest_rate;
use precall_results::Sides;
use precall_results::{Metric, MetricKind};
use precall_support::text::count;

/// The largest share of a cell's cases that may be missing, because they could not be measured.
const MOST_LEFT_OUT: f64 = 0.25;
/// Breakdowns that are a rarity. Failures may be missed expectations.
const RARE: [Metric; 2] = [Metric::Hangs, Metric::ConnectivitySuccess];
/// More repeats than that are no advice.
const MOST_REPEATS: f64 = 100.0;

/// A reason why a comparison cannot answer, and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Doubt {
    pub why: String,
    pub remedy: String,
}

impl Doubt {
    fn new(why: String, remedy: impl Into<String>) -> Self {
        Self { why, remedy: remedy.into() }
    }
}

/// The gravest reason not to answer "no worse"; `None` where that is the answer.
pub(super) fn doubt(comparison: &Comparison, sides: &Sides) -> Option<Doubt> {
    let cells = &comparison.cells;
    let first = |check: fn(&Cell, &Sides) -> Option<Doubt>| cells.iter().find_map(|cell| check(cell, sides));
    first(left_out)
        .or_else(|| unmatched(comparison, sides))
        .or_else(|| first(too_few))
        .or_else(|| first(broken))
        .or_else(|| first(one_sided))
        .or_else(|| first(suspicious))
        .or_else(|| noise(comparison))
}

fn left_out(cell: &Cell, _: &Sides) -> Option<Doubt> {
    let missing = [&cell.left_out.a, &cell.left_out.b].map(|side| side.values().sum::<usize>());
    let of = [cell.cases_a + missing[0], cell.cases_b + missing[1]];
    let is_too_many = std::iter::zip(missing, of).any(|(missing, of)| missing as f64 > MOST_LEFT_OUT * of as f64);
    is_too_many.then(|| {
        let (missing, of) = (missing[0] + missing[1], of[0] + of[1]);
        let why = format!("{missing} of {}{} could not be measured", count(of, "case", "cases"), place(cell));
        Doubt::new(why, "run it on a host with nothing else to do, or with fewer cases at once (`--slots 1`)")
    })
}

fn unmatched(comparison: &Comparison, sides: &Sides) -> Option<Doubt> {
    let first = comparison.unmatched.first()?;
    let why = format!("`{first}` has cases of only one of {} and {}", sides.from_name, sides.to_name);
    Some(Doubt::new(why, "run the whole plan on one machine, without --filter or --shard between the two"))
}

fn too_few(cell: &Cell, _: &Sides) -> Option<Doubt> {
    let fewest = cell.cases_a.min(cell.cases_b);
    (fewest < MANY_ENOUGH).then(|| {
        let why = format!("{}{} cannot show a change", count(fewest, "repeat", "repeats"), place(cell));
        Doubt::new(why, format!("run each case at least {MANY_ENOUGH} times; `precall gate` plans enough"))
    })
}

/// Both sides break down so often that the rest says little.
fn broken(cell: &Cell, sides: &Sides) -> Option<Doubt> {
    RARE.into_iter().find_map(|figure| {
        let Tally { from, from_of, to, to_of } = tally(cell, figure);
        let is_often = |hits: usize, of: usize| hits as f64 > HANG_RATE * of as f64;
        (is_often(from, from_of) || is_often(to, to_of)).then(|| {
            let old = in_words(figure, from, from_of, &place(cell));
            let why = format!("{old} with {}, and {to} of {to_of} with {}", sides.from_name, sides.to_name);
            Doubt::new(
                why,
                "look for the cause with `precall explain RUN`, and leave that network out until it is found",
            )
        })
    })
}

/// What decides was not measured often enough.
fn one_sided(cell: &Cell, sides: &Sides) -> Option<Doubt> {
    let decisive = cell.figures.iter().filter(|figures| DECISIVE.contains(&figures.figure));
    let found = decisive.map(|figures| (figures, figures.a.len(), figures.b.len()));
    let (figures, a, b) = found.into_iter().find(|(_, a, b)| (*a.min(b)) < MANY_ENOUGH)?;
    let (name, measured) = if a < b { (&sides.from_name, a) } else { (&sides.to_name, b) };
    let what = figures.figure.label();
    let why = match measured {
        0 => format!("the {what} was not measured{} with {name}", place(cell)),
        _ => {
            let cases = count(measured, "case", "cases");
            format!("the {what} was measured in only {cases}{} with {name}", place(cell))
        }
    };
    Some(Doubt::new(why, "see why with `precall explain RUN`"))
}

/// A few breakdowns of the new side, which may be chance.
fn suspicious(cell: &Cell, sides: &Sides) -> Option<Doubt> {
    RARE.into_iter().find_map(|figure| {
        let Tally { from, to, to_of, .. } = tally(cell, figure);
        let is_possible = to > from && highest_rate(to, to_of, HANG_CONFIDENCE) > HANG_RATE;
        is_possible.then(|| {
            let new = in_words(figure, to, to_of, &place(cell));
            let why = format!("{new} with {}, which may be chance", sides.to_name);
            Doubt::new(why, format!("run it again with more repeats: `--max-repeats {}`", to_of * 2))
        })
    })
}

/// A change that matters could hide in the noise. Of several the one that is hidden deepest.
fn noise(comparison: &Comparison) -> Option<Doubt> {
    let all = comparison.cells.iter().flat_map(|cell| cell.figures.iter().map(move |figures| (cell, figures)));
    let hidden = all.filter_map(|(cell, figures)| {
        let margin = margin(figures, &comparison.compare)?;
        let seen = visible(figures)?.max(worst(figures)?);
        (seen > margin).then_some((cell, figures, margin, seen))
    });
    let (cell, figures, margin, seen) = hidden.max_by(|one, other| {
        (one.3 / one.2.max(f64::MIN_POSITIVE)).total_cmp(&(other.3 / other.2.max(f64::MIN_POSITIVE)))
    })?;
    let why = format!(
        "the {}{} varies so much that a fall of {} could hide, and {} has to be excluded",
        figures.figure.label(),
        place(cell),
        amount(figures, seen),
        amount(figures, margin)
    );
    // The noise of a mean falls with the square root of the number of its samples.
    let wanted = (cell.cases_a.min(cell.cases_b) as f64 * (seen / margin).powi(2)).ceil();
    let remedy = if wanted <= MOST_REPEATS {
        format!("take more repeats: `--max-repeats {wanted:.0}`")
    } else {
        format!("accept a larger change: `--minimum {}={}`", figures.figure.as_str(), flag(figures, seen))
    };
    Some(Doubt::new(why, remedy))
}

/// A change of a figure as `--minimum` takes it.
fn flag(figures: &Figures, change: f64) -> String {
    match (figures.figure.kind(), figures.center_a) {
        (MetricKind::Bitrate, Some(center)) if center > 0.0 => format!("{:.0}%", (change / center * 100.0).ceil()),
        _ => format!("{:.1}", (change * 10.0).ceil() / 10.0),
    }
}

/// ` on 3g`, or nothing where there is one cell without a name.
fn place(cell: &Cell) -> String {
    let label = label(cell);
    if label.is_empty() { label } else { format!(" on {label}") }
}
