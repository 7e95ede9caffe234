//! Medians and quantiles.

/// Returns the median; of an even number of values the mean of the two in the middle. `None` of no values.
pub fn median(values: &[f64]) -> Option<f64> {
    quantile(values, 0.5)
}

/// Returns the median; of an even number of values the lower of the two in the middle, so that it is always one of
/// them. `None` of no values.
pub fn lower_median(values: &[f64]) -> Option<f64> {
    let sorted = sorted(values);
    sorted.get(sorted.len().checked_sub(1)? / 2).copied()
}

/// Returns the median; of an even number of values the upper of the two in the middle, so that it is always one of
/// them. `None` of no values.
pub fn upper_median(values: &[f64]) -> Option<f64> {
    sorted(values).get(values.len() / 2).copied()
}

/// Returns the quantile at `share` (0 to 1), interpolated between neighbours: definition 7 of Hyndman and Fan, "Sample
/// quantiles in statistical packages" (1996), the default of R and NumPy. `None` of no values.
pub fn quantile(values: &[f64], share: f64) -> Option<f64> {
    let sorted = sorted(values);
    let place = share.clamp(0.0, 1.0) * (sorted.len().checked_sub(1)? as f64);
    let (below, above) = (sorted[place.floor() as usize], sorted[place.ceil() as usize]);
    // Equal neighbours may be infinite.
    Some(if below == above { below } else { below + (above - below) * place.fract() })
}

fn sorted(values: &[f64]) -> Vec<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn medians_of_odd_and_even_numbers_of_values() {
        let (none, odd, even) = ([], [3.0, 1.0, 2.0], [4.0, 1.0, 2.0, 3.0]);
        assert_eq!((median(&none), lower_median(&none), upper_median(&none)), (None, None, None));
        assert_eq!((median(&odd), lower_median(&odd), upper_median(&odd)), (Some(2.0), Some(2.0), Some(2.0)));
        assert_eq!((median(&even), lower_median(&even), upper_median(&even)), (Some(2.5), Some(2.0), Some(3.0)));
    }

    #[test]
    fn quantiles_lie_between_neighbours() {
        assert_eq!(quantile(&[0.0, 10.0], 0.95), Some(9.5));
        assert_eq!(quantile(&[7.0], 0.95), Some(7.0));
    }
}
