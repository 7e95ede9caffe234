//! The comparison of a requested with a measured network.

use serde::{Deserialize, Serialize};

use precall_netem::Direction;
use precall_netem::units::decimals_apart;

/// A quantity of a network, with its unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub enum Quantity {
    /// The bitrate that left the link in its busiest five seconds, in bit/s of UDP payload.
    Rate,
    /// Mean time in the link, in seconds.
    Delay,
    /// Share of packets dropped at random, 0 to 1.
    Loss,
    /// Share of packets dropped in bursts, 0 to 1.
    BurstLoss,
    /// Packets that entered the link in an outage and were not dropped.
    PassedInOutage,
    /// Median round-trip time of the browser's ICE checks, in seconds.
    RoundTripTime,
    /// Share of the RTP packets sent by the page that entered the link, 0 to 1.
    SeenByLink,
}

/// A quantity of a network: the range that it has if the requested network was applied, and its measured value.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct NetworkCheck {
    /// The quantity that is compared.
    pub quantity: Quantity,
    /// The direction; absent for both together.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub direction: Option<Direction>,
    /// The lower end of the range, in the quantity's unit; absent without one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_least: Option<f64>,
    /// The upper end of the range, in the quantity's unit; absent without one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_most: Option<f64>,
    /// The measured value, in the quantity's unit.
    pub measured: f64,
}

impl NetworkCheck {
    /// Whether the measured value is within the range.
    pub fn holds(&self) -> bool {
        self.at_least.is_none_or(|least| self.measured >= least)
            && self.at_most.is_none_or(|most| self.measured <= most)
    }

    /// Returns the measured value and the range as part of a sentence.
    pub fn in_words(&self) -> String {
        let (per_unit, decimals, unit) = match self.quantity {
            Quantity::Rate => (1e-3, 0, " kbit/s"),
            Quantity::Delay | Quantity::RoundTripTime => (1e3, 1, " ms"),
            Quantity::Loss | Quantity::BurstLoss | Quantity::SeenByLink => (100.0, 2, " %"),
            Quantity::PassedInOutage => (1.0, 0, " packets"),
        };
        // The bound that was missed has to look different from what was measured.
        let missed = [self.at_least.filter(|least| self.measured < *least), self.at_most];
        let bound = missed.into_iter().flatten().next();
        let decimals =
            bound.map_or(decimals, |bound| decimals_apart(self.measured * per_unit, bound * per_unit, decimals));
        let words = |value: f64| format!("{:.decimals$}{unit}", value * per_unit);
        let what = match self.quantity {
            Quantity::Rate => "the rate",
            Quantity::Delay => "the mean delay",
            Quantity::Loss => "random loss",
            Quantity::BurstLoss => "loss in bursts",
            Quantity::PassedInOutage => "what passed in outages",
            Quantity::RoundTripTime => "the browser's round-trip time",
            Quantity::SeenByLink => "the share of the page's packets that came to the link",
        };
        let way = match self.direction {
            Some(Direction::Up) => " up",
            Some(Direction::Down) => " down",
            None => "",
        };
        let asked = match (self.at_least, self.at_most) {
            (Some(least), Some(most)) => format!("{} to {}", words(least), words(most)),
            (Some(least), None) => format!("at least {}", words(least)),
            (None, Some(most)) => format!("at most {}", words(most)),
            (None, None) => "anything".to_owned(),
        };
        format!("{what}{way} was {} (as asked: {asked})", words(self.measured))
    }
}
