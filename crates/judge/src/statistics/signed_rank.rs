//! Fisher's randomisation test of paired differences.

use precall_netem::rng::SeededRng;

/// Up to so many pairs every way counts: 16,777,216 at most.
const MAX_EXACT: usize = 24;
/// So many ways are drawn above that.
const DRAWS: u32 = 20_000;
/// Sums that differ by less than this share of the largest are equal: the order of adding makes no result.
const TOLERANCE: f64 = 1e-12;

/// The two-sided p-value of "the differences are as likely to be positive as negative, whatever their size": the share of all
/// ways to set their signs whose sum is as far from 0 as the observed one (Fisher, "The design of experiments", 1935, section
/// 21). Of more than 24 pairs the ways are drawn from `seed`, and the observed one counts among them, so that the p-value is never 0
/// and the test keeps its level (Phipson and Smyth, "Permutation p-values should never be zero", 2010). 1 of none.
pub fn sign_flip(differences: &[f64], seed: u64) -> f64 {
    let scale: f64 = differences.iter().map(|difference| difference.abs()).sum();
    if scale == 0.0 {
        return 1.0;
    }
    let observed = differences.iter().sum::<f64>().abs();
    let limit = observed - TOLERANCE * scale;
    if differences.len() <= MAX_EXACT {
        return exact(differences, limit);
    }
    let mut chance = SeededRng::new(seed, "signs");
    let as_far = (0..DRAWS).filter(|_| drawn_sum(differences, &mut chance).abs() >= limit).count();
    (as_far as f64 + 1.0) / (f64::from(DRAWS) + 1.0)
}

/// The sum of the differences with signs by chance: one bit each, from the lowest of 64 to the highest.
fn drawn_sum(differences: &[f64], chance: &mut SeededRng) -> f64 {
    let signed =
        |(bit, difference): (usize, &f64), bits: u64| if bits >> bit & 1 == 1 { -difference } else { *difference };
    let sum_of = |some: &[f64], bits: u64| some.iter().enumerate().map(|each| signed(each, bits)).sum::<f64>();
    differences.chunks(64).map(|some| sum_of(some, chance.bits())).sum()
}

/// The share of all ways whose sum is as far from 0 as `limit`. Each is a way for the first half of the differences and one for the
/// second, so it is enough to know the sums of either half (Horowitz and Sahni, "Computing partitions with applications to the
/// knapsack problem", 1974).
fn exact(differences: &[f64], limit: f64) -> f64 {
    if limit <= 0.0 {
        return 1.0;
    }
    let (first, second) = differences.split_at(differences.len() / 2);
    let (first, mut second) = (signed_sums(first), signed_sums(second));
    second.sort_by(f64::total_cmp);
    let as_high = first.iter().map(|sum| second.len() - second.partition_point(|other| sum + other < limit));
    // As many sums are as low.
    2.0 * as_high.sum::<usize>() as f64 / (first.len() * second.len()) as f64
}

/// The sums of all ways to set signs.
fn signed_sums(differences: &[f64]) -> Vec<f64> {
    let mut sums = vec![0.0];
    for difference in differences {
        sums = sums.iter().flat_map(|sum| [sum + difference, sum - difference]).collect();
    }
    sums
}

/// The smallest p-value that these differences can have, whatever their signs.
pub fn smallest_sign_flip(differences: &[f64]) -> f64 {
    // Those of 0 have no sign.
    let signed = differences.iter().filter(|difference| **difference != 0.0).count();
    match signed {
        0 => 1.0,
        _ if differences.len() > MAX_EXACT => 1.0 / (f64::from(DRAWS) + 1.0),
        signed => 2.0 / (1_u64 << signed) as f64,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn six_pairs_of_one_sign_are_two_of_64() {
        assert_eq!(sign_flip(&[1.0, 2.0, 3.0, 1.0, 2.0, 3.0], 1), 2.0 / 64.0);
        assert_eq!(smallest_sign_flip(&[1.0, -2.0, 3.0, 1.0, 2.0, 0.0]), 2.0 / 32.0);
        assert_eq!(sign_flip(&[], 1), 1.0);
        assert_eq!(sign_flip(&[0.0; 40], 1), 1.0);
        assert_eq!(sign_flip(&[3.0, -3.0], 1), 1.0);
    }

    #[test]
    fn drawn_ways_follow_from_the_seed_for_good() {
        let vectors: serde_json::Value =
            serde_json::from_str(include_str!("../../../../tests/vectors/chance.json")).expect("JSON");
        let differences: Vec<f64> = serde_json::from_value(vectors["signs"]["differences"].clone()).expect("numbers");
        assert_eq!(vectors["signs"]["p"], sign_flip(&differences, 1));
    }

    proptest::proptest! {
        #[test]
        fn it_is_what_every_way_gives(differences in proptest::collection::vec((-4_i8..5).prop_map(f64::from), 1..9)) {
            // Recursive, with whole numbers: nothing of the code above.
            fn ways(rest: &[f64], sum: f64, sums: &mut Vec<f64>) {
                match rest {
                    [] => sums.push(sum),
                    [first, rest @ ..] => [1.0, -1.0].iter().for_each(|sign| ways(rest, sum + sign * first, sums)),
                }
            }
            let mut sums = Vec::new();
            ways(&differences, 0.0, &mut sums);
            let observed = differences.iter().sum::<f64>().abs();
            let as_far = sums.iter().filter(|sum| sum.abs() >= observed).count() as f64 / sums.len() as f64;
            proptest::prop_assert!((sign_flip(&differences, 1) - as_far).abs() < 1e-12);
            proptest::prop_assert!(smallest_sign_flip(&differences) <= as_far);
        }

        #[test]
        fn drawn_ways_are_near_all_ways(differences in proptest::collection::vec(-1.0_f64..1.5, 15)) {
            let exact = sign_flip(&differences, 1);
            // Pairs more that say nothing.
            let longer: Vec<_> = differences.iter().copied().chain([0.0; 10]).collect();
            proptest::prop_assert!(longer.len() > MAX_EXACT);
            proptest::prop_assert!((sign_flip(&longer, 7) - exact).abs() < 0.02);
        }
    }

    use proptest::strategy::Strategy;
}
