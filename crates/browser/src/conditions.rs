//! Networks of Chrome's own making: the DevTools Protocol's conditions by rule.

use std::time::Duration;

use chromiumoxide::cdp::browser_protocol::network::NetworkConditions;

use precall_netem::units::{Bitrate, Ratio};

/// Wide enough to change nothing. Media without any condition would stay without for good.
const WIDE_BYTES_PER_SECOND: f64 = 125e6;

/// What a part of a page's traffic goes through.
#[derive(Debug, Clone, PartialEq)]
pub struct Conditions {
    /// Which part.
    pub traffic: Traffic,
    /// HTTP and WebSocket: from a request to its answer's first byte. Media: one way.
    pub latency: Duration,
    /// From the browser; unlimited without.
    pub upload: Option<Bitrate>,
    /// To the browser; unlimited without.
    pub download: Option<Bitrate>,
}

/// A part of a page's traffic.
#[derive(Debug, Clone, PartialEq)]
pub enum Traffic {
    /// HTTP and WebSocket to these URLs, in the syntax of the URL Pattern standard. Never empty: that would be media as well.
    Urls(String),
    /// WebRTC's media, and all requests that no other rule is for.
    Media {
        /// Share of packets dropped, in each direction.
        loss: Ratio,
        /// How many packets may wait; as many as there are without.
        queue_packets: Option<u32>,
    },
}

impl Conditions {
    /// The protocol's rules for it.
    pub(super) fn rules(&self) -> Vec<NetworkConditions> {
        // -1 is the protocol's word for unlimited.
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
