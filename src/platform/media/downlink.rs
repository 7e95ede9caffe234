//! What a subscriber's way down takes, known only once it was too much for it.
//!
//! Two things tell. Its browser's estimate (REMB, draft-alvestrand-rmcat-remb) creeps up from below what comes in, so its
//! height says little, but it falls when packets queue up. And a queue that is full no longer grows, but loses: so its
//! receiver reports (RFC 3550 section 6.4.1) count as well, without what was lost before it came here.

use std::time::{Duration, Instant};

use str0m::bwe::Bitrate;

/// An estimate this much below the one before is a fall; between others it only rises.
const FALL: f64 = 0.97;

/// Loss from which on a way is too full, and up to which it has room: those of Google congestion control
/// (draft-ietf-rmcat-gcc-02 section 6).
const HEAVY_LOSS: f64 = 0.10;
const LIGHT_LOSS: f64 = 0.02;

/// What is sent of what came through, when packets were lost for it, and when they only queued up: then the queue has to
/// empty as well (section 5.5 of the same draft).
const AFTER_LOSS: f64 = 0.95;
const AFTER_QUEUEING: f64 = 0.85;

/// A limit that this share of is used is one; below, something else is.
const USED: f64 = 0.7;

/// How fast a limit is lifted, a second, and how far above what comes through: as there.
const INCREASE: f64 = 1.08;
const MAX_OVER_DELIVERED: f64 = 1.5;

/// How long a decrease has to show before it is judged.
const PATIENCE: Duration = Duration::from_secs(2);

/// Loss that a decrease does not bring down to this share of itself is no congestion, but how the way is.
const CURED: f64 = 0.7;

/// Reports further apart than this were held up or lost on their way: browsers send one a second.
const MAX_REPORT_GAP_SECONDS: f64 = 4.0;

/// The least that anybody is limited to: a picture that still moves.
const MIN_LIMIT_BPS: f64 = 50e3;

/// What a receiver report says, with what was sent until then.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reported {
    /// The highest sequence number that came, with its cycles.
    pub highest_sequence_number: u32,
    /// Packets lost since the beginning.
    pub packets_lost: i64,
    /// Of those, the ones that were never sent, as they were lost on their way here.
    pub never_sent: i64,
    /// What was sent since the beginning.
    pub bytes_sent: u64,
}

/// The way down to one subscriber.
#[derive(Default)]
pub(super) struct Downlink {
    limit_bps: Option<f64>,
    estimate_bps: Option<f64>,
    /// What came through between the last two reports.
    delivered_bps: f64,
    last: Option<(Instant, Reported)>,
    /// When the limit was lowered, and how much loss there was.
    lowered: Option<(Instant, f64)>,
    /// Loss that is there whatever is sent.
    usual_loss: f64,
}

impl Downlink {
    /// Notes the browser's estimate; says whether it was too much that was sent.
    pub fn set_estimate(&mut self, now: Instant, estimate: Bitrate) -> bool {
        let bps = estimate.as_f64();
        let falls = self.estimate_bps.replace(bps).is_some_and(|before| bps < before * FALL);
        let is_new = self.lowered.is_none_or(|(at, _)| now.saturating_duration_since(at) >= PATIENCE);
        let is_used = self.limit_bps.is_none_or(|limit| self.delivered_bps >= limit * USED);
        if falls && is_new && is_used && self.delivered_bps > 0.0 {
            self.lower(now, self.delivered_bps * AFTER_QUEUEING, 0.0);
        }
        falls
    }

    fn lower(&mut self, now: Instant, bps: f64, loss: f64) {
        self.limit_bps = Some(self.limit_bps.map_or(bps, |limit| limit.min(bps)).max(MIN_LIMIT_BPS));
        self.lowered = Some((now, loss));
    }

    /// Notes a receiver report; says whether it was too much that was sent.
    pub fn set_report(&mut self, now: Instant, report: Reported) -> bool {
        let Some((before_at, before)) = self.last.replace((now, report)) else { return false };
        let packets = f64::from(report.highest_sequence_number.wrapping_sub(before.highest_sequence_number));
        let seconds = now.saturating_duration_since(before_at).as_secs_f64();
        // What was lost while nothing came back either was lost to an outage, which says nothing about the rate.
        if packets < 1.0 || packets > f64::from(u32::MAX / 2) || seconds <= 0.0 || seconds > MAX_REPORT_GAP_SECONDS {
            return false;
        }
        let lost = |report: &Reported| report.packets_lost - report.never_sent;
        let loss = ((lost(&report) - lost(&before)) as f64 / packets).clamp(0.0, 1.0);
        let sent_bps = report.bytes_sent.saturating_sub(before.bytes_sent) as f64 * 8.0 / seconds;
        self.delivered_bps = sent_bps * (1.0 - loss);
        self.judge(now, seconds, loss)
    }

    fn judge(&mut self, now: Instant, seconds: f64, loss: f64) -> bool {
        if let Some((at, before)) = self.lowered {
            if now.saturating_duration_since(at) < PATIENCE {
                return false;
            }
            self.lowered = None;
            if loss > before * CURED {
                self.usual_loss = loss;
            }
        }
        self.usual_loss = self.usual_loss.min(loss);
        if loss - self.usual_loss >= HEAVY_LOSS {
            self.lower(now, self.delivered_bps * AFTER_LOSS, loss);
            return true;
        }
        if let Some(limit) = &mut self.limit_bps
            && loss - self.usual_loss <= LIGHT_LOSS
        {
            let most = (self.delivered_bps * MAX_OVER_DELIVERED).max(*limit);
            *limit = (*limit * INCREASE.powf(seconds)).min(most);
        }
        false
    }

    /// After a pause in which nothing was sent, or on another path, begins with this limit and without what was known before.
    pub fn begin_again(&mut self, limit_bps: Option<f64>) {
        *self = Self { limit_bps, ..Self::default() };
    }

    /// The most that the subscriber should be sent, in bit/s; `None` while nothing was too much for it.
    pub fn limit_bps(&self) -> Option<f64> {
        self.limit_bps
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A sender that keeps to the limit, on a way with this rate and this loss; a report a second. Gives the limits.
    fn run(downlink: &mut Downlink, seconds: u64, offered_bps: f64, link_bps: f64, loss: f64) -> Vec<Option<f64>> {
        const PACKET_BYTES: f64 = 1000.0;
        let start = Instant::now();
        let (mut packets, mut lost, mut bytes) = (0.0, 0.0, 0.0);
        let step = |second| {
            let sent_bps = downlink.limit_bps().map_or(offered_bps, |limit| limit.min(offered_bps));
            let through = (link_bps / sent_bps).min(1.0) * (1.0 - loss);
            let sent = sent_bps / 8.0 / PACKET_BYTES;
            packets += sent;
            lost += sent * (1.0 - through);
            bytes += sent * PACKET_BYTES;
            let report = Reported {
                highest_sequence_number: packets as u32,
                packets_lost: lost as i64,
                never_sent: 0,
                bytes_sent: bytes as u64,
            };
            downlink.set_report(start + Duration::from_secs(second), report);
            downlink.limit_bps()
        };
        (0..seconds).map(step).collect()
    }

    #[test]
    fn an_estimate_that_falls_lowers_the_limit_once_for_a_while() {
        let (now, mut downlink) = (Instant::now(), Downlink { delivered_bps: 400e3, ..Downlink::default() });
        let mut set = |seconds, kbps| {
            let falls = downlink.set_estimate(now + Duration::from_secs(seconds), Bitrate::kbps(kbps));
            (falls, downlink.limit_bps())
        };
        assert_eq!(set(0, 190), (false, None));
        assert_eq!(set(1, 220), (false, None));
        assert_eq!(set(2, 150), (true, Some(340e3)));
        assert_eq!(set(3, 100), (true, Some(340e3)));
        assert_eq!(set(9, 110), (false, Some(340e3)));
    }

    #[test]
    fn a_way_that_is_too_narrow_is_filled_and_not_overfilled() {
        let limits = run(&mut Downlink::default(), 60, 2e6, 500e3, 0.0);
        let late = limits.iter().skip(5).flatten();
        assert!(late.clone().count() == 55 && late.clone().all(|limit| (380e3..700e3).contains(limit)), "{limits:?}");
    }

    #[test]
    fn a_way_that_is_wide_is_never_limited() {
        assert!(run(&mut Downlink::default(), 60, 2e6, 10e6, 0.0).iter().all(Option::is_none));
        assert!(run(&mut Downlink::default(), 60, 2e6, 10e6, 0.05).iter().all(Option::is_none));
    }

    #[test]
    fn loss_that_less_does_not_cure_limits_only_for_a_while() {
        let limits = run(&mut Downlink::default(), 60, 2e6, 10e6, 0.2);
        assert!(limits.iter().flatten().all(|limit| *limit > 1e6), "{limits:?}");
        assert!(limits.last().copied().flatten().is_some_and(|limit| limit > 2e6), "{limits:?}");
    }

    #[test]
    fn an_outage_is_no_congestion() {
        let (start, mut downlink) = (Instant::now(), Downlink::default());
        let mut report = |seconds: u64, highest_sequence_number, packets_lost| {
            let bytes_sent = u64::from(highest_sequence_number) * 1000;
            let report = Reported { highest_sequence_number, packets_lost, never_sent: 0, bytes_sent };
            downlink.set_report(start + Duration::from_secs(seconds), report)
        };
        assert!(!report(0, 100, 0) && !report(1, 200, 0));
        assert!(!report(10, 1100, 890) && !report(11, 1200, 890));
        assert!(report(12, 1300, 940), "loss from report to report is still seen");
    }

    #[test]
    fn what_was_lost_on_the_way_here_is_not_the_way_downs() {
        let mut downlink = Downlink::default();
        for second in 0..20_u32 {
            let lost = i64::from(second) * 30;
            let report = Reported {
                highest_sequence_number: second * 100,
                packets_lost: lost,
                never_sent: lost,
                bytes_sent: u64::from(second) * 70_000,
            };
            assert!(!downlink.set_report(Instant::now() + Duration::from_secs(second.into()), report));
        }
        assert_eq!(downlink.limit_bps(), None);
    }
}
