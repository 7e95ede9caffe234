//! What joins browser and platform for one case: the UDP path with a network's links in it, and the HTTP and WebSocket
//! path. Decides no verdict.

mod guard;
mod http;
mod listener;
mod media;
mod timer;

pub use guard::Allowed;
pub use http::{HttpPath, HttpPathError, Mount};
pub use media::{MediaPath, MediaPathError};
