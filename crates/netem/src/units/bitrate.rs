//! Data rates.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::UnitError;
use super::parse::{renamed, split, whole};

/// A data rate in bits per second. In text: `"400 kbit/s"`, `"1.5 Mbit/s"`; in JSON: a number of bits per second.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(transparent)]
pub struct Bitrate(u64);

impl Bitrate {
    /// Creates a rate from bits per second.
    pub const fn from_bits_per_second(bits: u64) -> Self {
        Self(bits)
    }

    /// Returns the rate in bits per second.
    pub const fn bits_per_second(self) -> u64 {
        self.0
    }

    /// Returns the rate in bytes per second, the unit of the Chrome DevTools Protocol.
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
            _ => return Err(unknown(value, unit)),
        };
        whole(value, factor, "a rate").map(Self)
    }
}

/// Returns the error of an unknown unit, with the unit that is meant.
fn unknown(value: f64, unit: &str) -> UnitError {
    let prefix = unit.chars().next().filter(|c| "kKmMgG".contains(*c));
    let rest = prefix.map_or(unit, |prefix| &unit[prefix.len_utf8()..]);
    let prefix = prefix.map_or("", |prefix| match prefix {
        'k' | 'K' => "k",
        'm' | 'M' => "M",
        _ => "G",
    });
    let bare = rest.trim_end_matches('.').to_lowercase();
    let bare =
        ["/seconds", "/second", "/sec", "/s", "ps"].iter().find_map(|end| bare.strip_suffix(end)).unwrap_or(&bare);
    // A capital B means bytes, except in "KBPS", where everything is in capitals.
    let is_capital = rest.starts_with('B') && !rest.starts_with("BPS") && !bare.starts_with("bi");
    match bare {
        "byte" | "bytes" => {}
        "b" if is_capital => {}
        "bit" | "bits" | "b" => return renamed(value, unit, "rates", 1.0, &format!("{prefix}bit/s")),
        "" if !prefix.is_empty() => return renamed(value, unit, "rates", 1.0, &format!("{prefix}bit/s")),
        _ => {
            let advice = "write bit/s, kbit/s, Mbit/s or Gbit/s, such as \"400 kbit/s\"";
            return UnitError::new(format!("{unit:?} is not a unit of rates"), advice);
        }
    }
    let reason = format!("{unit:?} counts bytes, and rates are in bits here");
    UnitError { reason, ..renamed(value, unit, "rates", 8.0, &format!("{prefix}bit/s")) }
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
    fn rates_are_parsed_and_formatted() {
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
    fn errors_suggest_the_correct_form() {
        let wrong = [
            "400",
            "400 kbps",
            "1 Mb/s",
            "1 mbps",
            "2 MBit/s",
            "300 KBPS",
            "5 kbit",
            "500 k",
            "1,5 Mbit/s",
            "1 MByte/s",
            "50 kB/s",
            "400 parsec",
            "fast",
            "-1 kbit/s",
            "1e400 kbit/s",
            "9e99 bit/s",
            "",
        ];
        let report: Vec<_> =
            wrong.map(|text| format!("{text:?}: {}", text.parse::<Bitrate>().expect_err("wrong"))).into();
        insta::assert_snapshot!(report.join("\n"));
    }

    proptest::proptest! {
        #[test]
        fn rates_round_trip(bits in 0_u64..1 << 50) {
            proptest::prop_assert_eq!(Bitrate(bits).to_string().parse(), Ok(Bitrate(bits)));
        }
    }
}
