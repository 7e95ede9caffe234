//! Cases that break down: they hang, raise an error, or do not connect.
//!
//! A healthy release hardly ever does any of it, so a few are enough to tell: of the recorded cases (`tests/fixtures/runs/`) none of
//! 120 did. With that as what is known beforehand (Jeffreys' prior and 120 cases without), and with the cases of the old side,
//! the chance of so many breakdowns on the new side is a beta-binomial tail. This holds only as long as the old side bears it out: once
//! one of its own cases breaks down, the two sides are held against one another by Fisher's exact test alone.

use crate::comparison::model::{Cell, Comparison, Figures};
use crate::statistics::{beta_binomial_tail, fisher_higher};
use precall_results::Metric;
use precall_results::Worsening;

/// Recorded cases of healthy releases, none of which broke down.
const RECORDED: f64 = 120.0;
/// Jeffreys' prior of a rate.
const PRIOR: f64 = 0.5;

/// How a case can break down.
const KINDS: [Metric; 3] = [Metric::Hangs, Metric::Failures, Metric::ConnectivitySuccess];

/// `4 of 14 cases hang`, `1 of 14 cases hangs`; ` on 3g` is the place.
pub(super) fn in_words(figure: Metric, hits: usize, of: usize, place: &str) -> String {
    let verb = match (figure, hits) {
        (Metric::Hangs, 1) => "hangs",
        (Metric::Hangs, _) => "hang",
        (Metric::ConnectivitySuccess, 1) => "does not connect",
        (Metric::ConnectivitySuccess, _) => "do not connect",
        (_, 1) => "fails or raises an error",
        (..) => "fail or raise an error",
    };
    format!("{hits} of {of} cases{place} {verb}")
}

/// Breakdowns of both sides: how many, and of how many cases.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Tally {
    pub from: usize,
    pub from_of: usize,
    pub to: usize,
    pub to_of: usize,
}

impl Tally {
    fn of(figures: &Figures) -> Self {
        let is_one = |value: &f64| (*value > 0.5) != (figures.figure == Metric::ConnectivitySuccess);
        let count = |values: &[f64]| values.iter().filter(|value| is_one(value)).count();
        Self { from: count(&figures.a), from_of: figures.a.len(), to: count(&figures.b), to_of: figures.b.len() }
    }

    fn plus(self, other: Self) -> Self {
        Self {
            from: self.from + other.from,
            from_of: self.from_of + other.from_of,
            to: self.to + other.to,
            to_of: self.to_of + other.to_of,
        }
    }

    /// The chance of so many on the new side if it is like the old one. Failures may be missed expectations, which are no rarity.
    fn p(self, figure: Metric) -> f64 {
        if self.from == 0 && self.from_of > 0 && figure != Metric::Failures {
            return beta_binomial_tail(self.to, self.to_of, PRIOR, PRIOR + RECORDED + self.from_of as f64);
        }
        fisher_higher(self.from, self.from_of, self.to, self.to_of)
    }
}

/// The breakdowns of a kind in a cell.
pub(super) fn tally(cell: &Cell, figure: Metric) -> Tally {
    cell.figures.iter().find(|figures| figures.figure == figure).map(Tally::of).unwrap_or_default()
}

/// The kinds of breakdowns that are more frequent on the new side, in any cell or in all together; each kind once, where it
/// is clearest.
pub(super) fn worsened(comparison: &Comparison, level: f64, label: impl Fn(&Cell) -> String) -> Vec<Worsening> {
    let cells = &comparison.cells;
    // One side of the level, for each cell and for all of them together.
    let level = level / 2.0 / (cells.len() + 1) as f64;
    let of_kind = |figure: Metric| {
        let all = cells.iter().map(|cell| tally(cell, figure)).fold(Tally::default(), Tally::plus);
        let places = cells.iter().map(|cell| (Some(cell), tally(cell, figure)));
        let places = places.chain((cells.len() > 1).then_some((None, all)));
        let clearest = places.map(|(cell, tally)| (cell, tally, tally.p(figure)));
        let (cell, tally, p) = clearest.min_by(|one, other| one.2.total_cmp(&other.2))?;
        (p <= level).then(|| {
            let place = cell.map(|cell| format!(" on {}", label(cell))).unwrap_or_default();
            let Tally { from, from_of, to, to_of } = tally;
            let before = if from == 0 { "none".to_owned() } else { from.to_string() };
            Worsening {
                cell: cell.map(|cell| cell.id.clone()),
                figure,
                text: format!("{}, where {before} of {from_of} did", in_words(figure, to, to_of, &place)),
                p,
            }
        })
    };
    KINDS.into_iter().filter_map(of_kind).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tally(from: usize, to: usize, of: usize) -> Tally {
        Tally { from, from_of: of, to, to_of: of }
    }

    #[test]
    fn two_hangs_tell_where_there_were_none_and_not_where_there_was_one() {
        let level = 0.025 / 3.0;
        let p = |from, to, of| tally(from, to, of).p(Metric::Hangs);
        for of in [6, 9, 14, 20] {
            assert!(p(0, 2, of) <= level, "{of}: {}", p(0, 2, of));
            assert!(p(0, 1, of) > level && p(1, 2, of) > 0.05 && p(3, 3, of) > 0.5);
        }
        assert!(p(0, 3, 40) <= level && p(0, 2, 40) > level);
        assert!((p(0, 0, 12) - 1.0).abs() < 1e-9);
    }

    #[test]
    fn failures_are_no_rarity() {
        assert!(tally(0, 2, 12).p(Metric::Failures) > 0.1 && tally(0, 2, 12).p(Metric::Hangs) < 0.01);
    }
}
