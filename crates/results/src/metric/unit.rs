//! How numbers of metrics are written.

/// The unit that a metric's numbers are written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MetricUnit {
    /// No unit, and as many decimals as the number has.
    None,
    /// A mean opinion score, 1 to 5: two decimals.
    Mos,
    /// Frames per second.
    FramesPerSecond,
    /// Events or things that are counted: no decimals.
    Count,
    /// A size of memory in megabytes of 10^6 bytes.
    Megabytes,
    /// A share, written in percent.
    Percent,
    /// A bitrate, written in kbit/s.
    KilobitsPerSecond,
    /// A time, written in milliseconds.
    Milliseconds,
    /// A time, written in seconds.
    Seconds,
}

impl MetricUnit {
    /// Returns the factor from the metric's own unit (bit/s, seconds, a share of 1) to the written one.
    pub fn per_unit(self) -> f64 {
        match self {
            Self::None | Self::Mos | Self::FramesPerSecond | Self::Count | Self::Megabytes | Self::Seconds => 1.0,
            Self::Percent => 100.0,
            Self::KilobitsPerSecond => 1e-3,
            Self::Milliseconds => 1e3,
        }
    }

    /// Returns the number of decimals that the unit is usually written with; `None` where the number decides.
    pub fn decimals(self) -> Option<usize> {
        match self {
            Self::None => None,
            Self::Mos | Self::Percent => Some(2),
            Self::FramesPerSecond | Self::Megabytes | Self::KilobitsPerSecond | Self::Milliseconds | Self::Seconds => {
                Some(1)
            }
            Self::Count => Some(0),
        }
    }

    /// Writes a number of the metric's own unit with this many decimals: `412.5 kbit/s`.
    pub fn write(self, value: f64, decimals: usize) -> String {
        format!("{:.decimals$}{}", value * self.per_unit(), self.suffix())
    }

    /// Returns the unit as it follows a number, with a space before it; empty for numbers without a unit.
    pub fn suffix(self) -> &'static str {
        match self {
            Self::None | Self::Mos | Self::Count => "",
            Self::FramesPerSecond => " frames/s",
            Self::Megabytes => " MB",
            Self::Percent => " %",
            Self::KilobitsPerSecond => " kbit/s",
            Self::Milliseconds => " ms",
            Self::Seconds => " s",
        }
    }
}
