//! Captures of media for Wireshark, on both sides of the network's links.

mod datagram;
mod pcapng;
mod tap;

pub(super) use tap::CapturePoint;
pub use tap::Tap;
