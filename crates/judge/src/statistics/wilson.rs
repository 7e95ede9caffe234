//! Confidence intervals of rates.

use super::distributions::normal_quantile;

/// Returns the interval of Wilson ("Probable inference", 1927) for a rate with `hits` in `of` cases; 0 to 1 of no
/// cases.
pub fn wilson(hits: usize, of: usize, confidence: f64) -> (f64, f64) {
    if of == 0 {
        return (0.0, 1.0);
    }
    let z2 = normal_quantile(0.5 + confidence / 2.0).powi(2);
    let (n, p) = (of as f64, hits as f64 / of as f64);
    let middle = (p + z2 / (2.0 * n)) / (1.0 + z2 / n);
    let half = (z2 * (p * (1.0 - p) / n + z2 / (4.0 * n * n))).sqrt() / (1.0 + z2 / n);
    // Rounding must neither exceed the ends of the scale nor miss them.
    let low = if hits == 0 { 0.0 } else { (middle - half).max(0.0) };
    (low, if hits == of { 1.0 } else { (middle + half).min(1.0) })
}

/// Returns the interval of the difference between the rate of `b` and that of `a`, each as hits and cases: Newcombe,
/// "Interval estimation for the difference between independent proportions", 1998, method 10, from Wilson's intervals.
pub fn newcombe(a: (usize, usize), b: (usize, usize), confidence: f64) -> (f64, f64) {
    let seen = |(hits, of): (usize, usize)| hits as f64 / of.max(1) as f64;
    let (p_a, p_b) = (seen(a), seen(b));
    let ((low_a, high_a), (low_b, high_b)) = (wilson(a.0, a.1, confidence), wilson(b.0, b.1, confidence));
    let difference = p_b - p_a;
    (difference - (p_b - low_b).hypot(high_a - p_a), difference + (high_b - p_b).hypot(p_a - low_a))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_papers_own_examples() {
        // Newcombe's table II: 56/70 - 48/80, 10/10 - 0/10.
        for (a, b, low, high) in [((48, 80), (56, 70), 0.0524, 0.3339), ((0, 10), (10, 10), 0.6075, 1.0)] {
            let (got_low, got_high) = newcombe(a, b, 0.95);
            assert!((got_low - low).abs() < 5e-5 && (got_high - high).abs() < 5e-5, "{got_low} {got_high}");
        }
    }

    proptest::proptest! {
        #[test]
        fn interval_contains_the_observed_rate(hits in 0_usize..40, more in 0_usize..40) {
            let of = hits + more;
            let (low, high) = wilson(hits, of, 0.95);
            let seen = hits as f64 / of.max(1) as f64;
            proptest::prop_assert!(0.0 <= low && low <= seen && seen <= high && high <= 1.0);
            // Its defining equation: at its ends what was seen is z deviations away.
            if hits > 0 && of > 0 {
                let z = (seen - low) / (low * (1.0 - low) / of as f64).sqrt();
                proptest::prop_assert!((z - 1.959_963_984_540_054).abs() < 1e-6);
            }
        }
    }
}
