//! Fisher's randomisation test of paired differences.

use precall_netem::rng::SeededRng;

/// The number of pairs up to which all permutations of signs are counted: 16,777,216 at most.
const MAX_EXACT: usize = 24;
/// The number of permutations that are drawn when there are more pairs.
const DRAWS: u32 = 20_000;
/// Sums that differ by less than this share of the largest are equal, so that the order of addition does not matter.
const TOLERANCE: f64 = 1e-12;

/// Returns the two-sided p-value of "a difference of any size is as likely to be positive as negative": the share of
/// all permutations of signs whose sum is as far from 0 as the observed one (Fisher, "The design of experiments", 1935,
/// section 21). Of more than 24 pairs the permutations are drawn from `seed`, and the observed one counts among them,
/// so that the p-value is never 0 and the test keeps its level (Phipson and Smyth, "Permutation p-values should never
/// be zero", 2010). 1 of no pairs.
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
    let mut rng = SeededRng::new(seed, "signs");
    let as_far = (0..DRAWS).filter(|_| drawn_sum(differences, &mut rng).abs() >= limit).count();
    (as_far as f64 + 1.0) / (f64::from(DRAWS) + 1.0)
}

/// Returns the sum of the differences with random signs: one bit each, from the lowest of 64 to the highest.
fn drawn_sum(differences: &[f64], rng: &mut SeededRng) -> f64 {
    let signed =
        |(bit, difference): (usize, &f64), bits: u64| if bits >> bit & 1 == 1 { -difference } else { *difference };
    let sum_of = |some: &[f64], bits: u64| some.iter().enumerate().map(|each| signed(each, bits)).sum::<f64>();
    differences.chunks(64).map(|some| sum_of(some, rng.bits())).sum()
}

/// Returns the share of all permutations whose sum is at least as far from 0 as `limit`. Each combines a permutation of
/// the first half of the differences with one of the second, so the sums of both halves are enough (Horowitz and Sahni,
/// "Computing partitions with applications to the knapsack problem", 1974).
fn exact(differences: &[f64], limit: f64) -> f64 {
    if limit <= 0.0 {
        return 1.0;
    }
    let (first, second) = differences.split_at(differences.len() / 2);
    let (first, mut second) = (signed_sums(first), signed_sums(second));
    second.sort_by(f64::total_cmp);
    let as_high = first.iter().map(|sum| second.len() - second.partition_point(|other| sum + other < limit));
    // The same number of sums is as low.
    2.0 * as_high.sum::<usize>() as f64 / (first.len() * second.len()) as f64
}

/// Returns the sums of all permutations of signs.
fn signed_sums(differences: &[f64]) -> Vec<f64> {
    let mut sums = vec![0.0];
    for difference in differences {
        sums = sums.iter().flat_map(|sum| [sum + difference, sum - difference]).collect();
    }
    sums
}

/// Returns the smallest p-value that these differences can have with any signs.
pub fn smallest_sign_flip(differences: &[f64]) -> f64 {
    // A difference of 0 has no sign.
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
    fn six_pairs_with_one_sign_give_two_of_64() {
        assert_eq!(sign_flip(&[1.0, 2.0, 3.0, 1.0, 2.0, 3.0], 1), 2.0 / 64.0);
        assert_eq!(smallest_sign_flip(&[1.0, -2.0, 3.0, 1.0, 2.0, 0.0]), 2.0 / 32.0);
        assert_eq!(sign_flip(&[], 1), 1.0);
        assert_eq!(sign_flip(&[0.0; 40], 1), 1.0);
        assert_eq!(sign_flip(&[3.0, -3.0], 1), 1.0);
    }

    #[test]
    fn drawn_permutations_depend_on_the_seed_alone() {
        let vectors: serde_json::Value =
            serde_json::from_str(include_str!("../../../../tests/vectors/chance.json")).expect("JSON");
        let differences: Vec<f64> = serde_json::from_value(vectors["signs"]["differences"].clone()).expect("numbers");
        assert_eq!(vectors["signs"]["p"], sign_flip(&differences, 1));
    }

    proptest::proptest! {
        #[test]
        fn p_value_matches_enumeration(differences in proptest::collection::vec((-4_i8..5).prop_map(f64::from), 1..9)) {
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
        fn drawn_permutations_approximate_all_permutations(differences in proptest::collection::vec(-1.0_f64..1.5, 15)) {
            let exact = sign_flip(&differences, 1);
            // Pairs more that say nothing.
            let longer: Vec<_> = differences.iter().copied().chain([0.0; 10]).collect();
            proptest::prop_assert!(longer.len() > MAX_EXACT);
            proptest::prop_assert!((sign_flip(&longer, 7) - exact).abs() < 0.02);
        }
    }

    use proptest::strategy::Strategy;
}
