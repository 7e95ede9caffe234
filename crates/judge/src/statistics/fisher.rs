//! Fisher's exact test: do two rates differ?

/// Tables whose chances differ by less than this share are equally likely.
const TOLERANCE: f64 = 1e-12;

/// Returns the two-sided p-value of "both have the same rate", of `a` hits in `a_of` and `b` in `b_of`: the chance of
/// every table with these sums that is not more likely than the observed one (Fisher, "Statistical methods for research
/// workers", 5th edition 1934, section 21.02; two-sided as in Freeman and Halton 1951). 1 when either has no cases.
pub fn fisher_exact(a: usize, a_of: usize, b: usize, b_of: usize) -> f64 {
    let (chances, low) = chances(a + b, a_of, b_of);
    let Some(observed) = a.checked_sub(low).and_then(|place| chances.get(place)) else { return 1.0 };
    let limit = observed * (1.0 + TOLERANCE);
    chances.iter().filter(|chance| **chance <= limit).sum::<f64>().min(1.0)
}

/// Returns the one-sided p-value of "the second rate is not higher": the chance of at least `b` hits on the second
/// side, given the number of all hits. 1 when either has no cases.
pub fn fisher_higher(a: usize, a_of: usize, b: usize, b_of: usize) -> f64 {
    let (chances, low) = chances(a + b, a_of, b_of);
    match a.checked_sub(low) {
        // More hits of the second side are fewer of the first.
        Some(place) if place < chances.len() => chances[..=place].iter().sum::<f64>().min(1.0),
        _ => 1.0,
    }
}

/// Returns the smallest p-value that this number of hits in all can have, on whichever side they are.
pub fn smallest_fisher(hits: usize, a_of: usize, b_of: usize) -> f64 {
    let (chances, low) = chances(hits, a_of, b_of);
    let of = |a: usize| fisher_exact(a, a_of, hits.saturating_sub(a), b_of);
    if chances.is_empty() { 1.0 } else { of(low).min(of(low + chances.len() - 1)) }
}

/// Returns the hypergeometric chances of each `a`, and the smallest possible `a`.
fn chances(hits: usize, a_of: usize, b_of: usize) -> (Vec<f64>, usize) {
    if a_of == 0 || b_of == 0 || hits > a_of + b_of {
        return (Vec::new(), 0);
    }
    let low = hits.saturating_sub(b_of);
    let high = hits.min(a_of);
    let ln_choose = |n: usize, k: usize| {
        libm::lgamma(n as f64 + 1.0) - libm::lgamma(k as f64 + 1.0) - libm::lgamma((n - k) as f64 + 1.0)
    };
    let ln_all = ln_choose(a_of + b_of, hits);
    let chance = |a: usize| (ln_choose(a_of, a) + ln_choose(b_of, hits - a) - ln_all).exp();
    ((low..=high).map(chance).collect(), low)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lady_tasting_tea() {
        // Fisher's own example, two-sided: 34 of 70.
        assert!((fisher_exact(3, 4, 1, 4) - 34.0 / 70.0).abs() < 1e-12);
        assert!((fisher_exact(4, 4, 0, 4) - 2.0 / 70.0).abs() < 1e-12);
        assert!((smallest_fisher(4, 4, 4) - 2.0 / 70.0).abs() < 1e-12);
        assert_eq!(fisher_exact(0, 0, 3, 4), 1.0);
        assert_eq!(smallest_fisher(0, 4, 4), 1.0);
        // One-sided: 17 of 70, and all but 1 of 70 the other way.
        assert!((fisher_higher(1, 4, 3, 4) - 17.0 / 70.0).abs() < 1e-12);
        assert!((fisher_higher(4, 4, 0, 4) - 1.0).abs() < 1e-12 && fisher_higher(0, 0, 3, 4) == 1.0);
    }

    proptest::proptest! {
        #[test]
        fn p_value_matches_enumeration(a in 0_usize..6, a_more in 0_usize..4, b in 0_usize..6, b_more in 0_usize..4) {
            let (a_of, b_of) = (a + a_more, b + b_more);
            proptest::prop_assume!(a_of > 0 && b_of > 0 && a_of + b_of <= 16);
            // A deal is the set of cases that are hits; the first `a_of` cases are those of `a`.
            let deals = (0_u32..1 << (a_of + b_of)).filter(|hits| hits.count_ones() as usize == a + b);
            let mut counts = vec![0_u32; a_of + 1];
            deals.for_each(|hits| counts[(hits & ((1 << a_of) - 1)).count_ones() as usize] += 1);
            let all: u32 = counts.iter().sum();
            let unlikely: u32 = counts.iter().filter(|count| **count <= counts[a]).sum();
            proptest::prop_assert!((fisher_exact(a, a_of, b, b_of) - f64::from(unlikely) / f64::from(all)).abs() < 1e-9);
        }
    }
}
