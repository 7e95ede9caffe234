//! The networks that fidelity is measured on.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use precall_netem::units::{Bitrate, Ratio};
use precall_netem::{BurstLoss, Direction, LinkConfig, NetworkConfig, NetworkStep};

/// Seconds from which on figures are averaged: by then congestion control has settled.
const FROM: f64 = 8.0;
/// Seconds up to which they are averaged, where nothing changes.
const TO: f64 = 30.0;

/// The one-way delay where packets are lost, and where none are.
const LOSSY_DELAY: Duration = Duration::from_millis(80);
const CLEAN_DELAY: Duration = Duration::from_millis(40);

/// The share of bad links that turn good with each packet: bursts of four packets in the mean.
const BURST_RECOVERY: f64 = 0.25;

/// When the rate of a network with a step falls, when it rises again, and when the measurement ends, in seconds.
const STEP_DOWN: u64 = 15;
const STEP_UP: u64 = 30;
const STEP_END: f64 = 60.0;

/// The legs of a call that a network can be on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum NetworkSide {
    /// The sender's: its media passes the link `up`.
    Up,
    /// The receiver's: its media passes the link `down`.
    Down,
}

impl NetworkSide {
    /// The link that the media passes.
    pub fn direction(self) -> Direction {
        match self {
            Self::Up => Direction::Up,
            Self::Down => Direction::Down,
        }
    }
}

/// A network to measure on.
#[derive(Debug, Clone, PartialEq)]
pub struct Network {
    /// The name of the network: `up-400k-loss2`.
    pub name: String,
    /// The leg it is on.
    pub side: NetworkSide,
    /// Its links, as the browser at the end of that leg sees them.
    pub config: NetworkConfig,
    /// The seconds that figures are averaged over, from the beginning of the negotiation.
    pub window: (f64, f64),
    /// When the rate falls and when it rises again, in seconds, if it does.
    pub step: Option<(f64, f64)>,
}

impl Network {
    /// How long a measurement takes, in seconds from the beginning of the negotiation.
    pub fn seconds(&self) -> f64 {
        self.window.1 + 0.5
    }

    /// The link that the media passes, at the beginning.
    pub fn link(&self) -> &LinkConfig {
        match self.side {
            NetworkSide::Up => &self.config.up,
            NetworkSide::Down => &self.config.down,
        }
    }

    /// A network with this link for the media; feedback returns by a link with the same delay and nothing else.
    fn new(side: NetworkSide, suffix: &str, media: LinkConfig) -> Self {
        let feedback = LinkConfig { delay: media.delay, ..LinkConfig::default() };
        let prefix = match side {
            NetworkSide::Up => "up",
            NetworkSide::Down => "down",
        };
        let config = on(side, media, feedback);
        Self { name: format!("{prefix}-{suffix}"), side, config, window: (FROM, TO), step: None }
    }

    fn with_step(mut self, kbit: u64) -> Self {
        let change = |at: u64, kbit: u64| {
            let media = LinkConfig { rate: rate(kbit), ..self.link().clone() };
            let feedback = LinkConfig { delay: media.delay, ..LinkConfig::default() };
            let NetworkConfig { up, down, .. } = on(self.side, media, feedback);
            NetworkStep { at: Duration::from_secs(at), up, down }
        };
        let before = self.link().rate.map_or(0, |rate| rate.bits_per_second() / 1000);
        self.config.steps = vec![change(STEP_DOWN, kbit), change(STEP_UP, before)];
        self.window.1 = STEP_END;
        self.step = Some((STEP_DOWN as f64, STEP_UP as f64));
        self
    }
}

fn on(side: NetworkSide, media: LinkConfig, feedback: LinkConfig) -> NetworkConfig {
    let (up, down) = match side {
        NetworkSide::Up => (media, feedback),
        NetworkSide::Down => (feedback, media),
    };
    NetworkConfig { up, down, ..NetworkConfig::default() }
}

fn rate(kbit: u64) -> Option<Bitrate> {
    Some(Bitrate::from_bits_per_second(kbit * 1000))
}

/// So many kbit/s with the default queue of 300 ms.
fn narrow(kbit: u64) -> LinkConfig {
    LinkConfig { rate: rate(kbit), delay: CLEAN_DELAY, ..LinkConfig::default() }
}

/// The same with loss at random, each packet on its own.
fn lossy(kbit: u64, percent: u32) -> LinkConfig {
    let loss = Ratio::new(f64::from(percent) / 100.0);
    LinkConfig { loss, delay: LOSSY_DELAY, ..narrow(kbit) }
}

/// The same loss in the mean, in bursts.
fn bursty(kbit: u64, percent: u32) -> LinkConfig {
    let loss = f64::from(percent) / 100.0;
    // Of packets that meet a bad link all are lost, and `p / (p + r)` meet one.
    let p = BURST_RECOVERY * loss / (1.0 - loss);
    let burst = BurstLoss {
        p: Ratio::new(p).unwrap_or_default(),
        r: Ratio::new(BURST_RECOVERY).unwrap_or_default(),
        loss_good: Ratio::ZERO,
        loss_bad: Ratio::new(1.0).unwrap_or_default(),
    };
    LinkConfig { burst: Some(burst), delay: LOSSY_DELAY, ..narrow(kbit) }
}

fn jittery(kbit: u64, ms: u64) -> LinkConfig {
    LinkConfig { jitter: Duration::from_millis(ms), ..narrow(kbit) }
}

fn far(kbit: u64) -> LinkConfig {
    LinkConfig { delay: Duration::from_millis(150), ..narrow(kbit) }
}

/// The networks, in the order in which they are measured.
pub fn catalogue() -> Vec<Network> {
    let up = |suffix: &str, link| Network::new(NetworkSide::Up, suffix, link);
    let down = |suffix: &str, link| Network::new(NetworkSide::Down, suffix, link);
    vec![
        up("400k-loss2", lossy(400, 2)),
        up("300k", narrow(300)),
        up("300k-loss1", lossy(300, 1)),
        up("300k-burst3", bursty(300, 3)),
        up("300k-loss8", lossy(300, 8)),
        up("500k", narrow(500)),
        up("500k-loss1", lossy(500, 1)),
        up("500k-loss3", lossy(500, 3)),
        up("500k-burst8", bursty(500, 8)),
        up("1m", narrow(1000)),
        up("1m-loss1", lossy(1000, 1)),
        up("1m-burst3", bursty(1000, 3)),
        up("1m-loss8", lossy(1000, 8)),
        up("2.5m", narrow(2500)),
        up("2.5m-loss1", lossy(2500, 1)),
        up("2.5m-loss3", lossy(2500, 3)),
        up("2.5m-burst8", bursty(2500, 8)),
        up("1m-jitter10", jittery(1000, 10)),
        up("1m-jitter40", jittery(1000, 40)),
        up("1m-delay150", far(1000)),
        up("step", narrow(2000)).with_step(400),
        down("300k", narrow(300)),
        down("500k", narrow(500)),
        down("500k-loss3", lossy(500, 3)),
        down("1m", narrow(1000)),
        down("1m-burst3", bursty(1000, 3)),
        down("2.5m-loss1", lossy(2500, 1)),
        down("1m-jitter40", jittery(1000, 40)),
        down("step", narrow(2000)).with_step(400),
    ]
}

/// The networks of these names in the order of the catalogue; of no names, all of them. A name that ends with `*`
/// stands for all that begin so.
///
/// # Errors
///
/// When a name stands for no network.
pub fn select(names: &[String]) -> Result<Vec<Network>, UnknownNetwork> {
    let stands_for = |wanted: &String, network: &Network| match wanted.strip_suffix('*') {
        Some(beginning) => network.name.starts_with(beginning),
        None => network.name == *wanted,
    };
    let all = catalogue();
    if let Some(name) = names.iter().find(|wanted| !all.iter().any(|network| stands_for(wanted, network))) {
        return Err(UnknownNetwork {
            name: name.clone(),
            known: all.into_iter().map(|network| network.name).collect(),
        });
    }
    let is_asked = |network: &Network| names.is_empty() || names.iter().any(|wanted| stands_for(wanted, network));
    Ok(all.into_iter().filter(is_asked).collect())
}

/// The error of a name that no network has.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("there is no network {name:?}; there are {}", known.join(", "))]
pub struct UnknownNetwork {
    /// The name that was asked for.
    pub name: String,
    /// The names of all networks.
    pub known: Vec<String>,
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn catalogue_names_are_unique_and_match_their_side() {
        let all = catalogue();
        let names: BTreeSet<_> = all.iter().map(|network| network.name.clone()).collect();
        assert_eq!(names.len(), all.len());
        assert!(all.len() >= 24, "{}", all.len());
        for network in &all {
            let (media, feedback) = match network.side {
                NetworkSide::Up => (&network.config.up, &network.config.down),
                NetworkSide::Down => (&network.config.down, &network.config.up),
            };
            assert!(network.name.starts_with(if network.side == NetworkSide::Up { "up-" } else { "down-" }));
            assert!(media.rate.is_some() && feedback.rate.is_none(), "{}", network.name);
            assert_eq!((feedback.delay, feedback.loss), (media.delay, None), "{}", network.name);
        }
        assert_eq!(all.iter().filter(|network| network.side == NetworkSide::Down).count(), 8);
    }

    #[test]
    fn networks_are_selected_by_prefix() {
        let select = |names: &[&str]| select(&names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>());
        let names = |names: &[&str]| -> Vec<_> {
            select(names).expect("known").into_iter().map(|network| network.name).collect()
        };
        assert_eq!(names(&[]).len(), catalogue().len());
        assert_eq!(names(&["down-step", "up-300k", "up-300k"]), ["up-300k", "down-step"]);
        assert_eq!(names(&["down-*"]).len(), 8);
        let error = select(&["up-300k", "up-9k"]).expect_err("there is none").to_string();
        assert!(error.starts_with("there is no network \"up-9k\"; there are up-400k-loss2, up-300k"), "{error}");
        assert!(select(&["side-*"]).is_err());
    }

    #[test]
    fn bursts_lose_their_named_share() {
        let burst = bursty(500, 8).burst.expect("bursts");
        assert!((burst.mean_loss().get() - 0.08).abs() < 1e-9, "{burst:?}");
    }

    #[test]
    fn step_falls_and_rises_on_its_own_side() {
        let step = catalogue().into_iter().find(|network| network.name == "down-step").expect("it is there");
        let rates: Vec<_> = step.config.parts().map(|(at, up, down)| (at.as_secs(), up.rate, down.rate)).collect();
        assert_eq!(rates, [(0, None, rate(2000)), (15, None, rate(400)), (30, None, rate(2000))]);
        assert!(step.seconds() > 60.0);
    }
}
