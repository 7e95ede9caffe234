//! What a subscriber's downlink can carry, estimated from what the router sent on it and when.
//!
//! str0m numbers every packet that leaves for the subscriber (transport-wide sequence numbers,
//! draft-holmer-rmcat-transport-wide-cc-extensions-01), the subscriber's browser reports when each of them arrived, and
//! str0m's port of Google congestion control turns both into an estimate. A packet that was lost or delayed before it
//! reached the router has no number there, so the uplink cannot lower the estimate of the downlink.
//!
//! This module decides what follows from the estimate: how much a publisher with one layer may send, and what rate the
//! estimator should look for.

use std::time::{Duration, Instant};

use str0m::bwe::Bitrate;

use super::rate_meter::RateMeter;

/// What each packet takes beside its RTP payload: RTP header (12) with its extensions (16), authentication tag (10), UDP
/// (8) and IPv4 (20). str0m's estimate counts payloads alone; a browser's own counts whole packets, and that is what a
/// publisher compares a limit with.
const OVERHEAD_BYTES: usize = 66;

/// Below this multiple of what is sent, the estimate limits the publisher; above the second one it no longer does.
/// Google congestion control holds its estimate below 1.5 times what is acknowledged, and probes beyond that.
const BINDS_BELOW: f64 = 1.25;
const FREES_ABOVE: f64 = 1.45;

/// How long an estimate has to exist before it limits anybody: the first probes need a round trip.
const WARM_UP: Duration = Duration::from_secs(1);

/// The least that a publisher is limited to: sound, and a picture that still moves.
const MIN_LIMIT_BPS: f64 = 80e3;

/// The estimator looks for room for this multiple of what is sent, within these bounds.
const HEADROOM: f64 = 2.0;
const MIN_DESIRED_BPS: f64 = 1.5e6;
const MAX_DESIRED_BPS: f64 = 10e6;

/// A desired rate this close to the one before is not worth telling the estimator.
const DESIRED_GRAIN: f64 = 0.2;

/// The bounds of the first estimate. A subscriber that joins a stream of 2 Mbit/s starts there, and not at what a browser
/// assumes of an unknown network, which is the lower bound.
const MIN_START_BPS: f64 = 300e3;
const MAX_START_BPS: f64 = 2.5e6;

/// The downlink of one subscriber.
pub(super) struct Downlink {
    began: Instant,
    estimate_bps: Option<f64>,
    binds: bool,
    sent: RateMeter,
    overhead: RateMeter,
    /// What the stream would take, where it comes in layers.
    wanted_bps: f64,
    desired_bps: f64,
}

impl Downlink {
    pub fn new(now: Instant) -> Self {
        let (sent, overhead) = (RateMeter::new(now), RateMeter::new(now));
        Self { began: now, estimate_bps: None, binds: false, sent, overhead, wanted_bps: 0.0, desired_bps: 0.0 }
    }

    /// The estimate to begin with for a stream of this many bit/s.
    pub fn start_estimate(stream_bps: f64) -> Bitrate {
        Bitrate::bps(stream_bps.clamp(MIN_START_BPS, MAX_START_BPS) as u64)
    }

    /// Notes a packet with this payload that was sent.
    pub fn note_sent(&mut self, now: Instant, payload_bytes: usize) {
        self.sent.add(now, payload_bytes);
        self.overhead.add(now, OVERHEAD_BYTES);
    }

    /// Notes what the highest layer of the stream takes, in bit/s.
    pub fn set_wanted(&mut self, bps: f64) {
        self.wanted_bps = bps;
    }

    /// Notes the estimator's estimate, which counts RTP payloads.
    pub fn set_estimate(&mut self, now: Instant, estimate: Bitrate) {
        let (sent, overhead) = (self.sent.bits_per_second(now), self.overhead.bits_per_second(now));
        let share = if sent > 0.0 { overhead / sent } else { 0.0 };
        self.estimate_bps = Some(estimate.as_f64() * (1.0 + share));
    }

    /// The rate that the estimator should look for next, in bit/s; `None` while the one it knows will do.
    pub fn poll_desired(&mut self, now: Instant) -> Option<Bitrate> {
        let wanted = self.sent.bits_per_second(now).max(self.wanted_bps);
        let desired = (wanted * HEADROOM).clamp(MIN_DESIRED_BPS, MAX_DESIRED_BPS);
        let is_known = (desired - self.desired_bps).abs() <= self.desired_bps * DESIRED_GRAIN;
        (!is_known).then(|| {
            self.desired_bps = desired;
            Bitrate::bps(desired as u64)
        })
    }

    /// What the downlink can carry, in bit/s of whole packets; `None` while that is unknown.
    pub fn available_bps(&self) -> Option<f64> {
        self.estimate_bps
    }

    /// The most that the publisher should send, in bit/s of whole packets; `None` while the downlink has room for more
    /// than it sends.
    pub fn limit_bps(&mut self, now: Instant) -> Option<f64> {
        let estimate = self.estimate_bps.filter(|_| now.saturating_duration_since(self.began) >= WARM_UP)?;
        let sent = self.sent.bits_per_second(now) + self.overhead.bits_per_second(now);
        self.binds = estimate < sent * if self.binds { FREES_ABOVE } else { BINDS_BELOW };
        self.binds.then_some(estimate.max(MIN_LIMIT_BPS))
    }
}
