//! Chrome's own network emulation: the conditions by rule of the DevTools Protocol.

use std::time::Duration;

use chromiumoxide::cdp::browser_protocol::network::NetworkConditions;

use precall_netem::units::{Bitrate, Ratio};

/// A rate that is high enough to change nothing. A media connection that begins without any condition ignores all later
/// ones.
const WIDE_BYTES_PER_SECOND: f64 = 125e6;

/// The network conditions of one part of a page's traffic.
#[derive(Debug, Clone, PartialEq)]
pub struct Conditions {
    /// The traffic that these conditions apply to.
    pub traffic: Traffic,
    /// The added delay. For HTTP and WebSocket it is counted from a request to the first byte of its response, for
    /// media in one direction.
    pub latency: Duration,
    /// The bit rate from the browser to the network. `None` if it is unlimited.
    pub upload: Option<Bitrate>,
    /// The bit rate from the network to the browser. `None` if it is unlimited.
    pub download: Option<Bitrate>,
}

/// A part of a page's traffic.
#[derive(Debug, Clone, PartialEq)]
pub enum Traffic {
    /// HTTP and WebSocket to these URLs, in the syntax of the URL Pattern standard. The pattern must not be empty: an
    /// empty one also matches media.
    Urls(String),
    /// WebRTC media, and every request that no other rule matches.
    Media {
        /// The share of packets that are dropped in each direction, from 0 to 1.
        loss: Ratio,
        /// The capacity of the queue, in packets. `None` if it is unlimited.
        queue_packets: Option<u32>,
    },
}

impl Conditions {
    /// Returns the DevTools Protocol's rules for these conditions.
    pub(super) fn rules(&self) -> Vec<NetworkConditions> {
        // The protocol uses -1 for "unlimited".
        let unlimited = if matches!(self.traffic, Traffic::Urls(_)) { -1.0 } else { WIDE_BYTES_PER_SECOND };
        let bytes_per_second = |rate: Option<Bitrate>| rate.map_or(unlimited, Bitrate::bytes_per_second);
        let rule = |url_pattern: String| {
            NetworkConditions::new(
                url_pattern,
                self.latency.as_secs_f64() * 1e3,
                bytes_per_second(self.download),
                bytes_per_second(self.upload),
            )
        };
        match &self.traffic {
            Traffic::Urls(pattern) => {
                let sockets = pattern.strip_prefix("http").map(|rest| rule(format!("ws{rest}")));
                [rule(pattern.clone())].into_iter().chain(sockets).collect()
            }
            Traffic::Media { loss, queue_packets } => {
                let mut rule = rule(String::new());
                rule.packet_loss = Some(loss.get() * 100.0);
                rule.packet_queue_length = queue_packets.map(i64::from);
                vec![rule]
            }
        }
    }
}
