//! Correction for several tests at once.

/// Returns the adjusted p-values of Holm ("A simple sequentially rejective multiple test procedure", 1979): each below
/// α is a discovery, and the chance of any false one is at most α. In the order given.
pub fn holm(p_values: &[f64]) -> Vec<f64> {
    let mut order: Vec<_> = (0..p_values.len()).collect();
    order.sort_by(|a, b| p_values[*a].total_cmp(&p_values[*b]));
    let mut adjusted = vec![1.0; p_values.len()];
    let mut largest = 0.0_f64;
    for (place, index) in order.into_iter().enumerate() {
        largest = largest.max(p_values[index] * (p_values.len() - place) as f64);
        adjusted[index] = largest.min(1.0);
    }
    adjusted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn smallest_p_is_multiplied_by_the_number_of_tests() {
        let adjusted = holm(&[0.01, 0.04, 0.03, 0.005]);
        let wanted = [0.03, 0.06, 0.06, 0.02];
        assert!(adjusted.iter().zip(wanted).all(|(p, wanted)| (p - wanted).abs() < 1e-12), "{adjusted:?}");
        assert_eq!(holm(&[0.9, 0.8]), [1.0, 1.0]);
        assert_eq!(holm(&[]), [] as [f64; 0]);
    }

    proptest::proptest! {
        #[test]
        fn adjusted_p_values_grow_and_keep_their_order(p in proptest::collection::vec(0.0_f64..=1.0, 1..12)) {
            let adjusted = holm(&p);
            for i in 0..p.len() {
                proptest::prop_assert!(adjusted[i] >= p[i] && adjusted[i] <= 1.0);
                proptest::prop_assert!((0..p.len()).all(|j| p[i] > p[j] || adjusted[i] <= adjusted[j]));
            }
        }
    }
}
