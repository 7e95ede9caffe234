//! Obstacles to the answer "no worse".

use super::breakdowns::{Tally, describe, tally};
use super::margin::{DECISIVE, HANG_CONFIDENCE, HANG_RATE, MIN_REPEATS, detectable_change, largest_loss, margin};
use super::words::{amount, on};
use crate::comparison::model::{CellComparison, Comparison, MetricComparison};
use crate::statistics::highest_rate;
use precall_results::Sides;
use precall_results::{Metric, MetricKind};
use precall_support::text::count;

/// The largest share of a cell's cases that may be excluded because they could not be measured.
const MAX_EXCLUDED: f64 = 0.25;
/// Breakdowns that are rare in healthy releases. Failures are not: they may be missed expectations.
const RARE: [Metric; 2] = [Metric::Hangs, Metric::ConnectivitySuccess];
/// The largest number of repeats that is advised.
const MAX_REPEATS: f64 = 100.0;

/// A reason why a comparison cannot answer, and its remedy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Obstacle {
    /// The reason, as a part of a sentence.
    pub reason: String,
    /// The advice to the user, as a part of a sentence.
    pub remedy: String,
}

impl Obstacle {
    pub(super) fn new(reason: String, remedy: impl Into<String>) -> Self {
        Self { reason, remedy: remedy.into() }
    }
}

/// Returns the worst obstacle to the answer "no worse"; `None` when that is the answer.
pub(super) fn worst_obstacle(comparison: &Comparison, sides: &Sides) -> Option<Obstacle> {
    let cells = &comparison.cells;
    let first =
        |check: fn(&CellComparison, &Sides) -> Option<Obstacle>| cells.iter().find_map(|cell| check(cell, sides));
    first(excluded)
        .or_else(|| unmatched(comparison, sides))
        .or_else(|| first(too_few))
        .or_else(|| first(broken))
        .or_else(|| first(one_sided))
        .or_else(|| first(suspicious))
        .or_else(|| noise(comparison))
}

fn excluded(cell: &CellComparison, _: &Sides) -> Option<Obstacle> {
    let missing = cell.excluded.counts();
    let of = [cell.cases_a + missing[0], cell.cases_b + missing[1]];
    let is_too_many = std::iter::zip(missing, of).any(|(missing, of)| missing as f64 > MAX_EXCLUDED * of as f64);
    is_too_many.then(|| {
        let (missing, of) = (missing[0] + missing[1], of[0] + of[1]);
        let reason = format!("{missing} of {}{} could not be measured", count(of, "case", "cases"), on(cell));
        Obstacle::new(reason, "run it on a host with nothing else to do, or with fewer cases at once (`--slots 1`)")
    })
}

fn unmatched(comparison: &Comparison, sides: &Sides) -> Option<Obstacle> {
    let first = comparison.unmatched.first()?;
    let reason = format!("`{first}` has cases of only one of {} and {}", sides.from_name, sides.to_name);
    Some(Obstacle::new(reason, "run the whole plan on one machine, without --filter or --shard between the two"))
}

fn too_few(cell: &CellComparison, _: &Sides) -> Option<Obstacle> {
    let fewest = cell.cases_a.min(cell.cases_b);
    (fewest < MIN_REPEATS).then(|| {
        let reason = format!("{}{} cannot show a change", count(fewest, "repeat", "repeats"), on(cell));
        Obstacle::new(reason, format!("run each case at least {MIN_REPEATS} times; `precall gate` plans enough"))
    })
}

/// Reports that a side breaks down so often that its other cases say little.
fn broken(cell: &CellComparison, sides: &Sides) -> Option<Obstacle> {
    RARE.into_iter().find_map(|figure| {
        let Tally { from, from_of, to, to_of } = tally(cell, figure);
        let is_often = |hits: usize, of: usize| hits as f64 > HANG_RATE * of as f64;
        (is_often(from, from_of) || is_often(to, to_of)).then(|| {
            let old = describe(figure, from, from_of, &on(cell));
            let reason = format!("{old} with {}, and {to} of {to_of} with {}", sides.from_name, sides.to_name);
            Obstacle::new(
                reason,
                "look for the cause with `precall explain RUN`, and leave that network out until it is found",
            )
        })
    })
}

/// Reports that a decisive figure was not measured often enough.
fn one_sided(cell: &CellComparison, sides: &Sides) -> Option<Obstacle> {
    let decisive = cell.figures.iter().filter(|compared| DECISIVE.contains(&compared.figure));
    let found = decisive.map(|compared| (compared, compared.a.len(), compared.b.len()));
    let (compared, a, b) = found.into_iter().find(|(_, a, b)| (*a.min(b)) < MIN_REPEATS)?;
    let (name, measured) = if a < b { (&sides.from_name, a) } else { (&sides.to_name, b) };
    let what = compared.figure.label();
    let reason = match measured {
        0 => format!("the {what} was not measured{} with {name}", on(cell)),
        _ => {
            let cases = count(measured, "case", "cases");
            format!("the {what} was measured in only {cases}{} with {name}", on(cell))
        }
    };
    Some(Obstacle::new(reason, "see why with `precall explain RUN`"))
}

/// Reports a few breakdowns of the new side, which may be chance.
fn suspicious(cell: &CellComparison, sides: &Sides) -> Option<Obstacle> {
    RARE.into_iter().find_map(|figure| {
        let Tally { from, to, to_of, .. } = tally(cell, figure);
        let is_possible = to > from && highest_rate(to, to_of, HANG_CONFIDENCE) > HANG_RATE;
        is_possible.then(|| {
            let new = describe(figure, to, to_of, &on(cell));
            let reason = format!("{new} with {}, which may be chance", sides.to_name);
            Obstacle::new(reason, format!("run it again with more repeats: `--max-repeats {}`", to_of * 2))
        })
    })
}

/// Reports that a change that matters could hide in the noise, for the figure that would hide the largest.
fn noise(comparison: &Comparison) -> Option<Obstacle> {
    let all = comparison.cells.iter().flat_map(|cell| cell.figures.iter().map(move |compared| (cell, compared)));
    let hidden = all.filter_map(|(cell, compared)| {
        let margin = margin(compared, &comparison.compare)?;
        let seen = detectable_change(compared)?.max(largest_loss(compared)?);
        (seen > margin).then_some((cell, compared, margin, seen))
    });
    let (cell, compared, margin, seen) = hidden.max_by(|one, other| {
        (one.3 / one.2.max(f64::MIN_POSITIVE)).total_cmp(&(other.3 / other.2.max(f64::MIN_POSITIVE)))
    })?;
    let reason = format!(
        "the {}{} varies so much that a fall of {} could hide, and {} has to be excluded",
        compared.figure.label(),
        on(cell),
        amount(compared, seen),
        amount(compared, margin)
    );
    // The noise of a mean falls with the square root of the number of its samples.
    let wanted = (cell.cases_a.min(cell.cases_b) as f64 * (seen / margin).powi(2)).ceil();
    let remedy = if wanted <= MAX_REPEATS {
        format!("take more repeats: `--max-repeats {wanted:.0}`")
    } else {
        format!("accept a larger change: `--minimum {}={}`", compared.figure.as_str(), flag(compared, seen))
    };
    Some(Obstacle::new(reason, remedy))
}

/// Returns a change of a figure as `--minimum` takes it.
fn flag(compared: &MetricComparison, change: f64) -> String {
    match (compared.figure.kind(), compared.center_a) {
        (MetricKind::Bitrate, Some(center)) if center > 0.0 => format!("{:.0}%", (change / center * 100.0).ceil()),
        _ => format!("{:.1}", (change * 10.0).ceil() / 10.0),
    }
}
