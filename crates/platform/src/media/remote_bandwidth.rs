//! The bandwidth of a subscriber's downlink, estimated from what the router sent on it and when.
//!
//! str0m numbers every packet that it sends to the subscriber (transport-wide sequence numbers,
//! draft-holmer-rmcat-transport-wide-cc-extensions-01), the subscriber's browser reports when each of them arrived, and
//! str0m's port of Google congestion control turns both into an estimate. A packet that was lost or delayed before it
//! reached the router has no number there, so the uplink cannot lower the estimate of the downlink.
//!
//! This module decides what follows from the estimate: how much a publisher with one layer may send, and what rate the
//! estimator should probe for.

use std::time::{Duration, Instant};

use str0m::bwe::Bitrate;
use str0m::rtp::rtcp::Twcc;

use super::backlog::Backlog;
use super::delivered_rate::DeliveredRate;
use super::rate_meter::RateMeter;
use super::round_trips::RoundTrips;

/// The bytes that each packet takes beside its RTP payload: RTP header (12) with its extensions (16), authentication
/// tag (10), UDP (8) and IPv4 (20). str0m's estimate counts payloads alone. A browser's estimate counts whole packets,
/// and a publisher compares the limit with that.
const OVERHEAD_BYTES: usize = 66;

/// The growth of the available rate: by this factor a second as long as the capacity is unknown, and near the capacity
/// by one packet every two round trips and response times. These are the figures of libwebrtc's rate control; the
/// algorithm is that of draft-ietf-rmcat-gcc-02 section 5.5.
///
/// str0m 0.25.0 adds at least 1 kbit/s to its estimate each time it updates it, with new feedback or without. So its
/// increases count only where a probe proves them, and its decreases only with a queue. `router::tests::growth` fails
/// once str0m no longer needs this, and growth can then be left to str0m.
const GROWTH: f64 = 1.08;
const RESPONSE_TIME: Duration = Duration::from_millis(100);
const MIN_GROWTH_BPS: f64 = 20e3;
const MIN_GROWTH_NEAR_CAPACITY_BPS: f64 = 4e3;
const PACKET_BITS: f64 = 9600.0;
const FRAMES_PER_SECOND: f64 = 30.0;

/// A decrease to less than this share shows that the capacity was reached. Google congestion control then sets the
/// estimate to the second share of the received rate.
const DECREASE: f64 = 0.97;
const DECREASED_TO: f64 = 0.85;

/// An estimate below this share of what the downlink delivers is a mistake of str0m, which measures the received rate
/// in windows that may contain a pause of the video.
const BELOW_DELIVERED: f64 = 0.5;

/// Beyond this multiple of the capacity that was seen last, the capacity has become another.
const BEYOND_CAPACITY: f64 = 1.1;

/// str0m holds its estimate below 1.5 times what was acknowledged last, plus 10 kbit/s, unless a probe has shown that
/// there is more. What was sent is known of the last whole second, in which it may have been less.
const PROBED_ABOVE: f64 = 1.85;
const PROBED_MARGIN_BPS: f64 = 30e3;

/// The least that a publisher is limited to: sound, and a picture that still moves.
const MIN_LIMIT_BPS: f64 = 80e3;

/// The largest share of a downlink that is left to repairs. libwebrtc counts no more than half of a sender's rate as
/// protection, either: after a burst of losses repairs may take more for a moment, and what a publisher is limited to
/// then takes it many seconds to leave.
const MAX_REPAIR_SHARE: f64 = 0.5;

/// The estimator probes for this multiple of the sent rate, within these bounds. A downlink that has it limits no
/// publisher.
const HEADROOM: f64 = 2.0;
const MIN_DESIRED_BPS: f64 = 3e6;
const MAX_DESIRED_BPS: f64 = 12e6;

/// The longest that the downlink may take for what was sent. More than that is a queue in str0m's pacer, which sends no
/// faster than the estimate, and where no receiver can see it.
const MAX_BACKLOG: Duration = Duration::from_millis(250);

/// A desired rate this close to the one before is not worth telling the estimator.
const DESIRED_GRAIN: f64 = 0.2;

/// The bounds of the first estimate. A subscriber that joins a stream of 2 Mbit/s starts there, and not at what a
/// browser assumes of an unknown network, which is the lower bound.
const MIN_START_BPS: f64 = 300e3;
const MAX_START_BPS: f64 = 2.5e6;

/// How long the first estimate limits a publisher whose subscriber is still connecting.
const ASSUMED_FOR: Duration = Duration::from_secs(2);

/// The estimate for a client that sends no transport-wide feedback: so much that the pacer holds nothing back.
const UNPACED: Bitrate = Bitrate::gbps(1);

/// The downlink of one subscriber.
pub(super) struct RemoteBandwidth {
    /// Whether the client reports when packets arrived. Without its reports nothing is estimated, and nothing may be
    /// paced by an estimate.
    has_feedback: bool,
    /// The capacity of the downlink in bit/s of RTP payload, and when it was found.
    available: Option<(f64, Instant)>,
    /// The estimate to begin with, and until when it limits the publisher although nothing is known of the downlink
    /// yet.
    assumed: Option<(f64, Instant)>,
    /// Whether a queue was seen since the downlink last had more room than any subscriber needs. Then the publisher is
    /// limited to the capacity of the downlink.
    is_limiting: bool,
    /// The rate that the downlink carried when a queue or loss was last seen, in bit/s of RTP payload.
    capacity_bps: Option<f64>,
    round_trips: RoundTrips,
    /// Whether the last estimate was a decrease without a queue.
    is_doubted: bool,
    /// The estimate from which str0m has to begin again.
    corrected: Option<Bitrate>,
    delivered: DeliveredRate,
    sent: RateMeter,
    overhead: RateMeter,
    /// The repairs among what was sent.
    repairs: RateMeter,
    /// The data that was sent and is not carried yet: all of it, and the repairs among it.
    backlog: Backlog,
    repair_backlog: Backlog,
    /// The rate that the stream would take in bit/s, where it has simulcast layers.
    wanted_bps: f64,
    desired_bps: f64,
}

impl RemoteBandwidth {
    pub(super) fn new(now: Instant) -> Self {
        Self {
            has_feedback: true,
            available: None,
            assumed: None,
            is_limiting: false,
            capacity_bps: None,
            round_trips: RoundTrips::default(),
            is_doubted: false,
            corrected: None,
            delivered: DeliveredRate::new(now),
            sent: RateMeter::new(now),
            overhead: RateMeter::new(now),
            repairs: RateMeter::new(now),
            backlog: Backlog::new(now),
            repair_backlog: Backlog::new(now),
            wanted_bps: 0.0,
            desired_bps: 0.0,
        }
    }

    /// Returns the downlink of a subscriber that joins a stream of this many bit/s. The publisher is held at the first
    /// estimate until something is known of the downlink, so that the first key frame is no larger than it would be
    /// from a browser, which begins with the same estimate.
    pub(super) fn joining(now: Instant, stream_bps: f64) -> Self {
        let assumed = Some((Self::start_estimate(stream_bps).as_f64(), now + ASSUMED_FOR));
        Self { assumed, ..Self::new(now) }
    }

    /// Forgets the downlink, since the path has changed. Returns the estimate to begin with.
    pub(super) fn begin_again(&mut self) -> Bitrate {
        self.available = None;
        self.is_limiting = false;
        self.capacity_bps = None;
        self.round_trips = RoundTrips::default();
        if self.has_feedback { Self::start_estimate(0.0) } else { UNPACED }
    }

    /// Notes that the client sends no transport-wide feedback. Returns the estimate to use instead.
    pub(super) fn set_without_feedback(&mut self) -> Bitrate {
        self.has_feedback = false;
        self.assumed = None;
        UNPACED
    }

    /// Returns the estimate to begin with for a stream of this many bit/s.
    pub(super) fn start_estimate(stream_bps: f64) -> Bitrate {
        Bitrate::bps(stream_bps.clamp(MIN_START_BPS, MAX_START_BPS) as u64)
    }

    /// Notes a packet with this payload that was sent.
    pub(super) fn note_sent(&mut self, now: Instant, payload_bytes: usize) {
        self.sent.add(now, payload_bytes);
        self.overhead.add(now, OVERHEAD_BYTES);
        if self.is_known() {
            self.backlog.add(payload_bytes);
        }
    }

    /// Notes the transport-wide number of a packet with this payload.
    pub(super) fn note_number(&mut self, number: u16, payload_bytes: usize) {
        self.delivered.note_sent(number, payload_bytes);
    }

    /// Notes a report of what arrived at the subscriber.
    pub(super) fn note_report(&mut self, report: Twcc) {
        self.delivered.note_report(report);
    }

    /// Notes a repair with this payload that was sent. Repairs leave less room for what the publisher sends.
    pub(super) fn note_repair(&mut self, now: Instant, payload_bytes: usize) {
        self.note_sent(now, payload_bytes);
        self.repairs.add(now, payload_bytes + OVERHEAD_BYTES);
        self.repair_backlog.add(payload_bytes);
    }

    /// Returns whether another repair may be sent. Repairs that take more than the downlink can carry are lost in their
    /// turn, are requested again, and keep its queue full for seconds. As long as nothing is known of the downlink,
    /// every repair may be sent.
    pub(super) fn has_room_for_repair(&mut self, now: Instant) -> bool {
        self.available.is_none_or(|(available, _)| self.repair_backlog.time(now, available) <= MAX_BACKLOG)
    }

    /// Notes what the highest layer of the stream takes, in bit/s.
    pub(super) fn set_wanted(&mut self, bps: f64) {
        self.wanted_bps = bps;
    }

    /// Notes str0m's estimate, which counts RTP payloads, and the round-trip time, if it is known.
    pub(super) fn set_estimate(&mut self, now: Instant, estimate: Bitrate, round_trip_time: Option<Duration>) {
        self.round_trips.note(now, round_trip_time);
        let (estimate, sent) = (estimate.as_f64(), self.sent.bits_per_second(now));
        self.is_doubted = false;
        let next = match self.available {
            None => estimate,
            Some((available, _)) if estimate < available => self.decreased(available, estimate),
            Some(_) if estimate > sent * PROBED_ABOVE + PROBED_MARGIN_BPS => estimate,
            Some((available, at)) => {
                let seconds = now.saturating_duration_since(at).as_secs_f64().min(1.0);
                (available + self.growth_bps(available) * seconds).min(estimate)
            }
        };
        self.is_limiting |= self.is_known() && self.backlog.time(now, next) > MAX_BACKLOG;
        self.is_limiting &= next < self.desired_bps;
        self.available = Some((next, now));
    }

    /// Returns what remains after a decrease of str0m's estimate. Without a queue there is no decrease: str0m measures
    /// the received rate in windows so short that a burst of losses halves it, and takes late timers of a busy host for
    /// a queue.
    fn decreased(&mut self, available: f64, estimate: f64) -> f64 {
        self.is_doubted = !self.round_trips.indicate_queue();
        if self.is_doubted {
            return available;
        }
        // The rate that str0m measured may contain a pause. The downlink shows what it delivers now.
        let delivered = self.delivered.bits_per_second() * DECREASED_TO;
        let estimate = if estimate < delivered * BELOW_DELIVERED {
            let corrected = delivered.min(available);
            self.corrected = Some(Bitrate::bps(corrected as u64));
            corrected
        } else {
            estimate
        };
        if estimate < available * DECREASE {
            self.is_limiting = true;
            self.capacity_bps = Some(estimate / DECREASED_TO);
        }
        estimate
    }

    /// Returns how fast the available rate may grow, in bit/s each second.
    fn growth_bps(&self, available_bps: f64) -> f64 {
        if self.capacity_bps.is_none_or(|capacity| available_bps > capacity * BEYOND_CAPACITY) {
            return (available_bps * (GROWTH - 1.0)).max(MIN_GROWTH_BPS);
        }
        let frame_bits = available_bps / FRAMES_PER_SECOND;
        let packet_bits = frame_bits / (frame_bits / PACKET_BITS).ceil();
        let response_time = self.round_trip_time().unwrap_or(RESPONSE_TIME) + RESPONSE_TIME;
        (packet_bits / (2.0 * response_time.as_secs_f64())).max(MIN_GROWTH_NEAR_CAPACITY_BPS)
    }

    /// Returns the ratio of whole packets to their payloads.
    fn packet_factor(&mut self, now: Instant) -> f64 {
        let (sent, overhead) = (self.sent.bits_per_second(now), self.overhead.bits_per_second(now));
        if sent > 0.0 { 1.0 + overhead / sent } else { 1.0 }
    }

    /// Returns the rate that the estimator should look for next, in bit/s; `None` while the one it knows will do.
    pub(super) fn poll_desired(&mut self, now: Instant) -> Option<Bitrate> {
        let wanted = self.sent.bits_per_second(now).max(self.wanted_bps);
        let desired = (wanted * HEADROOM).clamp(MIN_DESIRED_BPS, MAX_DESIRED_BPS);
        let is_known = (desired - self.desired_bps).abs() <= self.desired_bps * DESIRED_GRAIN;
        (!is_known).then(|| {
            self.desired_bps = desired;
            Bitrate::bps(desired as u64)
        })
    }

    /// Returns the estimate from which str0m has to begin again; `None` where its own will do.
    pub(super) fn poll_corrected(&mut self) -> Option<Bitrate> {
        self.corrected.take()
    }

    /// Returns the round-trip time to the subscriber, queues included; `None` while it is unknown.
    pub(super) fn round_trip_time(&self) -> Option<Duration> {
        self.round_trips.last()
    }

    /// Returns the capacity of the downlink in bit/s of whole packets; `None` while it is unknown.
    pub(super) fn available_bps(&mut self, now: Instant) -> Option<f64> {
        let (available, _) = self.available?;
        Some(available * self.packet_factor(now))
    }

    /// Returns whether something is known of the downlink.
    fn is_known(&self) -> bool {
        self.round_trip_time().is_some()
    }

    /// Returns whether str0m may pace what is sent, by its estimate.
    pub(super) fn is_paced(&self) -> bool {
        self.is_known() && !self.is_doubted
    }

    /// Returns the most that the publisher should send, in bit/s of whole packets: what is known, and before that, for
    /// a while, what is assumed. `None` where it may send as much as it wants.
    pub(super) fn limit_bps(&mut self, now: Instant) -> Option<f64> {
        match self.is_known() {
            true => self.known_limit_bps(now),
            false => self.assumed.filter(|(_, end)| now < *end).map(|(bps, _)| bps),
        }
    }

    /// Returns the capacity of the downlink for a publisher's stream, in bit/s of whole packets; `None` as long as no
    /// queue was seen, and once the downlink has more room than any subscriber needs.
    pub(super) fn known_limit_bps(&mut self, now: Instant) -> Option<f64> {
        let (available, _) = self.available.filter(|_| self.is_known())?;
        let whole = available * self.packet_factor(now);
        let repairs = self.repairs.bits_per_second(now).min(whole * MAX_REPAIR_SHARE);
        self.is_limiting.then(|| (whole - repairs).max(MIN_LIMIT_BPS))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_client_without_feedback_is_never_paced_by_an_estimate() {
        let mut downlink = RemoteBandwidth::new(Instant::now());
        assert_eq!(downlink.begin_again().as_f64(), MIN_START_BPS);
        let unpaced = downlink.set_without_feedback();
        assert_eq!(downlink.begin_again(), unpaced, "also after an ICE restart");
    }
}
