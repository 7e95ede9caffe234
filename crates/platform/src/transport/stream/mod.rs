//! TCP streams that pass a network: of the platform's listeners (`task`, `end`), and of clients of the relay and of the
//! media router, which use `link` and `handshake` alone.
//!
//! Between a client's connection and the server's end of it, which is in process, every segment passes a link of its
//! direction, which all connections share. A connection holds a bounded number of bytes in each direction, as TCP's
//! window does; past that its sender is read no further, so that nothing need be dropped.

mod end;
mod handshake;
mod link;
mod listener;
mod task;

pub(super) use end::ServerEnd;
pub(super) use handshake::{HandshakeMode, Handshakes, Retry};
pub(super) use link::StreamLink;
pub(super) use listener::StreamListener;
