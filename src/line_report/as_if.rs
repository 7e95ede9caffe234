//! The network that a test passes in place of the person's own, as a page asks for it and as a report says it.

use std::time::Duration;

use serde::Deserialize;

use super::range::{OutOfRange, within};
use precall_netem::units::{Bitrate, Ratio};
use precall_netem::{LinkConfig, NetworkConfig};
use precall_scenario::named_network;

/// A network of the catalogue, or figures of the same link in both directions.
#[derive(Debug, Clone, PartialEq, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AsIf {
    /// A name of the catalogue; then there are no figures.
    #[serde(default)]
    pub profile: Option<String>,
    /// The rate in kbit/s, 1 or more; without it, the rate is unlimited.
    #[serde(default)]
    pub kbps: Option<f64>,
    /// The share of packets that are lost, in percent, from 0 to 100.
    #[serde(default)]
    pub loss_percent: Option<f64>,
    /// The delay each way in milliseconds, from 0 to 10,000.
    #[serde(default)]
    pub delay_ms: Option<f64>,
}

/// Why a network cannot be passed.
#[derive(Debug, thiserror::Error)]
pub enum AsIfError {
    /// The catalogue has no network of this name.
    #[error("{0}")]
    Unknown(String),
    /// There is a name, and there are figures.
    #[error("a network has either a `profile` or figures")]
    Both,
    /// A figure is out of range.
    #[error(transparent)]
    Range(#[from] OutOfRange),
}

impl AsIf {
    /// Returns the network.
    ///
    /// # Errors
    ///
    /// When there is no such network, or a figure is out of range.
    pub fn network(&self) -> Result<NetworkConfig, AsIfError> {
        let figures = [self.kbps, self.loss_percent, self.delay_ms];
        if let Some(profile) = &self.profile {
            if figures.iter().any(Option::is_some) {
                return Err(AsIfError::Both);
            }
            return Ok(named_network(profile).map_err(AsIfError::Unknown)?.network);
        }
        self.check()?;
        let link = LinkConfig {
            rate: self.kbps.map(|kbps| Bitrate::from_bits_per_second((kbps * 1e3) as u64)),
            loss: self.loss_percent.and_then(|percent| Ratio::new(percent / 100.0)).filter(|loss| *loss != Ratio::ZERO),
            delay: Duration::from_secs_f64(self.delay_ms.unwrap_or_default() / 1e3),
            ..LinkConfig::default()
        };
        Ok(NetworkConfig { up: link.clone(), down: link, ..NetworkConfig::default() })
    }

    /// Checks the ranges of the figures.
    ///
    /// # Errors
    ///
    /// When a figure is out of range.
    pub fn check(&self) -> Result<(), OutOfRange> {
        within("kbps", self.kbps, 1.0, 1e7)?;
        within("lossPercent", self.loss_percent, 0.0, 100.0)?;
        within("delayMs", self.delay_ms, 0.0, 1e4)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn network(json: &str) -> Result<NetworkConfig, String> {
        let as_if: AsIf = serde_json::from_str(json).map_err(|error| error.to_string())?;
        as_if.network().map_err(|error| error.to_string())
    }

    #[test]
    fn figures_are_those_of_both_directions() {
        let network = network(r#"{"kbps": 400, "lossPercent": 2, "delayMs": 80}"#).expect("a network");
        assert_eq!(network.up, network.down);
        assert_eq!(network.up.rate, Some(Bitrate::from_bits_per_second(400_000)));
        assert_eq!(network.up.loss, Ratio::new(0.02));
        assert_eq!(network.up.delay, Duration::from_millis(80));
    }

    #[test]
    fn catalogue_is_found_by_name() {
        let known = named_network("3g").expect("in the catalogue").network;
        assert_eq!(network(r#"{"profile": "3g"}"#).as_ref(), Ok(&known));
        assert!(network("{}").expect("none").is_unimpaired());
    }

    #[test]
    fn mistakes_are_named() {
        for (json, part) in [
            (r#"{"profile": "3gslow"}"#, "did you mean `3g-slow`"),
            (r#"{"profile": "3g", "kbps": 1}"#, "either"),
            (r#"{"kbps": 0}"#, "`kbps` is 0"),
            (r#"{"lossPercent": 101}"#, "from 0 to 100"),
            (r#"{"delayMs": -1}"#, "`delayMs` is -1"),
            (r#"{"rate": 1}"#, "unknown field"),
        ] {
            let error = network(json).expect_err(json);
            assert!(error.contains(part), "{json}: {error}");
        }
    }
}
