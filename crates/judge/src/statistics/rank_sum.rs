//! The test of Mann and Whitney (Wilcoxon's rank sum) of whether two independent samples have the same distribution.

use super::distributions::normal_cdf;

/// The number of values of both samples together up to which the distribution is counted. At 40 there are at most
/// 1.4e11 arrangements, which an `f64` counts exactly.
const MAX_EXACT: usize = 40;

/// Returns the two-sided p-value of "both samples have the same distribution": twice the smaller tail, at most 1. It
/// depends on the ranks alone, ties have their mean rank, and the distribution is that of *these* ranks (Lehmann,
/// "Nonparametrics", 1975, section 1.4), so that ties cost no exactness. Of more than 40 values the normal
/// approximation with the correction for ties and for continuity (the same, section 1.5). 1 if either sample is empty.
pub fn rank_sum(a: &[f64], b: &[f64]) -> f64 {
    rank_sum_and_smallest(a, b).0
}

/// Returns [`rank_sum`], and the smallest p-value that samples of these sizes and with these values can have, however
/// the values are dealt out to them. Both need the distribution, which takes most of the time.
pub fn rank_sum_and_smallest(a: &[f64], b: &[f64]) -> (f64, f64) {
    if a.is_empty() || b.is_empty() {
        return (1.0, 1.0);
    }
    let mut ranks = doubled_midranks(a, b);
    let observed = ranks[..a.len()].iter().sum();
    ranks.sort_unstable();
    let distribution = Distribution::of(&ranks, a.len());
    // The shorter tail may be at either end, where ties are uneven.
    let (low, high) = (ranks[..a.len()].iter().sum(), ranks[b.len()..].iter().sum());
    (distribution.p(observed), distribution.p(low).min(distribution.p(high)))
}

/// Returns the smallest p-value that samples of these sizes can have: that of samples of which one is entirely below
/// the other.
pub fn smallest_rank_sum_of_sizes(a: usize, b: usize) -> f64 {
    if a == 0 || b == 0 {
        return 1.0;
    }
    if a + b > MAX_EXACT {
        let ranks: Vec<_> = (1..=a + b).map(|rank| 2 * rank).collect();
        return Distribution::of(&ranks, a).p(ranks[..a].iter().sum());
    }
    let ways = (1..=a).fold(1.0, |ways, k| ways * (b + k) as f64 / k as f64);
    (2.0 / ways).min(1.0)
}

/// Returns the p-value of [`rank_sum`] for each place at which a series of groups can be cut in two: the first for a
/// cut after the first group. 1 where one side has no values. Each value is ranked once.
pub fn rank_sum_at_each_cut(groups: &[Vec<f64>]) -> Vec<f64> {
    let all = groups.concat();
    let ranks = doubled_midranks(&all, &[]);
    let mut sorted = ranks.clone();
    sorted.sort_unstable();
    let ties = ties(&sorted);
    let (mut before, mut sum) = (0, 0);
    let cuts = groups.len().saturating_sub(1);
    groups[..cuts]
        .iter()
        .map(|group| {
            sum += ranks[before..before + group.len()].iter().sum::<usize>();
            before += group.len();
            match before {
                0 => 1.0,
                size if size == all.len() => 1.0,
                size if all.len() > MAX_EXACT => Distribution::approximate(ties, size, all.len()).p(sum),
                size => Distribution::of(&sorted, size).p(sum),
            }
        })
        .collect()
}

/// Returns the correction for ties of the normal approximation: the sum of `t³ - t` over the groups of `t` equal ranks.
fn ties(sorted: &[usize]) -> f64 {
    sorted.chunk_by(|a, b| a == b).map(|group| (group.len() as f64).powi(3) - group.len() as f64).sum()
}

/// Returns twice the rank of each value among all values, those of `a` first. Equal values share their mean rank;
/// doubled, it is a whole number.
fn doubled_midranks(a: &[f64], b: &[f64]) -> Vec<usize> {
    let mut sorted: Vec<f64> = a.iter().chain(b).copied().collect();
    sorted.sort_by(f64::total_cmp);
    let below = |value: f64| sorted.partition_point(|other| *other < value);
    let not_above = |value: f64| sorted.partition_point(|other| *other <= value);
    a.iter().chain(b).map(|value| below(*value) + not_above(*value) + 1).collect()
}

/// The distribution of the sum of a random selection of the ranks.
enum Distribution {
    Counted {
        /// The number of selections with each sum.
        ways: Vec<f64>,
        /// The sum of all ranks, when the ranks that are not selected were counted, because they are fewer.
        of_others: Option<usize>,
    },
    Normal {
        mean: f64,
        deviation: f64,
    },
}

impl Distribution {
    /// Returns the distribution of the sum of `size` of these ranks, which are in ascending order.
    fn of(sorted: &[usize], size: usize) -> Self {
        if sorted.len() > MAX_EXACT {
            return Self::approximate(ties(sorted), size, sorted.len());
        }
        let others = sorted.len() - size;
        let (size, of_others) = if size > others { (others, Some(sorted.iter().sum())) } else { (size, None) };
        let top: usize = sorted[sorted.len() - size..].iter().sum();
        // ways[k][s] is the number of selections of k ranks with the sum s.
        let mut ways = vec![vec![0.0_f64; top + 1]; size + 1];
        ways[0][0] = 1.0;
        for (seen, rank) in sorted.iter().enumerate() {
            for chosen in (1..=size.min(seen + 1)).rev() {
                let (fewer, these) = ways.split_at_mut(chosen);
                for (here, before) in these[0][*rank..].iter_mut().zip(&fewer[chosen - 1]) {
                    *here += before;
                }
            }
        }
        Self::Counted { ways: ways.swap_remove(size), of_others }
    }

    /// Returns the normal approximation of the sum of `size` ranks of `total`, with this correction for ties.
    fn approximate(ties: f64, size: usize, total: usize) -> Self {
        let (n, total) = (size as f64, total as f64);
        let m = total - n;
        let variance = n * m / 12.0 * (total + 1.0 - ties / (total * (total - 1.0)));
        Self::Normal { mean: n * (total + 1.0) / 2.0, deviation: variance.max(0.0).sqrt() }
    }

    /// Returns twice the smaller tail, at most 1.
    fn p(&self, observed: usize) -> f64 {
        match self {
            Self::Counted { ways, of_others } => {
                let observed = of_others.map_or(observed, |all| all - observed);
                let all: f64 = ways.iter().sum();
                let at_most: f64 = ways[..=observed].iter().sum();
                let at_least: f64 = ways[observed..].iter().sum();
                (2.0 * at_most.min(at_least) / all).min(1.0)
            }
            Self::Normal { deviation, .. } if *deviation == 0.0 => 1.0,
            Self::Normal { mean, deviation } => {
                let distance = (observed as f64 / 2.0 - mean).abs() - 0.5;
                (2.0 * normal_cdf(-distance / deviation)).min(1.0)
            }
        }
    }
}

/// The largest number of repeats that [`fewest_repeats`] tries.
const MOST_REPEATS: usize = 1000;

/// Returns the fewest repeats of two sides with which a difference can be significant, when this number of figures is
/// tested together at this level (Bonferroni's bound). `None` when 1000 repeats are too few.
pub fn fewest_repeats(level: f64, figures: usize) -> Option<usize> {
    let level = level / figures.max(1) as f64;
    (1..=MOST_REPEATS).find(|repeats| smallest_rank_sum_of_sizes(*repeats, *repeats) <= level)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// By the book: every way to deal the values out.
    fn brute_force(a: &[f64], b: &[f64]) -> f64 {
        let all: Vec<f64> = a.iter().chain(b).copied().collect();
        let u = |members: u32| -> f64 {
            let is_a = |index: usize| members >> index & 1 == 1;
            let pairs = (0..all.len()).filter(|i| is_a(*i)).flat_map(|i| (0..all.len()).map(move |j| (i, j)));
            pairs
                .filter(|(_, j)| !is_a(*j))
                .map(|(i, j)| match all[i].total_cmp(&all[j]) {
                    std::cmp::Ordering::Greater => 1.0,
                    std::cmp::Ordering::Equal => 0.5,
                    std::cmp::Ordering::Less => 0.0,
                })
                .sum()
        };
        let observed = u((1 << a.len()) - 1);
        let deals: Vec<f64> = (0_u32..1 << all.len()).filter(|m| m.count_ones() as usize == a.len()).map(u).collect();
        let share = |is: &dyn Fn(f64) -> bool| deals.iter().filter(|u| is(**u)).count() as f64 / deals.len() as f64;
        (2.0 * share(&|u| u <= observed).min(share(&|u| u >= observed))).min(1.0)
    }

    fn values(sizes: std::ops::Range<usize>) -> impl proptest::strategy::Strategy<Value = Vec<f64>> {
        // Few different ones, so that there are ties.
        proptest::collection::vec((0_u8..5).prop_map(f64::from), sizes)
    }

    use proptest::strategy::Strategy;

    proptest::proptest! {
        #![proptest_config(proptest::test_runner::Config::with_cases(24))]
        #[test]
        fn p_value_matches_enumeration(a in values(1..9), b in values(1..9)) {
            proptest::prop_assert!((rank_sum(&a, &b) - brute_force(&a, &b)).abs() < 1e-12);
        }
    }

    proptest::proptest! {
        #[test]
        fn no_p_value_is_below_the_smallest(a in values(1..5), b in values(1..5)) {
            let (p, smallest) = rank_sum_and_smallest(&a, &b);
            proptest::prop_assert!(smallest <= p + 1e-12);
        }

        #[test]
        fn sides_and_units_do_not_matter(a in values(1..9), b in values(1..9)) {
            let p = rank_sum(&a, &b);
            let scaled = |values: &[f64]| values.iter().map(|value| value * 1e3 - 7.0).collect::<Vec<_>>();
            proptest::prop_assert!((0.0..=1.0).contains(&p));
            proptest::prop_assert!((p - rank_sum(&b, &a)).abs() < 1e-12);
            proptest::prop_assert!((p - rank_sum(&scaled(&a), &scaled(&b))).abs() < 1e-12);
        }

        #[test]
        fn approximation_is_close_to_the_exact_test(a in proptest::collection::vec(0.0_f64..9.0, 20), b in proptest::collection::vec(0.0_f64..9.0, 20)) {
            let mut ranks = doubled_midranks(&a, &b);
            let observed = ranks[..20].iter().sum();
            ranks.sort_unstable();
            let (counted, near) = (Distribution::of(&ranks, 20), Distribution::approximate(ties(&ranks), 20, ranks.len()));
            proptest::prop_assert!((counted.p(observed) - near.p(observed)).abs() < 0.01);
        }
    }

    proptest::proptest! {
        /// Ranking all values once gives the same as a test at each cut, with ties and empty groups, counted and
        /// approximated.
        #[test]
        fn each_cut_is_tested_as_on_its_own(
            groups in proptest::collection::vec(values(0..9), 0..9),
        ) {
            let alone: Vec<_> = (1..groups.len())
                .map(|place| rank_sum(&groups[..place].concat(), &groups[place..].concat()))
                .collect();
            proptest::prop_assert_eq!(rank_sum_at_each_cut(&groups), alone);
        }
    }

    #[test]
    fn six_against_six_separated_give_two_of_924() {
        let (a, b) = ([1.0, 2.0, 3.0, 4.0, 5.0, 6.0], [7.0, 8.0, 9.0, 10.0, 11.0, 12.0]);
        assert!((rank_sum(&a, &b) - 2.0 / 924.0).abs() < 1e-15);
        assert!((rank_sum_and_smallest(&a, &b).1 - 2.0 / 924.0).abs() < 1e-15);
        assert!((smallest_rank_sum_of_sizes(6, 6) - 2.0 / 924.0).abs() < 1e-15);
        let far = (smallest_rank_sum_of_sizes(25, 20), rank_sum_and_smallest(&[1.0; 25], &[2.0; 20]).1);
        assert!(far.0 < 1e-6 && far.1 < 1e-6, "{far:?}");
        assert_eq!(rank_sum(&[1.0; 6], &[1.0; 6]), 1.0);
        assert_eq!(rank_sum_and_smallest(&[1.0; 30], &[1.0; 30]), (1.0, 1.0));
        assert_eq!(rank_sum(&[], &b), 1.0);
    }

    #[test]
    fn more_figures_and_stricter_levels_need_more_repeats() {
        assert_eq!(fewest_repeats(0.05, 12), Some(6));
        assert_eq!(fewest_repeats(0.01, 12), Some(7));
        assert!(fewest_repeats(0.05, 1) < Some(6));
    }
}
