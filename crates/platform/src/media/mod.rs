//! The routed media server on str0m: it receives from publishers and sends to subscribers. Sans-I/O: datagrams,
//! requests and times are its inputs; datagrams and events are its outputs.
//!
//! RTP is forwarded packet by packet, sequence numbers with their gaps included, so that a subscriber reports as lost
//! what the network lost on either side of the router. A packet that a publisher repaired on request is forwarded as a
//! repair (RTX), and not as if it had never been lost.

mod address;
mod arrival_reports;
mod backlog;
mod capture_clock;
mod codec;
mod delivered_rate;
mod down_track;
mod fallback;
mod feedback;
mod framing;
mod ingress;
mod keyframe_requests;
mod layer_selector;
mod negotiation;
mod offer;
mod peer;
mod peers;
mod publisher;
mod rate_meter;
mod remote_bandwidth;
mod repair_requests;
mod retransmission;
mod round_trips;
mod router;
mod rtp_ids;
mod rtp_munger;
mod rtp_packet;
mod sdp;
mod send_limit;
mod simulcast;
mod subscriber;
mod subscriber_sdp;

pub use address::{AccessId, MediaAddresses, PeerAddr};
pub use codec::RtpVideoCodec;
pub use fallback::FallbackChange;
pub use framing::{FRAME_HEADER_BYTES, FrameDecoder, FrameTooLong, MAX_DATAGRAM_BYTES, framed, unframed};
pub use peer::{MediaEvent, MediaRequest, PeerId, PeerKind, RouterOutput};
pub use router::Router;
