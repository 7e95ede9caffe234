//! What chance does to each packet.

use super::LinkConfig;
use crate::chance::Chance;

/// What chance has decided about a packet.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Fate {
    /// Dropped at random.
    Lost,
    /// Dropped in a burst.
    LostInBurst,
    /// It goes on.
    Passes(Luck),
}

/// What a packet that goes on meets.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Luck {
    /// It comes twice.
    pub twice: bool,
    /// It is held back, to be overtaken.
    pub held: bool,
    /// Its share of the jitter: between -1 and 1.
    pub deviation: f64,
}

/// The fates of packets, from one seed. Each packet has a block of the generator to itself, and each matter its place in it, so a
/// packet's luck depends on its number and not on what else the link does: more jitter does not change which packets are lost.
pub(super) struct Fates {
    chance: Chance,
    is_bad: bool,
    deviation: f64,
}

impl Fates {
    pub fn new(seed: u64) -> Self {
        Self { chance: Chance::new(seed, "packets"), is_bad: false, deviation: 0.0 }
    }

    /// The next packet's fate.
    pub fn next(&mut self, config: &LinkConfig) -> Fate {
        // A block is 64 bytes. The last eight are for a matter that comes later, which then moves no other.
        let [loss, turn, hit, twice, held, stays, drawn, _] = [(); 8].map(|()| self.chance.share());
        let lost = loss < config.loss.unwrap_or_default().get();
        let twice = twice < config.duplicate.unwrap_or_default().get();
        let held = held < config.reorder.map(|reorder| reorder.ratio).unwrap_or_default().get();
        // A discrete autoregressive process, DAR(1) (Jacobs and Lewis 1978): the deviation stays with the probability of
        // the correlation, else it is drawn anew. So it is spread evenly and correlated as asked, both exactly; the
        // weighted sums of other emulators narrow the spread.
        if stays >= config.jitter_correlation.get() {
            self.deviation = drawn * 2.0 - 1.0;
        }
        let in_burst = config.burst.is_some_and(|burst| {
            let turns = if self.is_bad { burst.r } else { burst.p };
            self.is_bad ^= turn < turns.get();
            hit < if self.is_bad { burst.loss_bad } else { burst.loss_good }.get()
        });
        match (in_burst, lost) {
            (true, _) => Fate::LostInBurst,
            (_, true) => Fate::Lost,
            _ => Fate::Passes(Luck { twice, held, deviation: self.deviation }),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::chance::part;
    use crate::units::Ratio;
    use crate::{BurstLoss, Reordering};

    fn share(share: f64) -> Ratio {
        Ratio::new(share).expect("a share")
    }

    fn fates(config: &LinkConfig, seed: u64, count: usize) -> Vec<Fate> {
        let mut all = Fates::new(seed);
        (0..count).map(|_| all.next(config)).collect()
    }

    #[test]
    fn fates_are_those_of_an_independent_account() {
        let vectors: serde_json::Value =
            serde_json::from_str(include_str!("../../../tests/vectors/chance.json")).expect("JSON");
        let config = LinkConfig {
            loss: Some(share(0.2)),
            burst: Some(BurstLoss { p: share(0.1), r: share(0.3), loss_good: Ratio::ZERO, loss_bad: share(1.0) }),
            duplicate: Some(share(0.1)),
            reorder: Some(Reordering { ratio: share(0.1), by: Duration::from_millis(1) }),
            jitter_correlation: share(0.5),
            ..LinkConfig::default()
        };
        for way in ["up", "down"] {
            let expected = vectors["datagrams"][way].as_array().expect("fates");
            let seen = fates(&config, part(1, way), expected.len()).into_iter().map(|fate| match fate {
                Fate::Lost => "lost".into(),
                Fate::LostInBurst => "burst".into(),
                Fate::Passes(Luck { twice, held, deviation }) => serde_json::json!([twice, held, deviation]),
            });
            assert_eq!(*expected, seen.collect::<Vec<_>>(), "{way}");
        }
    }

    #[test]
    fn bursts_are_as_long_and_as_many_as_the_theory_says() {
        for (p, r) in [(0.0125, 0.25), (0.05, 0.5), (0.01, 0.1)] {
            let burst = BurstLoss { p: share(p), r: share(r), loss_good: Ratio::ZERO, loss_bad: share(1.0) };
            let config = LinkConfig { burst: Some(burst), ..LinkConfig::default() };
            let lost: Vec<_> = fates(&config, 1, 1_000_000).iter().map(|fate| *fate == Fate::LostInBurst).collect();
            let bursts: Vec<_> = lost.chunk_by(|a, b| a == b).filter(|run| run[0]).map(<[bool]>::len).collect();
            let packets: usize = bursts.iter().sum();
            let length = packets as f64 / bursts.len() as f64;
            assert!((length / burst.mean_burst_packets() - 1.0).abs() < 0.05, "p {p}, r {r}: {length} packets");
            let loss = packets as f64 / lost.len() as f64;
            assert!((loss / burst.mean_loss().get() - 1.0).abs() < 0.05, "p {p}, r {r}: {loss}");
        }
    }

    #[test]
    fn partial_loss_in_good_and_bad_times_adds_up() {
        let burst = BurstLoss { p: share(0.05), r: share(0.2), loss_good: share(0.01), loss_bad: share(0.5) };
        let config = LinkConfig { burst: Some(burst), ..LinkConfig::default() };
        let lost = fates(&config, 1, 500_000).iter().filter(|fate| **fate == Fate::LostInBurst).count();
        assert!((lost as f64 / 500_000.0 - burst.mean_loss().get()).abs() < 0.003, "{lost}");
    }

    #[test]
    fn jitter_is_spread_evenly_and_correlated_as_asked() {
        for correlation in [0.0, 0.25, 0.9] {
            let config = LinkConfig { jitter_correlation: share(correlation), ..LinkConfig::default() };
            let values: Vec<f64> = fates(&config, 5, 400_000)
                .iter()
                .map(|fate| match fate {
                    Fate::Passes(luck) => luck.deviation,
                    other => panic!("{other:?} on a link that loses nothing"),
                })
                .collect();
            let mean = values.iter().sum::<f64>() / values.len() as f64;
            let variance = values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / values.len() as f64;
            // Of the even distribution between -1 and 1: 0 and 1/3.
            assert!(mean.abs() < 0.02 && (variance - 1.0 / 3.0).abs() < 0.01, "{correlation}: {mean}, {variance}");
            let lagged = values.windows(2).map(|pair| (pair[0] - mean) * (pair[1] - mean)).sum::<f64>();
            let seen = lagged / values.len() as f64 / variance;
            assert!((seen - correlation).abs() < 0.02, "{correlation} asked, {seen} seen");
        }
    }

    #[test]
    fn what_is_lost_does_not_hang_on_anything_else() {
        let plain = LinkConfig { loss: Some(share(0.1)), ..LinkConfig::default() };
        let busy = LinkConfig {
            jitter_correlation: share(0.5),
            duplicate: Some(share(0.2)),
            reorder: Some(Reordering { ratio: share(0.2), by: Duration::from_millis(1) }),
            ..plain.clone()
        };
        let lost = |config| fates(config, 9, 10_000).iter().map(|fate| *fate == Fate::Lost).collect::<Vec<_>>();
        assert_eq!(lost(&plain), lost(&busy));
    }
}
