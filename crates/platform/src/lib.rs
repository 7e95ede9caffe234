//! The embedded OpenTok platform: session info (`api`), the messaging leg, the media router, the relay, the logging leg, and
//! the REST API that applications' servers ask.
//!
//! Knows no scenario and no browser: an application could be pointed at it as it is. Clients reach it through the base
//! path of an IP proxy (`OT.setProxyUrl`): `<base>/<original host>/<original path>`.

#![cfg_attr(not(test), deny(clippy::disallowed_macros, clippy::disallowed_methods))]

mod api;
mod clock;
pub mod credentials;
mod directory;
mod event;
mod event_queue;
mod fault;
mod held;
pub mod limits;
mod local;
mod logging;
pub mod media;
pub mod messaging;
pub mod path;
pub mod relay;
mod rest;
mod running;
mod scope;
mod service;
mod slashes;
mod socket;
mod socket_counts;
mod task;
#[cfg(test)]
mod testing;
mod ticket;
mod weight;

pub use api::HOSTS;
pub use clock::now;
pub use directory::{MediaMode, SessionOptions};
pub use event::PlatformEvent;
pub use event_queue::PlatformEvents;
pub use fault::{Cut, RemoteAddress, leg};
pub use held::Meter;
pub use local::{
    Access, FirewallCounters, InterceptOptions, LocalPlatform, LocalPlatformBuilder, MediaOptions, RelayOptions,
    StartError, TOKEN_LIFETIME,
};
pub use running::Platform;
pub use service::{Census, MediaPort};
pub use task::{PartEnded, Task};
pub use ticket::{Ticket, Tickets};
pub use weight::weight;
