//! The activity of the links of a path in a part of the time, from readings of their counters.
//!
//! Everything that reports a rate, a loss or a delay of a link over a part of the time takes it from here, so that two
//! reports of the same seconds agree.

use super::config::Direction;
use super::counters::{LinkCounters, PathCounters};

/// Counters of both links with the time at which they were read, in seconds since the network was applied.
pub type LinkReading = (f64, PathCounters);

/// The share of packets that is lost on two links in a row: a packet arrives only if neither link drops it.
///
/// ```
/// assert_eq!(precall_netem::path_loss(0.5, 0.5), 0.75);
/// ```
pub fn path_loss(up: f64, down: f64) -> f64 {
    1.0 - (1.0 - up) * (1.0 - down)
}

/// The activity of one link in a part of the time. Counts can be fractions, since a part of the time may begin or end
/// between two readings of the counters.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct LinkActivity {
    /// Packets that entered, without the copies that the link made.
    pub packets_in: f64,
    /// Copies that the link made of packets.
    pub packets_duplicated: f64,
    /// Packets that left, copies included.
    pub packets_out: f64,
    /// UDP payload that left, in bytes.
    pub bytes_out: f64,
    /// Packets dropped at random, each on its own.
    pub packets_dropped_loss: f64,
    /// Packets dropped by the model of loss in bursts.
    pub packets_dropped_burst: f64,
    /// Packets dropped because they entered in an outage.
    pub packets_dropped_outage: f64,
    /// Packets dropped because the queue was full.
    pub packets_dropped_queue: f64,
    /// Time that the packets which left spent in the link, added up, in nanoseconds: a double holds those of a hundred
    /// days exactly.
    pub delay_nanos: f64,
}

impl LinkActivity {
    /// Returns everything that these counters count.
    fn of(counters: &LinkCounters) -> Self {
        Self {
            packets_in: counters.packets_in as f64,
            packets_duplicated: counters.packets_duplicated as f64,
            packets_out: counters.packets_out as f64,
            bytes_out: counters.bytes_out as f64,
            packets_dropped_loss: counters.packets_dropped_loss as f64,
            packets_dropped_burst: counters.packets_dropped_burst as f64,
            packets_dropped_outage: counters.packets_dropped_outage as f64,
            packets_dropped_queue: counters.packets_dropped_queue as f64,
            delay_nanos: counters.delay_total.as_nanos() as f64,
        }
    }

    /// Combines two activities count by count.
    fn combine(self, other: Self, with: impl Fn(f64, f64) -> f64) -> Self {
        Self {
            packets_in: with(self.packets_in, other.packets_in),
            packets_duplicated: with(self.packets_duplicated, other.packets_duplicated),
            packets_out: with(self.packets_out, other.packets_out),
            bytes_out: with(self.bytes_out, other.bytes_out),
            packets_dropped_loss: with(self.packets_dropped_loss, other.packets_dropped_loss),
            packets_dropped_burst: with(self.packets_dropped_burst, other.packets_dropped_burst),
            packets_dropped_outage: with(self.packets_dropped_outage, other.packets_dropped_outage),
            packets_dropped_queue: with(self.packets_dropped_queue, other.packets_dropped_queue),
            delay_nanos: with(self.delay_nanos, other.delay_nanos),
        }
    }

    /// Returns what was done since `earlier`. Counters that were set back in between give zeros.
    fn since(self, earlier: Self) -> Self {
        self.combine(earlier, |now, before| (now - before).max(0.0))
    }

    /// Returns the number of packets dropped for any reason.
    pub fn packets_dropped(&self) -> f64 {
        self.packets_dropped_loss
            + self.packets_dropped_burst
            + self.packets_dropped_outage
            + self.packets_dropped_queue
    }

    /// Returns the share of packets that were dropped, 0 to 1; `None` when no packet entered.
    ///
    /// The share is of the packets that entered and of the copies made of them, since the queue drops copies too: with
    /// `network.duplicate` the link could otherwise drop more packets than entered.
    pub fn loss_ratio(&self) -> Option<f64> {
        let packets = self.packets_in + self.packets_duplicated;
        (packets > 0.0).then(|| (self.packets_dropped() / packets).min(1.0))
    }

    /// Returns the mean time that a packet spent in the link, in seconds; `None` when no packet left.
    pub fn mean_delay(&self) -> Option<f64> {
        (self.packets_out > 0.0).then(|| self.delay_nanos / self.packets_out / 1e9)
    }
}

/// The activity of both links of a path in a part of the time.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LinkWindow {
    /// Length of the window, in seconds; above 0.
    pub seconds: f64,
    /// The activity of the link from the browser to the platform.
    pub up: LinkActivity,
    /// The activity of the link from the platform to the browser.
    pub down: LinkActivity,
}

impl LinkWindow {
    /// Returns the window between two readings; `None` unless the second is later than the first.
    pub fn between(earlier: &LinkReading, later: &LinkReading) -> Option<Self> {
        let totals = |(_, counters): &LinkReading| [counters.up, counters.down].map(|link| LinkActivity::of(&link));
        Self::of_totals(later.0 - earlier.0, totals(earlier), totals(later))
    }

    /// Returns the window from `from` to `to`, in seconds since the network was applied. Where a bound lies between two
    /// readings, the links are taken to have worked evenly between them. `None` when a bound is not after the first
    /// reading, or the window is empty.
    pub fn interpolated(readings: &[LinkReading], from: f64, to: f64) -> Option<Self> {
        Self::of_totals(to - from, totals_at(readings, from)?, totals_at(readings, to)?)
    }

    fn of_totals(seconds: f64, earlier: [LinkActivity; 2], later: [LinkActivity; 2]) -> Option<Self> {
        let ([up_before, down_before], [up, down]) = (earlier, later);
        (seconds > 0.0).then(|| Self { seconds, up: up.since(up_before), down: down.since(down_before) })
    }

    /// Returns what the link in one direction did.
    pub fn link(&self, direction: Direction) -> &LinkActivity {
        match direction {
            Direction::Up => &self.up,
            Direction::Down => &self.down,
        }
    }

    /// Returns the rate at which UDP payload left the link in one direction, in bit/s.
    pub fn bitrate(&self, direction: Direction) -> f64 {
        self.link(direction).bytes_out * 8.0 / self.seconds
    }

    /// Returns the share of packets that both links dropped together (see [`path_loss`]); `None` when no packet entered
    /// one of them.
    pub fn loss_ratio(&self) -> Option<f64> {
        Some(path_loss(self.up.loss_ratio()?, self.down.loss_ratio()?))
    }

    /// Returns the mean time in both links together, in seconds; `None` when no packet left one of them.
    pub fn round_trip_time(&self) -> Option<f64> {
        Some(self.up.mean_delay()? + self.down.mean_delay()?)
    }
}

/// Returns everything that the links, up and down, had done by a time; `None` unless the time is after the first
/// reading. After the last reading, that reading holds.
fn totals_at(readings: &[LinkReading], seconds: f64) -> Option<[LinkActivity; 2]> {
    let last = readings.len().checked_sub(1)?;
    let after = readings.iter().position(|(at, _)| *at >= seconds).unwrap_or(last);
    let (to, later) = readings.get(after)?;
    let (from, earlier) = readings.get(after.checked_sub(1)?)?;
    let share = ((seconds - from) / (to - from)).clamp(0.0, 1.0);
    let at = |earlier: &LinkCounters, later: &LinkCounters| {
        LinkActivity::of(earlier).combine(LinkActivity::of(later), |before, after| before + (after - before) * share)
    };
    Some([at(&earlier.up, &later.up), at(&earlier.down, &later.down)])
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    /// A reading at a time, of two equal links that duplicate every packet and drop a quarter of all, copies included.
    fn reading(second: u64) -> LinkReading {
        let packets = second * 100;
        let link = LinkCounters {
            packets_in: packets,
            packets_duplicated: packets,
            packets_dropped_queue: packets / 2,
            packets_out: packets + packets / 2,
            bytes_out: (packets + packets / 2) * 1000,
            delay_total: Duration::from_millis(20) * u32::try_from(packets + packets / 2).expect("few packets"),
            ..LinkCounters::default()
        };
        (second as f64, PathCounters { up: link, down: link })
    }

    #[test]
    fn figures_of_a_window() {
        let window = LinkWindow::between(&reading(1), &reading(3)).expect("a window");
        assert_eq!(window.up.loss_ratio(), Some(0.25), "copies can be dropped, so they count");
        assert_eq!(window.loss_ratio(), Some(1.0 - 0.75 * 0.75));
        assert_eq!(window.bitrate(Direction::Down), 150.0 * 1000.0 * 8.0);
        assert!((window.round_trip_time().expect("packets left") - 0.04).abs() < 1e-12);
        assert_eq!(LinkWindow::between(&reading(3), &reading(3)), None);
    }

    #[test]
    fn loss_agrees_with_the_counters() {
        let (_, total) = reading(4);
        let window = LinkWindow::between(&(0.0, PathCounters::default()), &reading(4)).expect("a window");
        assert_eq!(window.down.loss_ratio(), Some(total.down.loss_ratio().get()));
    }

    #[test]
    fn bounds_between_readings_are_interpolated() {
        let readings: Vec<_> = (0..=4).map(reading).collect();
        let window = LinkWindow::interpolated(&readings, 0.5, 2.25).expect("a window");
        assert_eq!((window.seconds, window.up.packets_in), (1.75, 175.0));
        let after_the_end = LinkWindow::interpolated(&readings, 3.0, 9.0).expect("a window");
        assert_eq!(after_the_end.up.packets_in, 100.0);
        assert_eq!(LinkWindow::interpolated(&readings[..1], 0.0, 1.0), None);
        assert_eq!(LinkWindow::interpolated(&[], 0.0, 1.0), None);
    }

    #[test]
    fn nothing_gives_no_figures_and_a_reset_no_negative_ones() {
        let idle = LinkWindow::between(&(0.0, PathCounters::default()), &(1.0, PathCounters::default()));
        let idle = idle.expect("a window");
        assert_eq!((idle.loss_ratio(), idle.round_trip_time(), idle.bitrate(Direction::Up)), (None, None, 0.0));
        let reset = LinkWindow::between(&reading(3), &(4.0, PathCounters::default())).expect("a window");
        assert_eq!(reset.up, LinkActivity::default());
    }
}
