//! Captures of a case's media path, on both sides of its link, that Wireshark opens.

mod datagram;
mod pcapng;
mod tap;

pub(super) use tap::CapturePoint;
pub use tap::Tap;
