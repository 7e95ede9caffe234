//! The smallest effects that a number of samples can show.

use std::f64::consts::PI;

use super::distributions::{normal_quantile, student_t_quantile};

/// The chance with which a shift of the given size is detected.
const POWER: f64 = 0.8;

/// Returns the smallest shift that a test of two independent samples with the noise of these detects at `level`
/// (two-sided) with a power of 80 %; `None` when there are too few values to detect any, or to estimate their noise.
///
/// As for two means (Noether, "Sample size determination for some common nonparametric tests", 1987), with Student's
/// quantile for the noise, which is estimated, and more samples by π / 3: what the rank test needs of normal values
/// besides (its asymptotic relative efficiency; Lehmann, "Nonparametrics", 1975, section 2.4).
pub fn detectable_shift(a: &[f64], b: &[f64], level: f64) -> Option<f64> {
    let degrees =
        (a.len() + b.len()).checked_sub(2).filter(|degrees| *degrees > 0 && !a.is_empty() && !b.is_empty())?;
    let variance = (squares(a) + squares(b)) / degrees as f64;
    let per_sample = 1.0 / a.len() as f64 + 1.0 / b.len() as f64;
    Some(distance(level, degrees as f64) * (variance * per_sample * PI / 3.0).sqrt())
}

/// Returns the smallest shift that a test of paired differences detects. The test of their signs is as powerful as that
/// of means once there are enough pairs.
pub fn detectable_paired_shift(differences: &[f64], level: f64) -> Option<f64> {
    let degrees = differences.len().checked_sub(1).filter(|degrees| *degrees > 0)? as f64;
    Some(distance(level, degrees) * (squares(differences) / degrees / differences.len() as f64).sqrt())
}

/// Returns the smallest shift that a test of this number of pairs detects if each value has this standard deviation and
/// the two values of a pair are independent.
pub fn expected_paired_shift(deviation: f64, pairs: usize, level: f64) -> Option<f64> {
    let degrees = pairs.checked_sub(1).filter(|degrees| *degrees > 0)? as f64;
    Some(distance(level, degrees) * deviation * (2.0 / pairs as f64).sqrt())
}

fn distance(level: f64, degrees: f64) -> f64 {
    student_t_quantile(1.0 - level / 2.0, degrees) + normal_quantile(POWER)
}

/// Returns the sum of squared deviations from the mean.
fn squares(values: &[f64]) -> f64 {
    let mean = values.iter().sum::<f64>() / values.len() as f64;
    values.iter().map(|value| (value - mean).powi(2)).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::statistics::rank_sum;
    use precall_netem::rng::SeededRng;

    /// Normal values of a seed, by Box and Muller.
    fn normal(rng: &mut SeededRng) -> f64 {
        (-2.0 * (1.0 - rng.uniform()).ln()).sqrt() * (2.0 * PI * rng.uniform()).cos()
    }

    #[test]
    fn detectable_shift_has_a_power_of_80_percent() {
        let mut rng = SeededRng::new(5, "test");
        for (size, level) in [(8, 0.05), (12, 0.01)] {
            let mut found = 0;
            for _ in 0..400 {
                let a: Vec<_> = (0..size).map(|_| normal(&mut rng)).collect();
                let noise: Vec<_> = (0..size).map(|_| normal(&mut rng)).collect();
                let shift = detectable_shift(&a, &noise, level).expect("a shift");
                let b: Vec<_> = noise.iter().map(|value| value + shift).collect();
                found += i32::from(rank_sum(&a, &b) <= level);
            }
            assert!((288..=352).contains(&found), "{size} samples: {found} of 400");
        }
    }

    #[test]
    fn one_sample_shows_nothing() {
        assert_eq!(detectable_shift(&[1.0], &[2.0], 0.05), None);
        assert_eq!(detectable_shift(&[], &[2.0, 3.0, 4.0], 0.05), None);
        assert_eq!(detectable_paired_shift(&[1.0], 0.05), None);
        assert_eq!(detectable_paired_shift(&[1.0, 1.0], 0.05), Some(0.0));
    }
}
