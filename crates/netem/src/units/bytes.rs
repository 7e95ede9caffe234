//! Amounts of data.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::UnitError;
use super::parse::{renamed, split, whole};

/// An amount of data in bytes. In text: `"64 kB"`, `"1500 B"`; in JSON: a number of bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(transparent)]
pub struct ByteSize(u64);

impl ByteSize {
    /// Creates an amount from bytes.
    pub const fn from_bytes(bytes: u64) -> Self {
        Self(bytes)
    }

    /// Returns the amount in bytes.
    pub const fn bytes(self) -> u64 {
        self.0
    }
}

impl FromStr for ByteSize {
    type Err = UnitError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (value, unit) = split(text, "an amount of data", "64 kB")?;
        let factor = match unit {
            "B" => 1.0,
            "kB" => 1e3,
            "MB" => 1e6,
            "KiB" => 1024.0,
            "MiB" => 1024.0 * 1024.0,
            _ => return Err(unknown(value, unit)),
        };
        whole(value, factor, "an amount of data").map(Self)
    }
}

/// Returns the error of an unknown unit, with the unit that is meant.
fn unknown(value: f64, unit: &str) -> UnitError {
    let known = match unit.to_lowercase().as_str() {
        "b" | "byte" | "bytes" => "B",
        "k" | "kb" | "kbyte" | "kbytes" | "kilobytes" => "kB",
        "m" | "mb" | "mbyte" | "mbytes" | "megabytes" => "MB",
        "kib" => "KiB",
        "mib" => "MiB",
        _ => {
            let advice = "write B, kB, MB, KiB or MiB, such as \"64 kB\"";
            return UnitError::new(format!("{unit:?} is not a unit of data"), advice);
        }
    };
    renamed(value, unit, "amounts of data", 1.0, known)
}

impl fmt::Display for ByteSize {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bytes = self.0 as f64;
        match self.0 {
            0..1_000 => write!(f, "{bytes} B"),
            1_000..1_000_000 => write!(f, "{} kB", bytes / 1e3),
            _ => write!(f, "{} MB", bytes / 1e6),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_parsed() {
        for (text, bytes) in [("1500 B", 1500), ("64kB", 64_000), ("2 KiB", 2048), ("1 MB", 1_000_000)] {
            assert_eq!(text.parse(), Ok(ByteSize(bytes)), "{text}");
        }
        assert_eq!("64 KB".parse::<ByteSize>().expect_err("wrong").instead.as_deref(), Some("64 kB"));
        assert!("64 kbit".parse::<ByteSize>().expect_err("wrong").to_string().contains("kB"));
    }

    proptest::proptest! {
        #[test]
        fn amounts_round_trip(bytes in 0_u64..1 << 50) {
            proptest::prop_assert_eq!(ByteSize(bytes).to_string().parse(), Ok(ByteSize(bytes)));
        }
    }
}
