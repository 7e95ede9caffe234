//! The places at which a series of measurements changed.

use std::ops::Range;

use crate::statistics::rank_sum_at_each_cut;

/// The chance that a series without a change is reported to have one.
const LEVEL: f64 = 0.01;

/// Returns the groups at which the values of a series change, in ascending order. A change at `n` is one between the
/// groups `n - 1` and `n`.
///
/// A part of the series is cut where the rank-sum test between its two sides is most significant, as in the test of
/// Pettitt ("A non-parametric approach to the change-point problem", Applied Statistics 28, 1979). It must be
/// significant at a level that all places share at which the part could be cut (Bonferroni). The two sides are searched
/// in turn.
pub(super) fn change_points(groups: &[Vec<f64>]) -> Vec<usize> {
    let mut found = Vec::new();
    let mut parts: Vec<Range<usize>> = Vec::new();
    parts.push(0..groups.len());
    while let Some(part) = parts.pop() {
        let p = rank_sum_at_each_cut(&groups[part.clone()]);
        let cut = p.iter().enumerate().min_by(|(_, one), (_, other)| one.total_cmp(other));
        let Some((place, least)) = cut.map(|(place, least)| (part.start + 1 + place, *least)) else { continue };
        if least * p.len() as f64 <= LEVEL {
            found.push(place);
            parts.extend([part.start..place, place..part.end]);
        }
    }
    found.sort_unstable();
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn groups(levels: &[f64], repeats: usize) -> Vec<Vec<f64>> {
        // A small variation that is the same in every group.
        levels.iter().map(|level| (0..repeats).map(|n| level + (n % 5) as f64 * 0.3).collect()).collect()
    }

    #[test]
    fn a_change_is_found_where_it_happens() {
        assert_eq!(change_points(&groups(&[10.0, 10.0, 10.0, 8.0, 8.0, 8.0], 6)), [3]);
        assert_eq!(change_points(&groups(&[10.0, 10.0, 8.0, 8.0, 12.0, 12.0], 6)), [2, 4]);
        assert_eq!(change_points(&groups(&[10.0; 8], 6)), [0; 0]);
    }

    #[test]
    fn runs_with_one_value_each_change_together() {
        let levels: Vec<f64> =
            (0..24).map(|run| if run < 12 { 10.0 } else { 7.0 } + f64::from(run % 4) * 0.2).collect();
        let one_each: Vec<_> = levels.iter().map(|value| vec![*value]).collect();
        assert_eq!(change_points(&one_each), [12]);
        assert_eq!(change_points(&one_each[10..14]), [0; 0], "four values show nothing");
    }

    #[test]
    fn empty_and_single_groups_have_no_change() {
        assert_eq!(change_points(&[]), [0; 0]);
        assert_eq!(change_points(&[vec![1.0, 2.0]]), [0; 0]);
        assert_eq!(change_points(&[Vec::new(), vec![1.0]]), [0; 0]);
    }

    /// Of series without a change at most as many are cut as the level says, with the excess that chance has in one of
    /// a thousand such experiments.
    #[test]
    fn series_without_a_change_are_rarely_cut() {
        const SERIES: usize = 1000;
        let mut rng = precall_netem::rng::SeededRng::new(7, "history");
        let mut series = || -> Vec<Vec<f64>> { (0..12).map(|_| (0..4).map(|_| rng.uniform()).collect()).collect() };
        let cut = (0..SERIES).filter(|_| !change_points(&series()).is_empty()).count();
        assert!(cut <= 20, "{cut} of {SERIES}");
    }
}
