//! Shares and probabilities.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::UnitError;
use super::parse::{renamed, split};

/// A share or a probability, from 0 to 1. In text: `"2 %"`; in JSON: a number from 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(extend("minimum" = 0, "maximum" = 1)))]
#[serde(transparent)]
pub struct Ratio(f64);

impl Ratio {
    /// The ratio 0.
    pub const ZERO: Self = Self(0.0);

    /// Creates a ratio from a number; `None` if it is outside 0 to 1 or not a number.
    pub fn new(value: f64) -> Option<Self> {
        (0.0..=1.0).contains(&value).then_some(Self(value))
    }

    /// Returns `part` divided by `whole`, at most 1; zero if `whole` is zero.
    pub fn of(part: u64, whole: u64) -> Self {
        if whole == 0 { Self::ZERO } else { Self((part as f64 / whole as f64).min(1.0)) }
    }

    /// Returns the ratio as a number from 0 to 1.
    pub const fn get(self) -> f64 {
        self.0
    }
}

impl FromStr for Ratio {
    type Err = UnitError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (value, unit) = split(text, "a share", "2 %")?;
        if unit != "%" {
            return Err(match unit.to_lowercase().as_str() {
                "percent" | "pct" | "per cent" | "pc" | "prozent" => renamed(value, unit, "shares", 1.0, "%"),
                "‰" | "permille" | "per mille" => renamed(value, unit, "shares", 0.1, "%"),
                _ => UnitError::new(format!("{unit:?} is not a unit of shares"), "write a percentage, such as \"2 %\""),
            });
        }
        Self::new(value / 100.0).ok_or_else(|| UnitError::corrected(format!("{value} % is more than 100 %"), "100 %"))
    }
}

impl fmt::Display for Ratio {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Four decimals of a percent are finer than any network can be measured.
        write!(f, "{} %", (self.0 * 1e6).round() / 1e4)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ratios_are_parsed() {
        assert_eq!("2 %".parse(), Ok(Ratio(0.02)));
        assert_eq!("0.5%".parse(), Ok(Ratio(0.005)));
        for (text, hint) in [
            ("0.02", "no unit"),
            ("101 %", "100 %"),
            ("2 ‰", "0.2 %"),
            ("2 percent", "2 %"),
            ("2,5 %", "2.5 %"),
            ("-1 %", "negative"),
        ] {
            let error = text.parse::<Ratio>().expect_err("wrong").to_string();
            assert!(error.contains(hint), "{error}");
        }
    }

    #[test]
    fn ratio_of_zero_is_zero() {
        assert_eq!(Ratio::of(0, 0), Ratio::ZERO);
        assert_eq!(Ratio::of(1, 4).to_string(), "25 %");
    }

    proptest::proptest! {
        #[test]
        fn ratios_round_trip(share in 0.0_f64..=1.0) {
            let ratio = Ratio::new(share).expect("between 0 and 1");
            let read: Ratio = ratio.to_string().parse().expect("its own text");
            proptest::prop_assert!((read.get() - share).abs() < 1e-6);
        }
    }
}
