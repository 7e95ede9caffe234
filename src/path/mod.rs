//! What joins browser and platform for one case: the UDP path and the relay with a network's links in them, and the HTTP and
//! WebSocket path. Decides no verdict.

mod capture;
mod guard;
mod http;
mod listener;
mod media;
mod relay;
mod timer;

pub use capture::{Side, Tap};
pub use guard::Allowed;
pub use http::{HttpPath, HttpPathError, Mount};
pub use media::{MediaPath, MediaPathError};
pub use relay::{RelayCounters, RelayPath, RelayPathError};
