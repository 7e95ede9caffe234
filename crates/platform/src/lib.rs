//! A local OpenTok platform for tests: session info and tokens, messaging, a media router, a relay (TURN), logging, and
//! the REST API of applications' servers. [`LocalPlatform`] is all of it behind one builder.
//!
//! The crate knows neither scenarios nor browsers: an application can use the platform as it is. Clients reach it in
//! one of two ways: with `OT.setProxyUrl(base)`, which makes OpenTok.js call `<base>/<original host>/<original path>`;
//! or through an HTTP proxy that intercepts the production hosts.
//!
//! # Sans-I/O
//!
//! The protocols read no clock and own no socket. [`messaging::Session`], [`media::Router`], [`relay::RelayServer`] and
//! the network between clients and servers (`transport::access_link`) are state machines with one contract, similar to
//! quinn's `Connection` and str0m's `Rtc`. Their methods are of four types:
//!
//! 1. `handle_*` passes an input, such as a datagram, a frame or a request, together with the time at which it arrived.
//!    Times must not go backwards.
//! 2. `poll_output` (or `poll_*`, where there are several kinds of output) returns the next output. The caller carries
//!    it out, and polls again until there is none.
//! 3. `poll_timeout` returns the time of the next timeout, if there is one. It may change with every input.
//! 4. `handle_timeout(now)` handles all timeouts that have expired at `now`. It may be called early, and then does
//!    nothing.
//!
//! After each `handle_*` and `handle_timeout` the caller polls the outputs, and then the timeout again. The same inputs
//! at the same times have the same outputs: tests run on virtual time. [`transport`] connects these state machines to
//! real sockets.

#![cfg_attr(not(test), deny(clippy::disallowed_macros, clippy::disallowed_methods))]

mod api;
mod clock;
pub mod credentials;
mod event;
mod event_queue;
mod fault;
mod handle;
mod hosts;
pub mod limits;
mod local;
mod logging;
pub mod media;
mod media_port;
mod memory_meter;
pub mod messaging;
pub mod relay;
mod rest;
mod scope;
mod session_input;
mod session_registry;
mod session_task;
mod slashes;
mod socket;
mod socket_counts;
mod socket_queue;
mod task;
#[cfg(test)]
mod testing;
mod ticket;
pub mod transport;
mod weight;

pub use clock::Now;
pub use event::PlatformEvent;
pub use hosts::HOSTS;
pub use local::{
    AccessOptions, AccessPoint, ClientAccess, FirewallCounters, InterceptOptions, LocalPlatform, LocalPlatformBuilder,
    MediaOptions, RelayOptions, StartError, TOKEN_LIFETIME,
};
pub use media_port::MediaPort;
pub use memory_meter::MemoryMeter;
pub use session_input::PlatformStats;
pub use session_registry::{MediaMode, SessionOptions};
pub use task::PartEnded;
pub use ticket::{Ticket, Tickets};

/// Compiles the example of the README as a test.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
pub struct Readme;
