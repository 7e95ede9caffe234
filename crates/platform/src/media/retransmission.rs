//! Repairs for a subscriber (RTX, RFC 4588): what was sent is kept for a while and sent again on request.

use std::sync::Arc;
use std::time::{Duration, Instant};

/// How many packets are kept: several seconds of video at 2.5 Mbit/s.
const MAX_PACKETS: usize = 1024;

/// How long a packet is worth repairing; a frame later than this is no longer played.
const MAX_AGE: Duration = Duration::from_secs(2);

/// A packet is not repaired twice within a round trip: the second request crossed the first repair. This is the round
/// trip while none is known, and the shortest that counts.
const MIN_INTERVAL: Duration = Duration::from_millis(80);

/// The data that is needed to send a packet again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Repair {
    /// Its sequence number on the primary stream.
    pub original_sequence_number: u16,
    /// Its RTP timestamp.
    pub timestamp: u32,
    /// Its marker bit.
    pub marker: bool,
    /// The payload of the packet.
    pub payload: Arc<[u8]>,
}

impl Repair {
    /// Returns the payload of the packet that repairs it: the original sequence number, then the original payload.
    pub(super) fn rtx_payload(&self) -> Vec<u8> {
        let mut payload = Vec::with_capacity(2 + self.payload.len());
        payload.extend(self.original_sequence_number.to_be_bytes());
        payload.extend(self.payload.iter());
        payload
    }
}

/// The packets that can be repaired: a ring, in which a packet's place is its sequence number.
#[derive(Default)]
pub(super) struct RetransmissionBuffer {
    packets: Vec<Option<KeptPacket>>,
}

struct KeptPacket {
    repair: Repair,
    kept_at: Instant,
    repaired_at: Option<Instant>,
}

impl RetransmissionBuffer {
    /// Keeps a packet that was sent.
    pub(super) fn keep(&mut self, now: Instant, repair: Repair) {
        self.insert(now, repair, None);
    }

    /// Keeps a packet that was sent as a repair in the first place.
    pub(super) fn keep_repaired(&mut self, now: Instant, repair: Repair) {
        self.insert(now, repair, Some(now));
    }

    fn insert(&mut self, now: Instant, repair: Repair, repaired_at: Option<Instant>) {
        if self.packets.is_empty() {
            self.packets.resize_with(MAX_PACKETS, || None);
        }
        let place = usize::from(repair.original_sequence_number) % MAX_PACKETS;
        self.packets[place] = Some(KeptPacket { repair, kept_at: now, repaired_at });
    }

    /// Answers a request for a packet; `None` when it is unknown, too old, or was repaired less than a round trip ago.
    pub(super) fn request(
        &mut self,
        now: Instant,
        sequence_number: u16,
        round_trip_time: Option<Duration>,
    ) -> Option<Repair> {
        let kept = self.packets.get_mut(usize::from(sequence_number) % MAX_PACKETS)?.as_mut()?;
        let interval = round_trip_time.unwrap_or_default().max(MIN_INTERVAL);
        let recent = |at: Instant| now.saturating_duration_since(at) < interval;
        if kept.repair.original_sequence_number != sequence_number
            || now.saturating_duration_since(kept.kept_at) > MAX_AGE
            || kept.repaired_at.is_some_and(recent)
        {
            return None;
        }
        kept.repaired_at = Some(now);
        Some(kept.repair.clone())
    }
}

/// Returns the sequence numbers that an entry of a generic NACK requests (RFC 4585 section 6.2.1).
pub(super) fn requested(packet_id: u16, lost_bitmask: u16) -> impl Iterator<Item = u16> {
    let following =
        (0..16).filter(move |bit| lost_bitmask >> bit & 1 == 1).map(move |bit| packet_id.wrapping_add(bit + 1));
    std::iter::once(packet_id).chain(following)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn repair(number: u16) -> Repair {
        Repair { original_sequence_number: number, timestamp: 1, marker: false, payload: Arc::from([1, 2, 3]) }
    }

    #[test]
    fn packets_are_retransmitted_once_per_round_trip() {
        let (start, mut buffer) = (Instant::now(), RetransmissionBuffer::default());
        buffer.keep(start, repair(7));
        assert_eq!(buffer.request(start, 7, None), Some(repair(7)));
        assert_eq!(buffer.request(start + MIN_INTERVAL / 2, 7, None), None);
        assert_eq!(buffer.request(start + MIN_INTERVAL, 7, None), Some(repair(7)));
        assert_eq!(buffer.request(start, 8, None), None);
        let (later, round_trip_time) = (start + MIN_INTERVAL * 3, Some(MIN_INTERVAL * 4));
        assert_eq!(buffer.request(later, 7, round_trip_time), None);
        assert_eq!(buffer.request(start + MIN_INTERVAL * 5, 7, round_trip_time), Some(repair(7)));
    }

    #[test]
    fn repairs_are_not_retransmitted_at_once() {
        let (start, mut buffer) = (Instant::now(), RetransmissionBuffer::default());
        buffer.keep_repaired(start, repair(7));
        assert_eq!(buffer.request(start, 7, None), None);
        assert_eq!(buffer.request(start + MIN_INTERVAL, 7, None), Some(repair(7)));
    }

    #[test]
    fn kept_packets_are_bounded_in_age_and_size() {
        let (start, mut buffer) = (Instant::now(), RetransmissionBuffer::default());
        buffer.keep(start, repair(1));
        assert_eq!(buffer.request(start + MAX_AGE + Duration::from_millis(1), 1, None), None);
        for number in 0..=u16::MAX {
            buffer.keep(start, repair(number));
        }
        assert_eq!(buffer.packets.len(), MAX_PACKETS);
        assert_eq!(buffer.request(start, 5, None), None);
        assert!(buffer.request(start, u16::MAX, None).is_some());
    }

    #[test]
    fn a_repair_begins_with_the_original_sequence_number() {
        assert_eq!(repair(0x0102).rtx_payload(), [1, 2, 1, 2, 3]);
    }

    #[test]
    fn a_nack_names_the_packet_and_those_in_its_mask() {
        assert_eq!(requested(10, 0).collect::<Vec<_>>(), [10]);
        assert_eq!(requested(65_535, 0b1000_0000_0000_0101).collect::<Vec<_>>(), [65_535, 0, 2, 15]);
    }
}
