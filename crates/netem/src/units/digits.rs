//! Formats numbers beside the bounds with which they are compared.

/// The largest number of decimals. Differences beyond it come from floating-point arithmetic.
const MAX_DECIMALS: usize = 9;

/// Returns the number of decimals, at least `least`, with which `value` is not printed as `bound`. Returns `least` if
/// the two are equal or differ only by floating-point error. A value that misses a bound must not be printed as if it
/// met it: 3.796 is less than the required 3.8.
pub fn decimals_apart(value: f64, bound: f64, least: usize) -> usize {
    let is_apart = |decimals: &usize| {
        let [value, bound] = [value, bound].map(|figure| format!("{figure:.decimals$}", decimals = *decimals));
        value != bound
    };
    (least..=MAX_DECIMALS).find(is_apart).unwrap_or(least)
}

/// Formats `value` with the number of decimals from [`decimals_apart`].
pub fn apart(value: f64, bound: f64, least: usize) -> String {
    format!("{value:.decimals$}", decimals = decimals_apart(value, bound, least))
}

/// Formats `value` with at least `least` decimals and all further decimals that it has, without floating-point error.
/// For bounds: a limit of 16.5 ms must not be printed as 17 ms.
pub fn exact(value: f64, least: usize) -> String {
    let decimals = (least..MAX_DECIMALS).find(|decimals| {
        let shown = format!("{value:.decimals$}", decimals = *decimals).parse::<f64>();
        shown.is_ok_and(|shown| (shown - value).abs() <= value.abs() * 1e-9)
    });
    format!("{value:.decimals$}", decimals = decimals.unwrap_or(least))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn value_is_distinguishable_from_its_bound() {
        assert_eq!(apart(3.796, 3.8, 2), "3.796");
        assert_eq!(apart(5.004, 5.0, 1), "5.004");
        assert_eq!(apart(3.8, 3.8, 2), "3.80");
        assert_eq!(apart(3.1, 3.8, 2), "3.10");
        assert_eq!(apart(5.0 + 1e-13, 5.0, 1), "5.0");
        assert_eq!(exact(16.5, 0), "16.5");
        assert_eq!(exact(0.1 + 0.2, 1), "0.3");
        assert_eq!(exact(97.0, 0), "97");
    }

    proptest::proptest! {
        #[test]
        fn different_values_are_printed_differently(value in -1e6_f64..1e6, difference in -1.0_f64..1.0) {
            proptest::prop_assume!(difference.abs() > 1e-8);
            let bound = value + difference;
            let decimals = decimals_apart(value, bound, 1);
            proptest::prop_assert_ne!(format!("{value:.decimals$}"), format!("{bound:.decimals$}"));
        }
    }
}
