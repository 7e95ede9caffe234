//! The activity of a link between two readings of its counters, with the configuration that was requested for that
//! time.

use std::time::Duration;

use precall_netem::{Direction, LinkActivity, LinkConfig, LinkReading, LinkWindow, NetworkConfig, PathCounters};

/// How far from its time a change of the network may show in the counters, in seconds: packets in flight, and readings
/// that come late.
const SLACK_SECONDS: f64 = 1.0;

/// The time between two readings of a link's counters.
pub(super) struct LinkInterval<'a> {
    /// Time of the first reading, in seconds since the network was applied.
    pub from: f64,
    /// Time of the second reading, in seconds since the network was applied.
    pub to: f64,
    /// The activity of the link in between.
    pub activity: LinkActivity,
    /// Every configuration that was requested around that time; at least one.
    pub requested: Vec<&'a LinkConfig>,
}

impl LinkInterval<'_> {
    pub(super) fn seconds(&self) -> f64 {
        self.to - self.from
    }

    /// Returns the lowest and the highest requested value of a setting.
    pub(super) fn range(&self, setting: impl Fn(&LinkConfig) -> f64) -> (f64, f64) {
        let values = self.requested.iter().map(|link| setting(link));
        values.fold((f64::INFINITY, 0.0), |(least, most), value| (least.min(value), most.max(value)))
    }

    /// Whether the whole interval lies well inside an outage.
    pub(super) fn is_out(&self) -> bool {
        let at = |seconds: f64| Duration::try_from_secs_f64(seconds).unwrap_or_default();
        let margin = 0.1;
        self.requested.iter().all(|link| {
            // Its middle as well: two outages may follow one another within an interval.
            [self.from - margin, (self.from + self.to) / 2.0, self.to + margin]
                .into_iter()
                .all(|seconds| seconds >= 0.0 && link.is_out(at(seconds)))
        })
    }
}

/// Returns the time since the network was applied, divided at the readings.
pub(super) fn intervals<'a>(
    requested: &'a NetworkConfig,
    direction: Direction,
    readings: &[LinkReading],
) -> Vec<LinkInterval<'a>> {
    let applied = (0.0, PathCounters::default());
    let all: Vec<_> = std::iter::once(&applied).chain(readings).collect();
    let interval = |pair: &[&LinkReading]| {
        let window = LinkWindow::between(pair[0], pair[1])?;
        let (from, to) = (pair[0].0, pair[1].0);
        Some(LinkInterval {
            from,
            to,
            activity: *window.link(direction),
            requested: in_effect(requested, direction, from - SLACK_SECONDS, to + SLACK_SECONDS),
        })
    };
    all.windows(2).filter_map(interval).collect()
}

/// Returns every configuration that was requested at some time between `from` and `to`.
fn in_effect(requested: &NetworkConfig, direction: Direction, from: f64, to: f64) -> Vec<&LinkConfig> {
    let first = match direction {
        Direction::Up => &requested.up,
        Direction::Down => &requested.down,
    };
    let mut links = vec![first];
    for step in requested.steps.iter().filter(|step| step.at.as_secs_f64() <= to) {
        if step.at.as_secs_f64() <= from {
            links.clear();
        }
        links.push(match direction {
            Direction::Up => &step.up,
            Direction::Down => &step.down,
        });
    }
    links
}
