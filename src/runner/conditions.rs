//! What Chrome itself does to a case's traffic: to page traffic always, to media where the scenario says so.

use std::time::{Duration, Instant};

use crate::browser::{Conditions, Traffic};
use crate::network::{Apply, LinkConfig, NetworkConfig, Queue};

/// The size of a media packet, to count a queue in packets as Chrome does.
const PACKET_BYTES: f64 = 1200.0;

/// A page's conditions, and when they change.
pub(super) struct PageConditions {
    first: Option<Vec<Conditions>>,
    /// The latest first.
    changes: Vec<(Duration, Vec<Conditions>)>,
}

impl PageConditions {
    /// `signalling`: what the page's own traffic goes to.
    pub fn new(network: &NetworkConfig, signalling: String) -> Self {
        let with_media = network.apply == Apply::Cdp;
        let conditions = |up: &LinkConfig, down: &LinkConfig| {
            let media = with_media.then(|| media(up, down));
            // Of the rules that fit, the first counts.
            std::iter::once(page_traffic(up, down, signalling.clone())).chain(media).collect()
        };
        let first = (!network.is_unimpaired()).then(|| conditions(&network.up, &network.down));
        let mut changes: Vec<_> = match with_media {
            true => network.parts().skip(1).map(|(at, up, down)| (at, conditions(up, down))).collect(),
            false => Vec::new(),
        };
        changes.reverse();
        Self { first, changes }
    }

    /// Those to begin with; `None` leaves the page untouched.
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
