//! Sizes of differences, with their intervals.

use serde::{Deserialize, Serialize};

use super::distributions::normal_quantile;
use super::median::median;

/// The number of values (of both samples together, or of pairs) up to which the ranks of intervals are counted. Above
/// it, they are those of the normal approximation.
const MAX_COUNTED: usize = 40;

/// A shift between samples, with an interval that contains the true shift with `confidence`, for any distribution.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Shift {
    /// The estimate of Hodges and Lehmann.
    pub estimate: f64,
    /// The lower end of the interval.
    pub low: f64,
    /// The upper end of the interval.
    pub high: f64,
    /// The confidence of the interval, 0 to 1. With few samples it is lower than the requested confidence.
    pub confidence: f64,
}

/// Returns by how much `b` is above `a`: the median of all differences (Hodges and Lehmann, "Estimates of location
/// based on rank tests", 1963), and the interval between two of them whose ranks the Mann-Whitney distribution gives
/// (Hollander, Wolfe and Chicken, "Nonparametric statistical methods", 3rd edition, section 4.3). `None` if either is
/// empty.
pub fn shift(a: &[f64], b: &[f64], confidence: f64) -> Option<Shift> {
    let mut differences: Vec<f64> = b.iter().flat_map(|b| a.iter().map(move |a| b - a)).collect();
    differences.sort_by(f64::total_cmp);
    let estimate = median(&differences)?;
    let (n, m) = (a.len(), b.len());
    let (rank, confidence) = if n + m <= MAX_COUNTED {
        counted_rank(&mann_whitney_ways(n, m), confidence)
    } else {
        let (n, m) = (n as f64, m as f64);
        approximate_rank(n * m / 2.0, n * m * (n + m + 1.0) / 12.0, confidence)
    };
    Some(between(&differences, estimate, rank, confidence))
}

/// Returns by how much pairs differ: the median of the means of any two differences (Walsh averages; Hodges and Lehmann
/// 1963), and the interval that the signed-rank distribution gives (Hollander, Wolfe and Chicken, section 3.3). `None`
/// of no pairs.
pub fn paired_shift(differences: &[f64], confidence: f64) -> Option<Shift> {
    let n = differences.len();
    let mut averages: Vec<f64> =
        (0..n).flat_map(|i| (i..n).map(move |j| (differences[i] + differences[j]) / 2.0)).collect();
    averages.sort_by(f64::total_cmp);
    let estimate = median(&averages)?;
    let (rank, confidence) = if n <= MAX_COUNTED {
        counted_rank(&signed_rank_ways(n), confidence)
    } else {
        let n = n as f64;
        approximate_rank(n * (n + 1.0) / 4.0, n * (n + 1.0) * (2.0 * n + 1.0) / 24.0, confidence)
    };
    Some(between(&averages, estimate, rank, confidence))
}

/// Returns how often `b` is above `a` rather than below, of all pairs: -1 to 1 (Cliff, "Dominance statistics", 1993). 0
/// if either is empty.
pub fn cliffs_delta(a: &[f64], b: &[f64]) -> f64 {
    if a.is_empty() || b.is_empty() {
        return 0.0;
    }
    let pairs = b.iter().flat_map(|b| a.iter().map(move |a| b.total_cmp(a)));
    let balance: i64 = pairs.map(|ordering| ordering as i64).sum();
    balance as f64 / (a.len() * b.len()) as f64
}

/// Returns the interval from the `rank`th value to the `rank`th from the end, counted from 1.
fn between(sorted: &[f64], estimate: f64, rank: usize, confidence: f64) -> Shift {
    let rank = rank.clamp(1, sorted.len().div_ceil(2).max(1));
    Shift { estimate, low: sorted[rank - 1], high: sorted[sorted.len() - rank], confidence }
}

/// Returns the number of arrangements in which the Mann-Whitney statistic of samples without ties has each value.
fn mann_whitney_ways(n: usize, m: usize) -> Vec<f64> {
    // Choosing n of the first n + m numbers by their sum; u is that sum less the smallest one.
    let top = n * m;
    let mut ways = vec![vec![0.0_f64; top + 1]; n + 1];
    ways[0][0] = 1.0;
    for rank in 1..=n + m {
        for chosen in (1..=n.min(rank)).rev() {
            // As the `chosen`th smallest it adds what it is above that place.
            let extra = rank - chosen;
            let (fewer, these) = ways.split_at_mut(chosen);
            for u in extra..=top {
                these[0][u] += fewer[chosen - 1][u - extra];
            }
        }
    }
    ways.swap_remove(n)
}

/// Returns the number of sign patterns in which the signed-rank statistic of this number of pairs has each value.
fn signed_rank_ways(n: usize) -> Vec<f64> {
    let top = n * (n + 1) / 2;
    let mut ways = vec![0.0_f64; top + 1];
    ways[0] = 1.0;
    for rank in 1..=n {
        for sum in (rank..=top).rev() {
            ways[sum] += ways[sum - rank];
        }
    }
    ways
}

/// Returns the rank of the interval's ends, from 1, that gives the requested confidence, or else that of the widest
/// interval; and the confidence that it gives.
fn counted_rank(ways: &[f64], confidence: f64) -> (usize, f64) {
    let all: f64 = ways.iter().sum();
    let (mut below, mut rank) = (0.0, 0);
    while rank < ways.len() && 2.0 * (below + ways[rank]) / all <= 1.0 - confidence + 1e-12 {
        below += ways[rank];
        rank += 1;
    }
    match rank {
        0 => (1, 1.0 - 2.0 * ways[0] / all),
        rank => (rank, 1.0 - 2.0 * below / all),
    }
}

fn approximate_rank(mean: f64, variance: f64, confidence: f64) -> (usize, f64) {
    let rank = mean - normal_quantile(0.5 + confidence / 2.0) * variance.sqrt();
    (rank.floor().max(1.0) as usize, confidence)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn interval_of_six_against_six_omits_five_differences_at_each_end() {
        let (a, b) = ([0.0, 1.0, 2.0, 3.0, 4.0, 5.0], [10.0, 21.0, 32.0, 43.0, 54.0, 65.0]);
        let shift = shift(&a, &b, 0.95).expect("a shift");
        // Table A.6 of Hollander and Wolfe: 95.9 % with the 6th and the 31st of 36.
        assert!((shift.confidence - 0.9589).abs() < 1e-4);
        assert_eq!((shift.low, shift.high), (10.0, 60.0));
        assert_eq!(shift.estimate, 35.0);
    }

    #[test]
    fn few_pairs_lower_the_confidence() {
        let shift = paired_shift(&[1.0, 2.0, 4.0], 0.95).expect("a shift");
        assert_eq!((shift.low, shift.high, shift.confidence), (1.0, 4.0, 0.75));
        assert_eq!(shift.estimate, 2.25);
        assert_eq!(paired_shift(&[], 0.95), None);
    }

    #[test]
    fn ways_add_up() {
        assert_eq!(mann_whitney_ways(6, 6).iter().sum::<f64>(), 924.0);
        assert_eq!(mann_whitney_ways(1, 3), [1.0, 1.0, 1.0, 1.0]);
        assert_eq!(signed_rank_ways(3), [1.0, 1.0, 1.0, 2.0, 1.0, 1.0, 1.0]);
    }

    proptest::proptest! {
        #[test]
        fn it_moves_with_its_samples(a in proptest::collection::vec(-9.0_f64..9.0, 1..9), b in proptest::collection::vec(-9.0_f64..9.0, 1..9), by in -5.0_f64..5.0) {
            let before = shift(&a, &b, 0.95).expect("a shift");
            let moved: Vec<_> = b.iter().map(|value| value + by).collect();
            let after = shift(&a, &moved, 0.95).expect("a shift");
            for (before, after) in [(before.estimate, after.estimate), (before.low, after.low), (before.high, after.high)] {
                proptest::prop_assert!((before + by - after).abs() < 1e-9);
            }
            proptest::prop_assert!(before.low <= before.estimate && before.estimate <= before.high);
        }

        /// The interval and the test belong together: a shift is in the interval exactly when the test does not reject
        /// it.
        #[test]
        fn interval_agrees_with_the_test(a in proptest::collection::vec(-9.0_f64..9.0, 4..9), b in proptest::collection::vec(-9.0_f64..9.0, 4..9)) {
            let shift = shift(&a, &b, 0.95).expect("a shift");
            let p_at = |by: f64| crate::statistics::rank_sum(&a, &b.iter().map(|value| value - by).collect::<Vec<_>>());
            let level = 1.0 - shift.confidence;
            proptest::prop_assert!(p_at(shift.low - 1e-6) <= level + 1e-9 && p_at(shift.high + 1e-6) <= level + 1e-9);
            proptest::prop_assert!(p_at(shift.low + 1e-6) > level - 1e-9);
        }

        #[test]
        fn cliffs_delta_counts_pairs(a in proptest::collection::vec(0_u8..5, 1..8), b in proptest::collection::vec(0_u8..5, 1..8)) {
            let (mut above, mut below) = (0_i32, 0_i32);
            for b in &b {
                for a in &a {
                    above += i32::from(b > a);
                    below += i32::from(b < a);
                }
            }
            let floats = |values: &[u8]| values.iter().map(|value| f64::from(*value)).collect::<Vec<_>>();
            let wanted = f64::from(above - below) / (a.len() * b.len()) as f64;
            proptest::prop_assert!((cliffs_delta(&floats(&a), &floats(&b)) - wanted).abs() < 1e-12);
        }
    }
}
