//! The conditions that Chrome itself imposes on a case's traffic: on signalling that passes no link, and on media if
//! the scenario says so.

use std::time::{Duration, Instant};

use precall_browser::{Conditions, Traffic};
use precall_netem::{Backend, LinkConfig, NetworkConfig, Queue};

/// Every URL of other hosts. The page itself is served by HTTP.
pub(super) const EVERY_HOST: &str = "https://*:*/*";

/// The size of a media packet, to count a queue in packets as Chrome does.
const PACKET_BYTES: f64 = 1200.0;

/// A page's conditions, and when they change.
pub(super) struct PageConditions {
    first: Option<Vec<Conditions>>,
    /// The conditions that are still to come with their times, the latest first.
    changes: Vec<(Duration, Vec<Conditions>)>,
}

impl PageConditions {
    /// `signalling`: the URLs of signalling that goes through no link.
    pub fn new(network: &NetworkConfig, signalling: Option<String>) -> Self {
        let conditions = |(at, up, down): (_, &LinkConfig, &LinkConfig)| {
            let signalling = signalling.clone().map(|urls| page_traffic(up, down, urls));
            let media = (network.backend == Backend::DevTools).then(|| media(up, down));
            // Of the rules that fit, the first counts.
            (at, signalling.into_iter().chain(media).collect::<Vec<_>>())
        };
        if network.is_unimpaired() || (signalling.is_none() && network.backend == Backend::Link) {
            return Self { first: None, changes: Vec::new() };
        }
        let mut changes: Vec<_> = network.parts().map(conditions).collect();
        changes.reverse();
        Self { first: changes.pop().map(|(_, conditions)| conditions), changes }
    }

    /// Returns the conditions to begin with. Absent when the page is left alone.
    pub fn first(&mut self) -> Option<Vec<Conditions>> {
        self.first.take()
    }

    /// Waits for the next to be set; for ever when there are none, or before the tests begin.
    pub async fn next(&mut self, began: Option<Instant>) -> Vec<Conditions> {
        let (Some(began), Some((at, _))) = (began, self.changes.last()) else {
            return std::future::pending().await;
        };
        tokio::time::sleep_until((began + *at).into()).await;
        self.changes.pop().map(|(_, conditions)| conditions).unwrap_or_default()
    }
}

fn page_traffic(up: &LinkConfig, down: &LinkConfig, signalling: String) -> Conditions {
    Conditions {
        traffic: Traffic::Urls(signalling),
        // Chrome adds it once per request: the way there and back.
        latency: up.delay + down.delay,
        upload: up.nominal_rate(),
        download: down.nominal_rate(),
    }
}

/// The scenario's reader has made sure that delay and loss are the same both ways.
fn media(up: &LinkConfig, down: &LinkConfig) -> Conditions {
    let queue_packets = |link: &LinkConfig| {
        let bytes = match link.queue {
            Queue::Time(time) => link.rate?.bytes_per_second() * time.as_secs_f64(),
            Queue::Size(size) => size.bytes() as f64,
        };
        Some((bytes / PACKET_BYTES).ceil().max(1.0) as u32)
    };
    Conditions {
        traffic: Traffic::Media {
            loss: up.loss.unwrap_or_default(),
            queue_packets: queue_packets(up).max(queue_packets(down)),
        },
        latency: up.delay,
        upload: up.rate,
        download: down.rate,
    }
}
