//! Payload types and header extension ids of the router's own offers. Clients use those that they are offered. The
//! payload types of video are in [`RtpVideoCodec::payload_types`](super::RtpVideoCodec).

/// The payload type of Opus.
pub(super) const OPUS: u8 = 111;

/// The id of the header extension `abs-send-time`.
pub(super) const ABS_SEND_TIME: u8 = 2;

/// The id of the header extension `transport-wide-cc`.
pub(super) const TRANSPORT_CC: u8 = 3;

/// The id of the header extension `sdes:mid`.
pub(super) const MID: u8 = 4;
