//! The messaging leg: rumor frames over a WebSocket, raptor messages inside them, and the state machine that answers
//! them.
//!
//! [`Session`] is sans-I/O: frames, media events and times go in; frames and media requests come out. `socket` joins it
//! to real WebSockets.

mod connection;
mod frames;
mod negotiation;
mod output;
mod raptor;
mod refusal;
mod relayed;
mod requests;
mod rumor;
mod server;
mod session;
mod sockets;
mod state;

pub use output::{Activity, Close, Output};
pub use refusal::Refusal;
pub use rumor::{Frame, FrameError, FrameKind};
pub use server::{ServerReply, ServerRequest};
pub use session::{Session, SessionConfig, SocketId};
pub use sockets::Opening;
