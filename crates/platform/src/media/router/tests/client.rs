//! A client of the router.

use super::*;

/// A client of the router: a whole WebRTC endpoint, on virtual time.
pub(super) struct Client {
    pub rtc: Rtc,
    pub address: SocketAddr,
    pub protocol: Protocol,
    pub pending: Option<SdpPendingOffer>,
    pub mids: Vec<Mid>,
    pub received: Vec<RtpPacket>,
    pub is_connected: bool,
    pub keyframe_requests: usize,
    pub next_sequence_number: u64,
    /// The transport-wide sequence numbers of each report about what it sent: the first, and how many.
    pub arrival_reports: Vec<(u16, u16)>,
    /// When it was asked for repairs, and for which packet first.
    pub asked: Vec<(Instant, u16)>,
    /// When it asked for repairs itself, and for which packet first.
    pub asks: Vec<(Instant, u16)>,
}

impl Client {
    pub(super) fn new(port: u16, protocol: Protocol, now: Instant) -> Self {
        let address = SocketAddr::from(([127, 0, 0, 1], port));
        let rtc = Rtc::builder().set_rtp_mode(true).clear_codecs().enable_opus(true, false).enable_vp8(true);
        let mut rtc = rtc.enable_raw_packets(true).build(now);
        let candidate = match protocol {
            Protocol::Udp => Candidate::host(address, "udp"),
            _ => Candidate::builder().tcp().host(address).tcptype(TcpType::Active).build(),
        };
        rtc.add_local_candidate(candidate.expect("a candidate"));
        let (pending, mids, received) = (None, Vec::new(), Vec::new());
        let (is_connected, keyframe_requests, next_sequence_number) = (false, 0, 100);
        Self {
            rtc,
            address,
            protocol,
            pending,
            mids,
            received,
            is_connected,
            keyframe_requests,
            next_sequence_number,
            arrival_reports: Vec::new(),
            asked: Vec::new(),
            asks: Vec::new(),
        }
    }

    /// A packet went by.
    pub(super) fn note(&mut self, now: Instant, packet: &RawPacket) {
        match packet {
            RawPacket::RtcpRx(Rtcp::Twcc(report)) => self.arrival_reports.push((report.base_seq, report.status_count)),
            RawPacket::RtcpRx(Rtcp::Nack(nack)) => self.asked.extend(nack.reports.iter().map(|entry| (now, entry.pid))),
            RawPacket::RtcpTx(Rtcp::Nack(nack)) => self.asks.extend(nack.reports.iter().map(|entry| (now, entry.pid))),
            _ => {}
        }
    }

    pub(super) fn remote(&self) -> PeerAddr {
        PeerAddr::new(self.protocol, self.address)
    }

    pub(super) fn offer(&mut self) -> String {
        let mut api = self.rtc.sdp_api();
        for kind in [MediaKind::Audio, MediaKind::Video] {
            self.mids.push(api.add_media(kind, Direction::SendOnly, None, None, None));
        }
        let (offer, pending) = api.apply().expect("something to offer");
        self.pending = Some(pending);
        offer.to_sdp_string()
    }

    /// Sends a video packet with this RTP time.
    pub(super) fn send_video(&mut self, now: Instant, time: u32) {
        self.send(now, Codec::Vp8, time, &[0x10, 0, 0, 0, 1, 2, 3]);
    }

    pub(super) fn send(&mut self, now: Instant, codec: Codec, time: u32, payload: &[u8]) {
        let payload_type = self.rtc.codec_config().params().iter().find(|p| p.spec().codec == codec);
        let payload_type = payload_type.expect("a codec that there is").pt();
        let number = self.next_sequence_number;
        self.next_sequence_number += 1;
        let mid = self.mids[usize::from(codec == Codec::Vp8)];
        let mut api = self.rtc.direct_api();
        let stream = api.stream_tx_by_mid(mid, None).expect("a stream");
        let write = RtpWrite::new(payload_type, number.into(), time, now, payload);
        stream.write_rtp(write.nackable(codec == Codec::Vp8));
    }
}
