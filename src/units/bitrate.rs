//! A data rate.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::UnitError;
use super::parse::{split, whole};

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

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (value, unit) = split(text, "a rate", "400 kbit/s")?;
        let factor = match unit {
            "bit/s" => 1.0,
            "kbit/s" => 1e3,
            "Mbit/s" => 1e6,
            "Gbit/s" => 1e9,
            "bps" | "kbps" | "Kbps" | "Mbps" | "Gbps" | "kb/s" | "Kb/s" | "Mb/s" | "Kbit/s" | "mbit/s" => {
                let prefix = unit.chars().next().filter(|c| *c != 'b').map(String::from).unwrap_or_default();
                let prefix = prefix.replace('K', "k").replace('m', "M");
                return Err(UnitError(format!(
                    "the unit {unit:?} is not one of rates here; write \"{value} {prefix}bit/s\""
                )));
            }
            "B/s" | "kB/s" | "KB/s" | "MB/s" => {
                let prefix = unit.replace("B/s", "").replace('K', "k");
                return Err(UnitError(format!(
                    "{unit:?} counts bytes; rates are in bits here: write \"{} {prefix}bit/s\"",
                    value * 8.0
                )));
            }
            _ => {
                return Err(UnitError(format!(
                    "{unit:?} is no unit of rates; write bit/s, kbit/s, Mbit/s or Gbit/s, such as \"400 kbit/s\""
                )));
            }
        };
        whole(value, factor, "a rate").map(Self)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_are_read_and_written() {
        for (text, bits) in [
            ("400 kbit/s", 400_000),
            ("1.5Mbit/s", 1_500_000),
            ("64 bit/s", 64),
            ("2 Gbit/s", 2_000_000_000),
            ("0 bit/s", 0),
        ] {
            assert_eq!(text.parse(), Ok(Bitrate(bits)), "{text}");
        }
        assert_eq!(Bitrate(1_234_567).to_string(), "1.234567 Mbit/s");
    }

    #[test]
    fn a_wrong_rate_says_what_would_be_right() {
        let wrong = [
            "400",
            "400 kbps",
            "1 Mb/s",
            "50 kB/s",
            "400 parsec",
            "fast",
            "-1 kbit/s",
            "1e400 kbit/s",
            "9e99 bit/s",
            "",
        ];
        let said: Vec<_> =
            wrong.map(|text| format!("{text:?}: {}", text.parse::<Bitrate>().expect_err("wrong"))).into();
        insta::assert_snapshot!(said.join("\n"));
    }

    proptest::proptest! {
        #[test]
        fn rates_round_trip(bits in 0_u64..1 << 50) {
            proptest::prop_assert_eq!(Bitrate(bits).to_string().parse(), Ok(Bitrate(bits)));
        }
    }
}
