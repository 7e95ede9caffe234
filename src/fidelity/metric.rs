//! The figures that are compared.

use super::figures::RunFigures;

/// A figure of both routes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FidelityMetric {
    /// The sender's bandwidth estimate, [`RunFigures::estimate`].
    Estimate,
    /// The rate behind the link, [`RunFigures::wire_rate`].
    WireRate,
    /// The rate of the sent video, [`RunFigures::sent_rate`].
    SentRate,
    /// The rate of the received video, [`RunFigures::received_rate`].
    ReceivedRate,
    /// The frame rate at the receiver, [`RunFigures::frame_rate`].
    FrameRate,
    /// The freezes at the receiver, [`RunFigures::freezes_per_minute`].
    Freezes,
    /// The reported packet loss, [`RunFigures::loss_ratio`].
    Loss,
    /// The reported round-trip time, [`RunFigures::round_trip_time`].
    RoundTripTime,
    /// The time to the first frame, [`RunFigures::first_frame`].
    FirstFrame,
    /// The time until the rate has settled, [`super::Recovery::settling`].
    Settling,
    /// The time until the rate has recovered, [`super::Recovery::recovery`].
    Recovery,
}

impl FidelityMetric {
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

    /// Returns the name of the metric.
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
    pub fn of(self, figures: &RunFigures) -> Option<f64> {
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

    /// Returns the value that is compared: the figure, or for loss the part of the reported loss that the link did not
    /// drop. The link's own loss of so few packets is random, and different in each run.
    pub fn judged(self, figures: &RunFigures) -> Option<f64> {
        match self {
            Self::Loss => Some(figures.loss_ratio? - figures.link_loss_ratio?),
            _ => self.of(figures),
        }
    }

    /// Whether the median over networks of the metric's relative difference says something: of what is near zero or
    /// counted in whole seconds it does not.
    pub fn has_median(self) -> bool {
        !matches!(self, Self::Freezes | Self::Loss | Self::FirstFrame | Self::Settling | Self::Recovery)
    }

    /// A difference too small to count, in the unit of the figure: the grain of what is counted, or sampled once a
    /// second. Rates have none, since they are never near zero.
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
