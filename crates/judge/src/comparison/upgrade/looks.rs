//! The schedule of looks at a gate while it runs.
//!
//! Each look for *worse* may spend a part of the level that follows from Lan and DeMets ([`spent`]), as in sequential
//! comparison. *No worse* is answered early only when there are enough repeats to detect a hang in 1 of 5 cases.

use std::collections::BTreeMap;

use super::margin::{MIN_REPEATS, hang_is_visible};
use crate::statistics::spent;

/// The shares of the repeats after which a gate may answer "worse", before the end. Each look spends a part of the
/// level for good, and the sum of these parts is an upper bound of what the looks need together, so there are few.
const FOR_WORSE: [f64; 2] = [0.45, 0.7];
/// The share of the repeats after which a gate may only answer "no worse", which spends nothing. It also may as soon as
/// a hang would have been detected.
const FOR_NO_WORSE: f64 = 0.8;

/// The looks at a gate before its end, and the part of the level that each may spend.
#[derive(Debug, Clone)]
pub struct Looks {
    looks: Vec<Look>,
    last_level: f64,
}

/// One look at a gate.
#[derive(Debug, Clone, Copy)]
pub(in crate::comparison) struct Look {
    /// The number of repeats after which the gate is looked at.
    pub repeats: u32,
    /// The chance of a false alarm in this look; 0 when it does not look for what is worse.
    pub level: f64,
    /// The level that is left for the end, at which "no worse" is answered.
    pub last_level: f64,
}

impl Looks {
    /// Returns the looks at a gate with at most `repeats` repeats, which spend `level` in all.
    pub fn new(repeats: u32, level: f64) -> Self {
        let after = |share: f64| (share * f64::from(repeats)).ceil() as u32;
        let hang_visible = (1..=repeats).find(|repeats| hang_is_visible(*repeats as usize));
        let mut spends: BTreeMap<u32, f64> =
            [after(FOR_NO_WORSE)].into_iter().chain(hang_visible).map(|then| (then, 0.0)).collect();
        let mut before = 0.0;
        let can_show = |then: &u32| *then < repeats && *then as usize >= MIN_REPEATS;
        for repeats_then in FOR_WORSE.map(after).into_iter().filter(can_show) {
            let until = spent(level, f64::from(repeats_then) / f64::from(repeats));
            *spends.entry(repeats_then).or_default() += until - before;
            before = until;
        }
        let last_level = level - before;
        let is_before_the_end =
            |(then, level): (u32, f64)| (then < repeats).then_some(Look { repeats: then, level, last_level });
        Self { looks: spends.into_iter().filter_map(is_before_the_end).collect(), last_level }
    }

    /// Returns the number of repeats after which "no worse" can be answered first, if nothing stands against it; `None`
    /// when that is only at the end.
    pub fn earliest(&self) -> Option<u32> {
        self.looks.iter().map(|look| look.repeats).find(|repeats| hang_is_visible(*repeats as usize))
    }

    /// Returns the looks before the end, in their order.
    pub(in crate::comparison) fn before_the_end(&self) -> &[Look] {
        &self.looks
    }

    /// Returns the level that is left for the end.
    pub(in crate::comparison) fn last_level(&self) -> f64 {
        self.last_level
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_looks_together_spend_the_level() {
        for repeats in [6, 7, 12, 20, 100] {
            let looks = Looks::new(repeats, 0.05);
            let early: f64 = looks.looks.iter().map(|look| look.level).sum();
            assert!((early + looks.last_level - 0.05).abs() < 1e-12, "{repeats}");
            assert!(looks.last_level > early, "what is found early is found at the end: {repeats}");
            let after: Vec<_> = looks.looks.iter().map(|look| look.repeats).collect();
            assert!(
                after.is_sorted_by(|one, other| one < other) && after.iter().all(|then| *then < repeats),
                "{after:?}"
            );
        }
    }

    #[test]
    fn no_worse_takes_at_least_seventeen_repeats() {
        let looks = Looks::new(24, 0.05);
        assert_eq!(looks.looks.iter().map(|look| look.repeats).collect::<Vec<_>>(), [11, 17, 20]);
        assert_eq!(looks.earliest(), Some(17));
        assert_eq!(Looks::new(12, 0.05).earliest(), None, "only at its end");
    }
}
