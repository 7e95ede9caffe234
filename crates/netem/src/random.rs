//! The random numbers of each packet, and the decisions that follow from them.

use super::LinkConfig;
use crate::rng::SeededRng;

/// The decision about a packet.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum PacketDecision {
    /// The packet is dropped by random loss.
    DropRandom,
    /// The packet is dropped by burst loss.
    DropBurst,
    /// The packet passes, with these impairments.
    Pass(Draws),
}

/// The random impairments of a packet that passes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Draws {
    /// Whether the packet is duplicated.
    pub duplicate: bool,
    /// Whether the packet is held back, so that later packets overtake it.
    pub reorder: bool,
    /// Its jitter relative to the configured one, from -1 to 1.
    pub jitter: f64,
}

/// The random number generator of a link. Each packet has a block of the generator for itself, and each impairment a
/// fixed position in the block. The random numbers of a packet therefore depend only on the seed and the packet's
/// number: more jitter, for example, does not change which packets are lost.
pub(super) struct ImpairmentRng {
    rng: SeededRng,
    is_bad: bool,
    jitter: f64,
}

impl ImpairmentRng {
    pub(crate) fn new(seed: u64) -> Self {
        Self { rng: SeededRng::new(seed, "packets"), is_bad: false, jitter: 0.0 }
    }

    /// Draws the random numbers of the next packet.
    pub(crate) fn next(&mut self, config: &LinkConfig) -> PacketDecision {
        // A block is 64 bytes. The last eight are reserved for a future impairment, which then changes no other.
        let [loss, turn, hit, duplicate, reorder, stays, drawn, _] = [(); 8].map(|()| self.rng.uniform());
        let lost = loss < config.loss.unwrap_or_default().get();
        let duplicate = duplicate < config.duplicate.unwrap_or_default().get();
        let reorder = reorder < config.reorder.map(|reorder| reorder.ratio).unwrap_or_default().get();
        // A discrete autoregressive process, DAR(1) (Jacobs and Lewis 1978): the value stays the same with the
        // probability of the correlation, and is drawn again otherwise. Both the uniform distribution and the
        // correlation are then exact. The weighted sums of other emulators narrow the distribution.
        if stays >= config.jitter_correlation.get() {
            self.jitter = drawn * 2.0 - 1.0;
        }
        let in_burst = config.burst.is_some_and(|burst| {
            let turns = if self.is_bad { burst.r } else { burst.p };
            self.is_bad ^= turn < turns.get();
            hit < if self.is_bad { burst.loss_bad } else { burst.loss_good }.get()
        });
        match (in_burst, lost) {
            (true, _) => PacketDecision::DropBurst,
            (_, true) => PacketDecision::DropRandom,
            _ => PacketDecision::Pass(Draws { duplicate, reorder, jitter: self.jitter }),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::rng::derive_seed;
    use crate::units::Ratio;
    use crate::{BurstLoss, Reordering};

    fn share(share: f64) -> Ratio {
        Ratio::new(share).expect("a share")
    }

    fn decisions(config: &LinkConfig, seed: u64, count: usize) -> Vec<PacketDecision> {
        let mut all = ImpairmentRng::new(seed);
        (0..count).map(|_| all.next(config)).collect()
    }

    #[test]
    fn decisions_match_independent_implementation() {
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
        for direction in ["up", "down"] {
            let expected = vectors["datagrams"][direction].as_array().expect("decisions");
            let seen =
                decisions(&config, derive_seed(1, direction), expected.len()).into_iter().map(
                    |decision| match decision {
                        PacketDecision::DropRandom => "lost".into(),
                        PacketDecision::DropBurst => "burst".into(),
                        PacketDecision::Pass(Draws { duplicate, reorder, jitter }) => {
                            serde_json::json!([duplicate, reorder, jitter])
                        }
                    },
                );
            assert_eq!(*expected, seen.collect::<Vec<_>>(), "{direction}");
        }
    }

    #[test]
    fn bursts_have_expected_length_and_frequency() {
        for (p, r) in [(0.0125, 0.25), (0.05, 0.5), (0.01, 0.1)] {
            let burst = BurstLoss { p: share(p), r: share(r), loss_good: Ratio::ZERO, loss_bad: share(1.0) };
            let config = LinkConfig { burst: Some(burst), ..LinkConfig::default() };
            let lost: Vec<_> = decisions(&config, 1, 1_000_000)
                .iter()
                .map(|decision| *decision == PacketDecision::DropBurst)
                .collect();
            let bursts: Vec<_> = lost.chunk_by(|a, b| a == b).filter(|run| run[0]).map(<[bool]>::len).collect();
            let packets: usize = bursts.iter().sum();
            let length = packets as f64 / bursts.len() as f64;
            assert!((length / burst.mean_burst_packets() - 1.0).abs() < 0.05, "p {p}, r {r}: {length} packets");
            let loss = packets as f64 / lost.len() as f64;
            assert!((loss / burst.mean_loss().get() - 1.0).abs() < 0.05, "p {p}, r {r}: {loss}");
        }
    }

    #[test]
    fn partial_loss_in_both_states_adds_up() {
        let burst = BurstLoss { p: share(0.05), r: share(0.2), loss_good: share(0.01), loss_bad: share(0.5) };
        let config = LinkConfig { burst: Some(burst), ..LinkConfig::default() };
        let lost =
            decisions(&config, 1, 500_000).iter().filter(|decision| **decision == PacketDecision::DropBurst).count();
        assert!((lost as f64 / 500_000.0 - burst.mean_loss().get()).abs() < 0.003, "{lost}");
    }

    #[test]
    fn jitter_is_uniform_and_correlated() {
        for correlation in [0.0, 0.25, 0.9] {
            let config = LinkConfig { jitter_correlation: share(correlation), ..LinkConfig::default() };
            let values: Vec<f64> = decisions(&config, 5, 400_000)
                .iter()
                .map(|decision| match decision {
                    PacketDecision::Pass(draws) => draws.jitter,
                    other => panic!("{other:?} on a link that loses nothing"),
                })
                .collect();
            let mean = values.iter().sum::<f64>() / values.len() as f64;
            let variance = values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / values.len() as f64;
            // The uniform distribution from -1 to 1 has mean 0 and variance 1/3.
            assert!(mean.abs() < 0.02 && (variance - 1.0 / 3.0).abs() < 0.01, "{correlation}: {mean}, {variance}");
            let lagged = values.windows(2).map(|pair| (pair[0] - mean) * (pair[1] - mean)).sum::<f64>();
            let seen = lagged / values.len() as f64 / variance;
            assert!((seen - correlation).abs() < 0.02, "{correlation} asked, {seen} seen");
        }
    }

    #[test]
    fn loss_does_not_depend_on_other_impairments() {
        let plain = LinkConfig { loss: Some(share(0.1)), ..LinkConfig::default() };
        let busy = LinkConfig {
            jitter_correlation: share(0.5),
            duplicate: Some(share(0.2)),
            reorder: Some(Reordering { ratio: share(0.2), by: Duration::from_millis(1) }),
            ..plain.clone()
        };
        let lost = |config| {
            decisions(config, 9, 10_000)
                .iter()
                .map(|decision| *decision == PacketDecision::DropRandom)
                .collect::<Vec<_>>()
        };
        assert_eq!(lost(&plain), lost(&busy));
    }
}
