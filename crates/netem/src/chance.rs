//! Seeded chance: draws that are the same wherever and whenever they are repeated.
//!
//! A seed has to give the same packets on every machine and after every update, or nobody can repeat what a result says. So everything
//! between a seed and a draw is fixed here and nothing is left to a library that may change its mind: libraries change how they derive
//! a value from a generator, and some change the generator, within one major version. Of the library only the key stream of
//! ChaCha8 is used (Bernstein, "ChaCha, a variant of Salsa20", 2008), which cannot change. `tests/vectors/chance.py` is
//! an independent account of this file, and the tests hold it to that.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use sha2::{Digest, Sha256};

/// The name under which results say what turned their seeds into draws. Whoever changes what any seed gives, here or by another
/// number or order of draws elsewhere, counts it up.
pub const GENERATOR: &str = "chacha8-1";

/// The draws of one seed for one purpose.
pub struct Chance(ChaCha8Rng);

impl Chance {
    /// The draws of `seed` for `purpose`; those for another purpose have nothing in common with them.
    pub fn new(seed: u64, purpose: &str) -> Self {
        Self(ChaCha8Rng::from_seed(key(seed, purpose)))
    }

    /// 64 bits: the next eight bytes of the key stream, the lowest first.
    pub fn bits(&mut self) -> u64 {
        self.0.next_u64()
    }

    /// Evenly from 0 up to, and not including, 1: the upper 53 of 64 bits, as many as an `f64` has (Vigna, "Generating uniform
    /// doubles in the unit interval", 2018).
    pub fn share(&mut self) -> f64 {
        (self.bits() >> 11) as f64 * (0.5_f64).powi(53)
    }

    /// Evenly from 0 up to, and not including, `bound`; 0 when that is 0. The upper half of the product of 64 bits and the bound, drawn
    /// again where that would favour some (Lemire, "Fast random integer generation in an interval", 2019, algorithm 5).
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

/// A seed that follows from `seed` and belongs to one part of what that seed decides: its first 64 bits, the lowest byte first.
pub fn part(seed: u64, purpose: &str) -> u64 {
    let [a, b, c, d, e, f, g, h, ..] = key(seed, purpose);
    u64::from_le_bytes([a, b, c, d, e, f, g, h])
}

/// SHA-256 of the generator's name, the purpose and the seed, with a zero byte behind each name.
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
    fn draws_are_those_of_an_independent_account() {
        let vectors: serde_json::Value =
            serde_json::from_str(include_str!("../../../tests/vectors/chance.json")).expect("JSON");
        assert_eq!(vectors["generator"], GENERATOR);
        assert_eq!(vectors["signalling"], part(1, "signalling"));
        let vectors: Vec<Vector> = serde_json::from_value(vectors["draws"].clone()).expect("draws");
        assert!(vectors.len() > 10);
        for vector in vectors {
            let fresh = || Chance::new(vector.seed, &vector.purpose);
            let (mut bits, mut shares, mut below) = (fresh(), fresh(), fresh());
            let what = format!("{} of {}", vector.purpose, vector.seed);
            assert_eq!(part(vector.seed, &vector.purpose), vector.part, "{what}");
            assert_eq!(vector.bits, vector.bits.iter().map(|_| bits.bits()).collect::<Vec<_>>(), "{what}");
            assert_eq!(vector.shares, vector.shares.iter().map(|_| shares.share()).collect::<Vec<_>>(), "{what}");
            for (bound, drawn) in vector.below {
                assert_eq!(below.below(bound), drawn, "{what}: below {bound}");
            }
        }
    }

    #[test]
    fn draws_are_even() {
        let mut chance = Chance::new(1, "test");
        let mut tally = [0_u32; 6];
        let mut total = 0.0;
        for _ in 0..60_000 {
            tally[chance.below(6) as usize] += 1;
            total += chance.share();
        }
        // Within 4.5 standard deviations.
        assert!(tally.iter().all(|count| count.abs_diff(10_000) < 411), "{tally:?}");
        assert!((total / 60_000.0 - 0.5).abs() < 0.0054, "{total}");
    }

    proptest::proptest! {
        #[test]
        fn what_is_drawn_is_below_its_bound(seed: u64, bound: u64) {
            let drawn = Chance::new(seed, "test").below(bound);
            proptest::prop_assert!(drawn < bound || (bound, drawn) == (0, 0));
            let share = Chance::new(seed, "test").share();
            proptest::prop_assert!((0.0..1.0).contains(&share));
        }

        #[test]
        fn purposes_and_seeds_have_nothing_in_common(seed: u64, other: u64) {
            proptest::prop_assert_ne!(part(seed, "up"), part(seed, "down"));
            proptest::prop_assert!(seed == other || part(seed, "up") != part(other, "up"));
        }
    }
}
