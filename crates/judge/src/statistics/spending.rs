//! Looks at a test before all its samples are there.

use super::distributions::{normal_cdf, normal_quantile};

/// Returns how much of the level a test may have spent when the share `information` (0 to 1) of its samples is there:
/// little at first, and nearly all at the end, as with the boundaries of O'Brien and Fleming (Lan and DeMets, "Discrete
/// sequential boundaries for clinical trials", 1983, their α₁*).
pub fn spent(level: f64, information: f64) -> f64 {
    if information <= 0.0 {
        return 0.0;
    }
    let z = normal_quantile(1.0 - level / 2.0);
    (2.0 * normal_cdf(-z / information.min(1.0).sqrt())).min(level)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spending_starts_low_and_ends_at_the_level() {
        // Table 1 of Lan and DeMets is for one side; these are the two-sided values of R's `ldbounds`.
        assert!((spent(0.05, 0.5) - 0.005_574_597).abs() < 1e-8);
        assert!((spent(0.05, 1.0) - 0.05).abs() < 1e-12);
        assert_eq!(spent(0.05, 0.0), 0.0);
        assert!(spent(0.05, 0.2) < 2e-5);
    }

    proptest::proptest! {
        #[test]
        fn it_never_goes_back(level in 0.001_f64..0.2, early in 0.0_f64..1.0, later in 0.0_f64..1.0) {
            let (early, later) = (early.min(later), early.max(later));
            proptest::prop_assert!(spent(level, early) <= spent(level, later) && spent(level, later) <= level);
        }
    }
}
