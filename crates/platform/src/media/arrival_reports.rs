//! The boundary between two reports of transport-wide feedback on a publisher's packets.
//!
//! A sender learns from this feedback which of its packets were lost
//! (draft-holmer-rmcat-transport-wide-cc-extensions-01). str0m 0.25.0 begins each report with the first packet that
//! arrived after the previous report, so a packet that was lost between the two is in neither, and a burst of losses
//! that lasts longer than the report interval is in none at all. Chrome then takes a lossy uplink for a better one. So
//! the router lets str0m report only where the packet that follows is known to be the next in sequence.
//! `router::tests::arrival_reports` fails once str0m no longer needs this.

use std::ops::Range;
use std::time::{Duration, Instant};

use super::address::PeerAddr;

/// How often str0m 0.25.0 reports.
const INTERVAL: Duration = Duration::from_millis(50);

/// How long a report waits for the packet after its last: the longest interval between reports of libwebrtc.
const MAX_WAIT: Duration = Duration::from_millis(250);

/// How long a report holds up requests for repairs, for which str0m has to be given the time, and a packet that follows
/// a loss.
const MAX_HOLD: Duration = Duration::from_millis(5);

/// The treatment of a datagram that arrived.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ArrivalAction {
    /// Give it to str0m.
    Take,
    /// Give str0m the time, so that it reports what came before, and then the datagram.
    ReportFirst,
    /// Keep it until the packet after it came: a report is due, and this packet must not be its last.
    Hold,
}

/// A datagram that waits.
#[derive(Debug)]
pub(super) struct HeldDatagram {
    /// When it came.
    pub at: Instant,
    /// The address that the datagram came from.
    pub source: PeerAddr,
    /// The content of the datagram.
    pub contents: Vec<u8>,
}

/// The packets that str0m has received from one publisher, and those that it has reported.
#[derive(Debug, Default)]
pub(super) struct ArrivalReports {
    /// The id of the header extension; `None` when it was not negotiated. Then nothing is reported, and nothing waits.
    extension: Option<u8>,
    /// The highest transport-wide sequence number so far.
    highest: Option<u16>,
    has_unreported: bool,
    reported_at: Option<Instant>,
    held: Option<HeldDatagram>,
}

impl ArrivalReports {
    pub(super) fn new(extension: Option<u8>) -> Self {
        Self { extension, ..Self::default() }
    }

    /// Returns the treatment of a datagram that arrives now. [`ArrivalReports::note_taken`] follows once str0m has
    /// received it.
    pub(super) fn arrival(&self, now: Instant, contents: &[u8]) -> ArrivalAction {
        let (Some(number), Some(highest)) = (self.number(contents), self.highest) else { return ArrivalAction::Take };
        if !self.has_unreported || self.due().is_some_and(|due| now < due) {
            return ArrivalAction::Take;
        }
        match number.wrapping_sub(highest) {
            1 => ArrivalAction::ReportFirst,
            2..0x8000 => ArrivalAction::Hold,
            // It came late or twice.
            _ => ArrivalAction::Take,
        }
    }

    /// Notes that str0m was given a datagram, and the time at which it arrived.
    pub(super) fn note_taken(&mut self, at: Instant, contents: &[u8]) {
        if let Some(number) = self.number(contents) {
            self.has_unreported = true;
            let ahead = self.highest.map_or(1, |highest| number.wrapping_sub(highest));
            if (1..0x8000).contains(&ahead) {
                self.highest = Some(number);
            }
        }
        self.note_time(at);
    }

    /// Notes that str0m was given the time.
    pub(super) fn note_time(&mut self, at: Instant) {
        if self.has_unreported && self.due().is_none_or(|due| at >= due) {
            self.reported_at = Some(at);
            self.has_unreported = false;
        }
    }

    /// Keeps a datagram.
    pub(super) fn hold(&mut self, held: HeldDatagram) {
        self.held = Some(held);
    }

    /// Returns the datagram that was kept, since another has arrived.
    pub(super) fn release(&mut self) -> Option<HeldDatagram> {
        self.held.take()
    }

    /// Returns the datagram that was kept, if it has waited long enough.
    pub(super) fn release_due(&mut self, now: Instant) -> Option<HeldDatagram> {
        self.held.take_if(|held| now >= held.at + MAX_HOLD)
    }

    /// Returns the time at which a kept datagram has waited long enough.
    pub(super) fn hold_ends(&self) -> Option<Instant> {
        self.held.as_ref().map(|held| held.at + MAX_HOLD)
    }

    /// Returns the period in which str0m must not be given the time, unless with a datagram or for requests.
    pub(super) fn quiet(&self) -> Option<Range<Instant>> {
        let due = self.due().filter(|_| self.has_unreported)?;
        Some(due..due + MAX_WAIT)
    }

    /// Returns the earliest moment at which str0m may be given the time for requests that are due at `at`.
    pub(super) fn earliest_time(&self, at: Instant) -> Instant {
        self.quiet().filter(|quiet| quiet.contains(&at)).map_or(at, |quiet| at.max(quiet.start + MAX_HOLD))
    }

    /// Returns the time at which str0m reports next; `None` for at once.
    fn due(&self) -> Option<Instant> {
        self.reported_at.map(|at| at + INTERVAL)
    }

    fn number(&self, contents: &[u8]) -> Option<u16> {
        transport_wide_number(contents, self.extension?)
    }
}

/// Returns the transport-wide sequence number of an RTP packet, in the header extension of this id (RFC 8285): headers
/// are not encrypted.
fn transport_wide_number(datagram: &[u8], id: u8) -> Option<u16> {
    let [first @ 128..=191, second, ..] = datagram else { return None };
    let is_rtcp = (192..224).contains(second);
    let has_extension = first & 0x10 != 0;
    if is_rtcp || !has_extension {
        return None;
    }
    let extension = datagram.get(12 + 4 * usize::from(first & 0x0f)..)?;
    let (header, elements) = extension.split_first_chunk::<4>()?;
    let [profile_high, profile_low, words @ ..] = *header;
    let is_two_byte = match (profile_high, profile_low >> 4) {
        (0xbe, 0xd) if profile_low == 0xde => false,
        (0x10, 0) => true,
        _ => return None,
    };
    let mut elements = elements.get(..4 * usize::from(u16::from_be_bytes(words)))?;
    while let Some((&head, rest)) = elements.split_first() {
        let (element, length, rest) = match (head, is_two_byte) {
            (0, _) => {
                elements = rest;
                continue;
            }
            (head, false) => (head >> 4, usize::from(head & 0x0f) + 1, rest),
            (head, true) => {
                let (&length, rest) = rest.split_first()?;
                (head, usize::from(length), rest)
            }
        };
        let value = rest.get(..length)?;
        if element == id {
            return Some(u16::from_be_bytes(*value.first_chunk::<2>()?));
        }
        elements = &rest[length..];
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns an RTP packet with this transport-wide sequence number in extension 3, and extension 1 before it.
    fn packet(number: u16) -> Vec<u8> {
        let [high, low] = number.to_be_bytes();
        let mut packet = vec![0x90, 96, 0, 1, 0, 0, 0, 0, 0, 0, 0, 9];
        packet.extend([0xbe, 0xde, 0, 2, 0x10, 7, 0, 0x31, high, low, 0, 0]);
        packet.extend([1, 2, 3]);
        packet
    }

    #[test]
    fn sequence_numbers_are_read_from_one_and_two_byte_extensions() {
        assert_eq!(transport_wide_number(&packet(0x1234), 3), Some(0x1234));
        assert_eq!(transport_wide_number(&packet(0x1234), 4), None);
        let mut two_byte = vec![0x90, 96, 0, 1, 0, 0, 0, 0, 0, 0, 0, 9];
        two_byte.extend([0x10, 0, 0, 2, 5, 1, 7, 3, 2, 0x12, 0x34, 0]);
        assert_eq!(transport_wide_number(&two_byte, 3), Some(0x1234));
    }

    #[test]
    fn other_packets_have_no_sequence_number() {
        let whole = packet(1);
        for length in 0..22 {
            assert_eq!(transport_wide_number(&whole[..length], 3), None, "{length} bytes");
        }
        let mut rtcp = whole.clone();
        rtcp[1] = 200;
        assert_eq!(transport_wide_number(&rtcp, 3), None);
        assert_eq!(transport_wide_number(&[0x80; 40], 3), None);
        assert_eq!(transport_wide_number(&[0xff; 40], 3), None);
    }

    proptest::proptest! {
        #[test]
        fn no_datagram_makes_it_panic(datagram: Vec<u8>, id: u8) {
            let _ = transport_wide_number(&datagram, id);
            let mut extended = vec![0x9f, 96];
            extended.extend(&datagram);
            let _ = transport_wide_number(&extended, id);
        }
    }

    #[test]
    fn a_report_ends_before_the_next_packet_in_sequence() {
        let (mut reports, began) = (ArrivalReports::new(Some(3)), Instant::now());
        let at = |ms| began + Duration::from_millis(ms);
        // The first packet is reported at once, the next 50 ms later.
        assert_eq!(reports.arrival(at(0), &packet(10)), ArrivalAction::Take);
        reports.note_taken(at(0), &packet(10));
        assert_eq!(reports.quiet(), None);
        reports.note_taken(at(20), &packet(11));
        assert_eq!(reports.quiet(), Some(at(50)..at(300)));
        assert_eq!(reports.arrival(at(40), &packet(14)), ArrivalAction::Take);
        assert_eq!(reports.arrival(at(60), &packet(14)), ArrivalAction::Hold);
        assert_eq!(reports.arrival(at(60), &packet(11)), ArrivalAction::Take);
        assert_eq!(reports.arrival(at(60), &packet(12)), ArrivalAction::ReportFirst);
        reports.note_time(at(60));
        assert_eq!(reports.quiet(), None);
        reports.note_taken(at(60), &packet(12));
        assert_eq!(reports.quiet(), Some(at(110)..at(360)));
    }

    #[test]
    fn a_kept_packet_waits_for_a_limited_time() {
        let (mut reports, now) = (ArrivalReports::new(Some(3)), Instant::now());
        let source = PeerAddr::new(str0m::net::Protocol::Udp, ([127, 0, 0, 1], 9).into());
        reports.hold(HeldDatagram { at: now, source, contents: packet(5) });
        assert!(reports.release_due(now + MAX_HOLD / 2).is_none());
        assert_eq!(reports.hold_ends(), Some(now + MAX_HOLD));
        assert!(reports.release_due(now + MAX_HOLD).is_some());
        assert!(reports.release().is_none());
    }

    #[test]
    fn packets_without_the_extension_do_not_wait() {
        let (mut reports, now) = (ArrivalReports::new(None), Instant::now());
        reports.note_taken(now, &packet(1));
        assert_eq!(reports.arrival(now + INTERVAL, &packet(5)), ArrivalAction::Take);
        assert_eq!(reports.quiet(), None);
    }
}
