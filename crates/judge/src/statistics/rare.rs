//! Rates of rare events.

use super::distributions::{bisect, incomplete_beta};

/// Returns the chance of at least `hits` in `of` cases, if the prior knowledge of their rate is a beta distribution
/// with the parameters `a` and `b` (the beta-binomial distribution; Gelman and others, "Bayesian data analysis", 3rd
/// edition, section 2.3).
pub fn beta_binomial_tail(hits: usize, of: usize, a: f64, b: f64) -> f64 {
    let ln_beta = |a: f64, b: f64| libm::lgamma(a) + libm::lgamma(b) - libm::lgamma(a + b);
    let ln_choose =
        |k: usize| libm::lgamma(of as f64 + 1.0) - libm::lgamma(k as f64 + 1.0) - libm::lgamma((of - k) as f64 + 1.0);
    let chance = |k: usize| (ln_choose(k) + ln_beta(a + k as f64, b + (of - k) as f64) - ln_beta(a, b)).exp();
    // The tail is summed up, and not subtracted from 1: it is small where it matters.
    (hits..=of).map(chance).sum::<f64>().min(1.0)
}

/// Returns the highest rate that `hits` in `of` cases do not exclude with this confidence, one-sided (Clopper and
/// Pearson, "The use of confidence or fiducial limits", 1934). 1 of no cases.
pub fn highest_rate(hits: usize, of: usize, confidence: f64) -> f64 {
    if hits >= of {
        return 1.0;
    }
    let (hits, misses) = (hits as f64 + 1.0, (of - hits) as f64);
    bisect(0.0, 1.0, |rate| incomplete_beta(rate, hits, misses) < confidence)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn beta_binomial_tail_matches_gamma_functions() {
        for (hits, of, b, tail) in
            [(1, 12, 132.5, 0.042_497_335), (2, 20, 140.5, 0.005_828_036), (3, 40, 160.5, 0.002_537_203)]
        {
            let got = beta_binomial_tail(hits, of, 0.5, b);
            assert!((got / tail - 1.0).abs() < 1e-6, "{hits} of {of}: {got}");
        }
        assert!((beta_binomial_tail(0, 9, 0.5, 3.0) - 1.0).abs() < 1e-12);
    }

    #[test]
    fn highest_rate_without_hits_has_a_closed_form() {
        for of in [1, 6, 14, 20] {
            let rate = highest_rate(0, of, 0.95);
            assert!(((1.0 - rate).powi(of as i32) - 0.05).abs() < 1e-9, "{of}: {rate}");
        }
        // R: binom.test(1, 20, alternative = "less")
        assert!((highest_rate(1, 20, 0.95) - 0.216_106_9).abs() < 1e-6);
        assert_eq!((highest_rate(3, 3, 0.95), highest_rate(0, 0, 0.95)), (1.0, 1.0));
    }

    proptest::proptest! {
        #[test]
        fn tail_shrinks_with_hits_and_grows_with_the_rate(of in 1_usize..60, a in 0.2_f64..4.0, b in 1.0_f64..200.0) {
            let tails: Vec<_> = (0..=of).map(|hits| beta_binomial_tail(hits, of, a, b)).collect();
            proptest::prop_assert!(tails.windows(2).all(|pair| pair[0] >= pair[1] - 1e-12));
            proptest::prop_assert!(beta_binomial_tail(1, of, a, b) <= beta_binomial_tail(1, of, a + 1.0, b) + 1e-12);
        }
    }
}
