//! Seeded random numbers that are the same on every machine and in every release.
//!
//! A seed must give the same packets on every machine and after every update; otherwise a result cannot be reproduced.
//! The whole way from a seed to a number is therefore fixed in this file. Libraries change how they derive a value from
//! a generator, and some change the generator, within one major version. precall uses only the key stream of ChaCha8
//! (Bernstein, "ChaCha, a variant of Salsa20", 2008), which cannot change. `tests/vectors/chance.py` is an independent
//! implementation of this file, and the tests compare the two.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use sha2::{Digest, Sha256};

/// The name of the generator in results. Increase the number at its end with every change to the values that a seed
/// gives: a change in this file, or a change in the number or the order of the values that other code draws.
pub const GENERATOR: &str = "chacha8-1";

/// A random number generator for one seed and one purpose.
pub struct SeededRng(ChaCha8Rng);

impl SeededRng {
    /// Creates the generator of `seed` for `purpose`. Generators for different purposes are independent.
    pub fn new(seed: u64, purpose: &str) -> Self {
        Self(ChaCha8Rng::from_seed(key(seed, purpose)))
    }

    /// Returns the next 64 bits of the key stream, in little-endian order.
    pub fn bits(&mut self) -> u64 {
        self.0.next_u64()
    }

    /// Returns a uniformly distributed number from 0 (inclusive) to 1 (exclusive). It uses the upper 53 of 64 bits,
    /// which is the precision of an `f64` (Vigna, "Generating uniform doubles in the unit interval", 2018).
    pub fn uniform(&mut self) -> f64 {
        (self.bits() >> 11) as f64 * (0.5_f64).powi(53)
    }

    /// Returns a uniformly distributed integer from 0 (inclusive) to `bound` (exclusive); 0 if `bound` is 0. It takes
    /// the upper half of the product of 64 bits and the bound, and draws again where that would be biased (Lemire,
    /// "Fast random integer generation in an interval", 2019, algorithm 5).
    pub fn below(&mut self, bound: u64) -> u64 {
        let mut product = u128::from(self.bits()) * u128::from(bound);
        if (product as u64) < bound {
            let unfair = bound.wrapping_neg() % bound;
            while (product as u64) < unfair {
                product = u128::from(self.bits()) * u128::from(bound);
            }
        }
        (product >> 64) as u64
    }
}

/// Derives an independent seed from `seed` for one purpose: the first 64 bits of the derived key, in little-endian
/// order.
pub fn derive_seed(seed: u64, purpose: &str) -> u64 {
    let [a, b, c, d, e, f, g, h, ..] = key(seed, purpose);
    u64::from_le_bytes([a, b, c, d, e, f, g, h])
}

/// Returns the SHA-256 of the generator's name, the purpose and the seed. A zero byte follows each name.
fn key(seed: u64, purpose: &str) -> [u8; 32] {
    let mut hash = Sha256::new();
    for name in [GENERATOR, purpose] {
        hash.update(name);
        hash.update([0]);
    }
    hash.update(seed.to_le_bytes());
    hash.finalize().into()
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Deserialize)]
    struct Vector {
        seed: u64,
        purpose: String,
        part: u64,
        bits: Vec<u64>,
        shares: Vec<f64>,
        below: Vec<(u64, u64)>,
    }

    #[test]
    fn numbers_match_independent_implementation() {
        let vectors: serde_json::Value =
            serde_json::from_str(include_str!("../../../tests/vectors/chance.json")).expect("JSON");
        assert_eq!(vectors["generator"], GENERATOR);
        assert_eq!(vectors["signalling"], derive_seed(1, "signalling"));
        let vectors: Vec<Vector> = serde_json::from_value(vectors["draws"].clone()).expect("draws");
        assert!(vectors.len() > 10);
        for vector in vectors {
            let fresh = || SeededRng::new(vector.seed, &vector.purpose);
            let (mut bits, mut shares, mut below) = (fresh(), fresh(), fresh());
            let what = format!("{} of {}", vector.purpose, vector.seed);
            assert_eq!(derive_seed(vector.seed, &vector.purpose), vector.part, "{what}");
            assert_eq!(vector.bits, vector.bits.iter().map(|_| bits.bits()).collect::<Vec<_>>(), "{what}");
            assert_eq!(vector.shares, vector.shares.iter().map(|_| shares.uniform()).collect::<Vec<_>>(), "{what}");
            for (bound, drawn) in vector.below {
                assert_eq!(below.below(bound), drawn, "{what}: below {bound}");
            }
        }
    }

    #[test]
    fn numbers_are_uniform() {
        let mut rng = SeededRng::new(1, "test");
        let mut tally = [0_u32; 6];
        let mut total = 0.0;
        for _ in 0..60_000 {
            tally[rng.below(6) as usize] += 1;
            total += rng.uniform();
        }
        // Within 4.5 standard deviations.
        assert!(tally.iter().all(|count| count.abs_diff(10_000) < 411), "{tally:?}");
        assert!((total / 60_000.0 - 0.5).abs() < 0.0054, "{total}");
    }

    proptest::proptest! {
        #[test]
        fn numbers_stay_within_bounds(seed: u64, bound: u64) {
            let drawn = SeededRng::new(seed, "test").below(bound);
            proptest::prop_assert!(drawn < bound || (bound, drawn) == (0, 0));
            let share = SeededRng::new(seed, "test").uniform();
            proptest::prop_assert!((0.0..1.0).contains(&share));
        }

        #[test]
        fn seeds_differ_by_purpose_and_seed(seed: u64, other: u64) {
            proptest::prop_assert_ne!(derive_seed(seed, "up"), derive_seed(seed, "down"));
            proptest::prop_assert!(seed == other || derive_seed(seed, "up") != derive_seed(other, "up"));
        }
    }
}
