//! What one link did between two looks at it, and what it was asked to be meanwhile.

use std::time::Duration;

use precall_netem::{Direction, LinkConfig, LinkCounters, NetworkConfig, PathCounters};

/// How far from its time a change of the network may show in the counters, in seconds: packets on the way, and looks that
/// come late.
const SLACK_SECONDS: f64 = 1.0;

/// What one link did between two looks.
pub(super) struct Interval<'a> {
    /// Since the network was applied, in seconds.
    pub from: f64,
    /// Likewise.
    pub to: f64,
    /// What it did in that time.
    pub did: LinkCounters,
    /// All that it was asked to be around that time; at least one.
    pub asked: Vec<&'a LinkConfig>,
}

impl Interval<'_> {
    pub fn seconds(&self) -> f64 {
        self.to - self.from
    }

    /// The least and the most that a figure of the link was asked to be.
    pub fn range(&self, figure: impl Fn(&LinkConfig) -> f64) -> (f64, f64) {
        let figures = self.asked.iter().map(|link| figure(link));
        figures.fold((f64::INFINITY, 0.0), |(least, most), figure| (least.min(figure), most.max(figure)))
    }

    /// Whether the whole of it lies well inside an outage.
    pub fn is_out(&self) -> bool {
        let at = |seconds: f64| Duration::try_from_secs_f64(seconds).unwrap_or_default();
        let margin = 0.1;
        self.asked.iter().all(|link| {
            // Outages that follow one another within an interval are looked through by its middle as well.
            [self.from - margin, (self.from + self.to) / 2.0, self.to + margin]
                .into_iter()
                .all(|seconds| seconds >= 0.0 && link.is_out(at(seconds)))
        })
    }
}

/// The time since the network was applied, look by look.
pub(super) fn intervals<'a>(
    asked: &'a NetworkConfig,
    direction: Direction,
    snapshots: &[(f64, PathCounters)],
) -> Vec<Interval<'a>> {
    let of = |counters: &PathCounters| match direction {
        Direction::Up => counters.up,
        Direction::Down => counters.down,
    };
    let first = (0.0, LinkCounters::default());
    let looks: Vec<_> =
        std::iter::once(first).chain(snapshots.iter().map(|(at, counters)| (*at, of(counters)))).collect();
    let between = looks.windows(2).filter(|pair| pair[1].0 > pair[0].0);
    between
        .map(|pair| Interval {
            from: pair[0].0,
            to: pair[1].0,
            did: pair[1].1.since(&pair[0].1),
            asked: in_effect(asked, direction, pair[0].0 - SLACK_SECONDS, pair[1].0 + SLACK_SECONDS),
        })
        .collect()
}

/// What the link was asked to be at some time between `from` and `to`.
fn in_effect(asked: &NetworkConfig, direction: Direction, from: f64, to: f64) -> Vec<&LinkConfig> {
    let first = match direction {
        Direction::Up => &asked.up,
        Direction::Down => &asked.down,
    };
    let mut links = vec![first];
    for step in asked.steps.iter().filter(|step| step.at.as_secs_f64() <= to) {
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
