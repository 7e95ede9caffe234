//! The changes to a stream's packets on the way to a subscriber, which sees one stream whatever layer is sent.

use std::sync::Arc;
use std::time::{Duration, Instant};

use str0m::rtp::{SeqNo, Vp8Descriptor};

use super::codec::VIDEO_CLOCK_HZ;

/// The first sequence number sent. Above zero, so that a packet that overtook the first one still has a number, and far
/// below 65536, since both ends must begin with the same roll-over counter (RFC 3711 section 3.3.1).
pub(super) const FIRST_SEQUENCE_NUMBER: u64 = 1000;

/// PictureID has 15 bits (RFC 7741 section 4.2).
const PICTURE_ID_MASK: u16 = 0x7fff;

/// Numbers the packets of a stream for one subscriber. Gaps stay gaps.
#[derive(Default)]
pub(super) struct RtpMunger {
    base: Option<Base>,
    last: Option<Last>,
}

/// The offsets that are added to the publisher's numbers.
struct Base {
    first: u64,
    sequence_number: u64,
    timestamp: u32,
    picture_id: u16,
    tl0_pic_idx: u8,
}

/// The newest packet sent.
struct Last {
    sequence_number: u64,
    timestamp: u32,
    at: Instant,
    picture_id: u16,
    tl0_pic_idx: u8,
}

/// How a packet is sent.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct MungedPacket {
    pub sequence_number: u64,
    pub timestamp: u32,
    /// VP8's own numbers, PictureID and TL0PICIDX; `None` where they may stay.
    pub vp8: Option<(u16, u8)>,
}

impl MungedPacket {
    /// Returns the payload to send instead of the publisher's.
    pub(super) fn payload(&self, original: &Arc<[u8]>) -> Arc<[u8]> {
        match self.vp8 {
            Some((picture_id, tl0_pic_idx)) => renumbered(original, picture_id, tl0_pic_idx).into(),
            None => original.clone(),
        }
    }
}

/// Returns a VP8 payload with other numbers in its descriptor (RFC 7741 section 4.2), where it has them.
fn renumbered(payload: &[u8], picture_id: u16, tl0_pic_idx: u8) -> Vec<u8> {
    const EXTENDED: u8 = 0x80;
    const HAS_PICTURE_ID: u8 = 0x80;
    const HAS_TL0_PIC_IDX: u8 = 0x40;
    const IS_LONG: u8 = 0x80;
    let mut payload = payload.to_vec();
    let Some(flags) = payload.first().filter(|first| *first & EXTENDED != 0).and_then(|_| payload.get(1).copied())
    else {
        return payload;
    };
    let mut at = 2;
    if flags & HAS_PICTURE_ID != 0 {
        let [high, low] = picture_id.to_be_bytes();
        match payload.get_mut(at..) {
            Some([first, second, ..]) if *first & IS_LONG != 0 => (*first, *second, at) = (IS_LONG | high, low, at + 2),
            // A short one stays: ours does not fit, and browsers send long ones.
            _ => at += 1,
        }
    }
    if flags & HAS_TL0_PIC_IDX != 0
        && let Some(byte) = payload.get_mut(at)
    {
        *byte = tl0_pic_idx;
    }
    payload
}

impl RtpMunger {
    /// Rewrites a stream without layers: only sequence numbers change, and after another source the timestamps. Returns
    /// `None` for packets from long before the first.
    pub(super) fn rewrite(
        &mut self,
        now: Instant,
        theirs: SeqNo,
        timestamp: u32,
        clock_hz: u32,
    ) -> Option<MungedPacket> {
        let last = self.last.as_ref();
        let base = self.base.get_or_insert_with(|| Base::following(last, now, *theirs, timestamp, clock_hz));
        let sequence_number = (*theirs + base.sequence_number).checked_sub(base.first)?;
        let timestamp = timestamp.wrapping_add(base.timestamp);
        if self.last.as_ref().is_none_or(|newest| newest.sequence_number < sequence_number) {
            self.last = Some(Last { sequence_number, timestamp, at: now, picture_id: 0, tl0_pic_idx: 0 });
        }
        Some(MungedPacket { sequence_number, timestamp, vp8: None })
    }

    /// Begins another source, such as a publisher's next peer connection. Its packets follow those sent so far.
    pub(super) fn begin_source(&mut self) {
        self.base = None;
    }

    /// Begins another layer with this packet, which starts a key frame. Its packets follow those sent so far.
    pub(super) fn begin_layer(&mut self, now: Instant, theirs: SeqNo, timestamp: u32, descriptor: &Vp8Descriptor) {
        let mut base = Base::following(self.last.as_ref(), now, *theirs, timestamp, VIDEO_CLOCK_HZ);
        if let Some(last) = &self.last {
            let next = (last.picture_id + 1) & PICTURE_ID_MASK;
            base.picture_id = next.wrapping_sub(descriptor.picture_id().unwrap_or_default()) & PICTURE_ID_MASK;
            let theirs = descriptor.tl0_pic_idx().unwrap_or_default();
            base.tl0_pic_idx = last.tl0_pic_idx.wrapping_add(1).wrapping_sub(theirs);
        }
        self.base = Some(base);
    }

    /// Rewrites a packet of the current layer. Returns `None` for packets from before its key frame.
    pub(super) fn rewrite_layer(
        &mut self,
        now: Instant,
        theirs: SeqNo,
        timestamp: u32,
        descriptor: &Vp8Descriptor,
    ) -> Option<MungedPacket> {
        let base = self.base.as_ref()?;
        let sequence_number = theirs.checked_sub(base.first)? + base.sequence_number;
        let timestamp = timestamp.wrapping_add(base.timestamp);
        let picture_id = descriptor.picture_id().unwrap_or_default().wrapping_add(base.picture_id) & PICTURE_ID_MASK;
        let tl0_pic_idx = descriptor.tl0_pic_idx().unwrap_or_default().wrapping_add(base.tl0_pic_idx);
        let last = Last { sequence_number, timestamp, at: now, picture_id, tl0_pic_idx };
        if self.last.as_ref().is_none_or(|newest| newest.sequence_number < sequence_number) {
            self.last = Some(last);
        }
        Some(MungedPacket { sequence_number, timestamp, vp8: Some((picture_id, tl0_pic_idx)) })
    }
}

impl Base {
    fn beginning(first: u64) -> Self {
        Self { first, sequence_number: FIRST_SEQUENCE_NUMBER, timestamp: 0, picture_id: 0, tl0_pic_idx: 0 }
    }

    /// Returns [`Base::beginning`], or the base that follows the last packet sent. Sources and layers count from
    /// different times; the time that passed between their packets is known by the router's clock.
    fn following(last: Option<&Last>, now: Instant, first: u64, timestamp: u32, clock_hz: u32) -> Self {
        let Some(last) = last else { return Self::beginning(first) };
        let elapsed = now.saturating_duration_since(last.at).max(Duration::from_millis(1));
        let ticks = (elapsed.as_secs_f64() * f64::from(clock_hz)) as u32;
        let timestamp = last.timestamp.wrapping_add(ticks).wrapping_sub(timestamp);
        Self { sequence_number: last.sequence_number + 1, timestamp, ..Self::beginning(first) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::media::codec::AUDIO_CLOCK_HZ;

    /// Returns a VP8 payload with these numbers (RFC 7741 section 4.2): extended, PictureID of 15 bits, TL0PICIDX.
    fn payload(picture_id: u16, tl0_pic_idx: u8) -> Vec<u8> {
        let [high, low] = picture_id.to_be_bytes();
        vec![0x90, 0xe0, 0x80 | high, low, tl0_pic_idx, 0x20, 0, 1, 2]
    }

    fn descriptor(picture_id: u16, tl0_pic_idx: u8) -> Vp8Descriptor {
        Vp8Descriptor::parse(&payload(picture_id, tl0_pic_idx)).expect("a descriptor")
    }

    #[test]
    fn gaps_are_kept_and_earlier_packets_are_numbered() {
        let (now, mut munger) = (Instant::now(), RtpMunger::default());
        let mut number =
            |theirs: u64| munger.rewrite(now, theirs.into(), 7, AUDIO_CLOCK_HZ).map(|packet| packet.sequence_number);
        assert_eq!(number(5000), Some(1000));
        assert_eq!(number(5003), Some(1003));
        assert_eq!(number(4999), Some(999));
        assert_eq!(number(3000), None);
    }

    #[test]
    fn another_source_continues_the_stream() {
        let (now, mut munger) = (Instant::now(), RtpMunger::default());
        let mut packet = |at, theirs: u64, timestamp| {
            let packet = munger.rewrite(at, theirs.into(), timestamp, AUDIO_CLOCK_HZ).expect("it is sent");
            if theirs == 5001 {
                munger.begin_source();
            }
            (packet.sequence_number, packet.timestamp)
        };
        assert_eq!(packet(now, 5000, 960), (1000, 960));
        assert_eq!(packet(now, 5001, 1920), (1001, 1920));
        let later = now + Duration::from_secs(1);
        assert_eq!(packet(later, 70, 7_000_000), (1002, 1920 + 48_000));
        assert_eq!(packet(later, 72, 7_000_960), (1004, 1920 + 48_960));
    }

    #[test]
    fn another_layer_continues_the_stream() {
        let (now, mut munger) = (Instant::now(), RtpMunger::default());
        let first = descriptor(100, 7);
        munger.begin_layer(now, 500.into(), 1_000_000, &first);
        let sent = munger.rewrite_layer(now, 500.into(), 1_000_000, &first).expect("it is sent");
        assert_eq!((sent.sequence_number, sent.timestamp), (1000, 1_000_000));
        assert_eq!(sent.vp8, Some((100, 7)));
        assert_eq!(munger.rewrite_layer(now, 499.into(), 1, &first), None);

        let now = now + Duration::from_millis(100);
        let second = descriptor(0x7ff0, 200);
        munger.begin_layer(now, 9_000.into(), 77, &second);
        let sent = munger.rewrite_layer(now, 9_000.into(), 77, &second).expect("it is sent");
        assert_eq!((sent.sequence_number, sent.timestamp), (1001, 1_009_000));
        assert_eq!(sent.vp8, Some((101, 8)));
        assert_eq!(*sent.payload(&payload(0x7ff0, 200).into()), payload(101, 8));
        let next = munger.rewrite_layer(now, 9_002.into(), 77 + 3000, &descriptor(0x7ff1, 201)).expect("it is sent");
        assert_eq!((next.sequence_number, next.timestamp), (1003, 1_012_000));
        assert_eq!(next.vp8, Some((102, 9)));
    }

    proptest::proptest! {
        #[test]
        fn a_payload_keeps_its_length(bytes: Vec<u8>, picture_id in 0..0x8000_u16, tl0_pic_idx: u8) {
            proptest::prop_assert_eq!(renumbered(&bytes, picture_id, tl0_pic_idx).len(), bytes.len());
        }
    }
}
