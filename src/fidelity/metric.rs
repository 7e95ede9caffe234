//! The figures that are compared.

use super::figures::Figures;

/// A figure of both routes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Metric {
    /// [`Figures::estimate`].
    Estimate,
    /// [`Figures::wire_rate`].
    WireRate,
    /// [`Figures::sent_rate`].
    SentRate,
    /// [`Figures::received_rate`].
    ReceivedRate,
    /// [`Figures::frame_rate`].
    FrameRate,
    /// [`Figures::freezes_per_minute`].
    Freezes,
    /// [`Figures::loss_ratio`].
    Loss,
    /// [`Figures::round_trip_time`].
    RoundTripTime,
    /// [`Figures::first_frame`].
    FirstFrame,
    /// [`super::Recovery::settling`].
    Settling,
    /// [`super::Recovery::recovery`].
    Recovery,
}

impl Metric {
    /// All of them, in the order in which they are shown.
    pub const ALL: [Self; 11] = [
        Self::Estimate,
        Self::WireRate,
        Self::SentRate,
        Self::ReceivedRate,
        Self::FrameRate,
        Self::Freezes,
        Self::Loss,
        Self::RoundTripTime,
        Self::FirstFrame,
        Self::Settling,
        Self::Recovery,
    ];

    /// What it is called.
    pub fn name(self) -> &'static str {
        match self {
            Self::Estimate => "estimate",
            Self::WireRate => "rate on the wire",
            Self::SentRate => "video sent",
            Self::ReceivedRate => "video received",
            Self::FrameRate => "frame rate",
            Self::Freezes => "freezes",
            Self::Loss => "packet loss",
            Self::RoundTripTime => "RTT",
            Self::FirstFrame => "first frame",
            Self::Settling => "settling after the fall",
            Self::Recovery => "recovery after the rise",
        }
    }

    /// Its unit as it is shown, and what a figure is multiplied by to have it.
    pub fn unit(self) -> (&'static str, f64) {
        match self {
            Self::Estimate | Self::WireRate | Self::SentRate | Self::ReceivedRate => ("kbit/s", 1e-3),
            Self::FrameRate => ("frames/s", 1.0),
            Self::Freezes => ("/min", 1.0),
            Self::Loss => ("%", 100.0),
            Self::RoundTripTime => ("ms", 1e3),
            Self::FirstFrame | Self::Settling | Self::Recovery => ("s", 1.0),
        }
    }

    /// The figure of a run.
    pub fn of(self, figures: &Figures) -> Option<f64> {
        match self {
            Self::Estimate => figures.estimate,
            Self::WireRate => figures.wire_rate,
            Self::SentRate => figures.sent_rate,
            Self::ReceivedRate => figures.received_rate,
            Self::FrameRate => figures.frame_rate,
            Self::Freezes => figures.freezes_per_minute,
            Self::Loss => figures.loss_ratio,
            Self::RoundTripTime => figures.round_trip_time,
            Self::FirstFrame => figures.first_frame,
            Self::Settling => figures.recovery.settling,
            Self::Recovery => figures.recovery.recovery,
        }
    }

    /// What is held against the reference's: the figure, but for loss what is reported beyond what the link dropped. How much that
    /// was on so few packets is chance, and another in each run.
    pub fn judged(self, figures: &Figures) -> Option<f64> {
        match self {
            Self::Loss => Some(figures.loss_ratio? - figures.link_loss_ratio?),
            _ => self.of(figures),
        }
    }

    /// Whether the median over networks of the metric's relative difference says something: of what is near zero or counted in
    /// whole seconds it does not.
    pub fn has_median(self) -> bool {
        !matches!(self, Self::Freezes | Self::Loss | Self::FirstFrame | Self::Settling | Self::Recovery)
    }

    /// A difference too small to count, in the unit of the figure: the grain of what is counted, or sampled once a second. Rates
    /// have none, since they are never near zero.
    pub fn grain(self) -> f64 {
        match self {
            Self::Estimate | Self::WireRate | Self::SentRate | Self::ReceivedRate => 0.0,
            Self::FrameRate => 0.5,
            // One in a window of 22 seconds, of which samples once a second cover 20 or more.
            Self::Freezes => 60.0 / 20.0,
            Self::Loss => 0.005,
            Self::RoundTripTime => 0.005,
            Self::FirstFrame => 0.1,
            Self::Settling | Self::Recovery => 1.0,
        }
    }
}
