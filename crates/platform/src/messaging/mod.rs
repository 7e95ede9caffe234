//! Messaging: rumor frames on a WebSocket, raptor messages inside them, and the sessions that answer them.
//!
//! [`Session`] is sans-I/O: frames, media events and times go in, and frames and media requests come out. `socket`
//! connects it to real WebSockets. A session consists of three parts with a state of their own, the connections with
//! their sockets (`roster`), the `streams` and the `subscriptions`. `session_state` keeps the three consistent, the
//! other modules handle one kind of input each.

mod answer;
mod client_requests;
mod connection;
mod frames;
mod moderation;
mod output;
mod outputs;
mod publishing;
mod raptor;
mod reason;
mod refusal;
mod relayed;
mod roster;
mod routed;
mod rumor;
mod server_message;
mod server_requests;
mod session;
mod session_state;
mod signals;
mod socket_id;
mod streams;
mod subscribing;
mod subscriptions;

pub use output::{ActiveMedia, Activity, Close, Output};
pub use refusal::{Refusal, SessionFault};
pub use roster::Opening;
pub use rumor::{Frame, FrameError, FrameKind};
pub use server_message::{ServerReply, ServerRequest};
pub use session::Session;
pub use session_state::SessionConfig;
pub use socket_id::SocketId;
