//! A data rate.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::UnitError;

/// A data rate in bits per second. In text: `"400 kbit/s"`, `"1.5 Mbit/s"`; in JSON: a number of bits per second.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Bitrate(u64);

impl Bitrate {
    /// A rate of so many bits per second.
    pub const fn from_bits_per_second(bits: u64) -> Self {
        Self(bits)
    }

    /// The rate in bits per second.
    pub const fn bits_per_second(self) -> u64 {
        self.0
    }

    /// The rate in bytes per second, the unit of the Chrome DevTools Protocol.
    pub fn bytes_per_second(self) -> f64 {
        self.0 as f64 / 8.0
    }
}

impl FromStr for Bitrate {
    type Err = UnitError;

    fn from_str(_text: &str) -> Result<Self, Self::Err> {
        unimplemented!("helper")
    }
}

impl fmt::Display for Bitrate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bits = self.0 as f64;
        match self.0 {
            0..1_000 => write!(f, "{bits} bit/s"),
            1_000..1_000_000 => write!(f, "{} kbit/s", bits / 1e3),
            _ => write!(f, "{} Mbit/s", bits / 1e6),
        }
    }
}
