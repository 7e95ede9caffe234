//! The normal distribution and Student's t distribution.

/// The width of the bracket, relative to its ends, at which the search for a quantile stops.
const PRECISION: f64 = 1e-15;

/// Returns the share of a standard normal distribution that is below `z`.
pub fn normal_cdf(z: f64) -> f64 {
    0.5 * libm::erfc(-z / std::f64::consts::SQRT_2)
}

/// Returns the value below which the share `p` of a standard normal distribution lies; infinite at 0 and 1.
pub fn normal_quantile(p: f64) -> f64 {
    if p > 0.5 {
        // The small tail has the digits.
        return -normal_quantile(1.0 - p);
    }
    if p <= 0.0 {
        return f64::NEG_INFINITY;
    }
    bisect(-40.0, 0.0, |z| normal_cdf(z) < p)
}

/// Returns the value below which the share `p` of Student's t distribution lies. The `degrees` of freedom are positive.
pub fn student_t_quantile(p: f64, degrees: f64) -> f64 {
    // The small tail has the digits.
    let (tail, sign) = if p < 0.5 { (p, -1.0) } else { (1.0 - p, 1.0) };
    if tail <= 0.0 {
        return sign * f64::INFINITY;
    }
    // Abramowitz and Stegun 26.7.1: the two tails beyond t are I_x(degrees / 2, 1 / 2) with this x.
    let upper = |t: f64| 0.5 * incomplete_beta(degrees / (degrees + t * t), degrees / 2.0, 0.5);
    let mut high = 1.0;
    while upper(high) > tail && high < 1e300 {
        high *= 2.0;
    }
    sign * bisect(0.0, high, |t| upper(t) > tail)
}

/// Returns the place between two others from which on `is_below` does not hold.
pub(super) fn bisect(mut low: f64, mut high: f64, is_below: impl Fn(f64) -> bool) -> f64 {
    while high - low > PRECISION * low.abs().max(high.abs()) {
        let middle = low + (high - low) / 2.0;
        if middle <= low || middle >= high {
            break;
        }
        if is_below(middle) { low = middle } else { high = middle }
    }
    low + (high - low) / 2.0
}

/// Returns the regularised incomplete beta function I_x(a, b) by its continued fraction (DLMF 8.17.22), evaluated by
/// Lentz's method.
pub(super) fn incomplete_beta(x: f64, a: f64, b: f64) -> f64 {
    if x <= 0.0 {
        return 0.0;
    }
    if x >= 1.0 {
        return 1.0;
    }
    // It converges fast below the mean only.
    if x > (a + 1.0) / (a + b + 2.0) {
        return 1.0 - incomplete_beta(1.0 - x, b, a);
    }
    let ln_front = libm::lgamma(a + b) - libm::lgamma(a) - libm::lgamma(b) + a * x.ln() + b * (1.0 - x).ln();
    let not_zero = |value: f64| if value.abs() < 1e-300 { 1e-300 } else { value };
    let (mut c, mut d) = (1.0, 1.0 / not_zero(1.0 - (a + b) * x / (a + 1.0)));
    let mut fraction = d;
    for m in 1..500 {
        let m = f64::from(m);
        for term in [
            m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m)),
            -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0)),
        ] {
            d = 1.0 / not_zero(1.0 + term * d);
            c = not_zero(1.0 + term / c);
            fraction *= c * d;
        }
        if (c * d - 1.0).abs() < 1e-16 {
            break;
        }
    }
    ln_front.exp() * fraction / a
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_match_tables() {
        assert!((normal_quantile(0.975) - 1.959_963_984_540_054).abs() < 1e-13);
        assert_eq!(normal_quantile(0.0), f64::NEG_INFINITY);
        assert_eq!(normal_quantile(1.0), f64::INFINITY);
        // With one degree of freedom it is the Cauchy distribution; with two it has a closed form.
        assert!((student_t_quantile(0.75, 1.0) - 1.0).abs() < 1e-12);
        assert!((student_t_quantile(0.9, 2.0) - 1.885_618_083_164_127).abs() < 1e-12);
        assert_eq!(student_t_quantile(1.0, 3.0), f64::INFINITY);
    }

    proptest::proptest! {
        #[test]
        fn quantile_inverts_the_distribution(p in 1e-9_f64..0.999_999) {
            proptest::prop_assert!((normal_cdf(normal_quantile(p)) - p).abs() < 1e-13);
        }

        #[test]
        fn student_t_approaches_the_normal_distribution(p in 0.001_f64..0.999) {
            proptest::prop_assert!((student_t_quantile(p, 1e6) - normal_quantile(p)).abs() < 1e-4);
        }
    }
}
