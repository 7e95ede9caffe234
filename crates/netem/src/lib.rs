//! Networks as values, and the seeded link that applies them to packets. Sans-I/O: time and the seed are inputs.
//!
//! - [`NetworkConfig`] and [`LinkConfig`] describe a network; [`units`] has their quantities.
//! - [`Link`] applies one direction to packets, and [`LinkCounters`] count what it did.
//! - [`rng`] turns seeds into random numbers that never change.
//! - [`fault`] and [`firewall`] describe failures of a platform and restrictions of a user's network.
//!
//! This crate opens no sockets and reads no clocks. `precall-platform` connects links with real packets.

#![warn(missing_docs)]
#![forbid(unsafe_code)]
#![cfg_attr(not(test), deny(clippy::disallowed_macros, clippy::disallowed_methods))]

mod bottleneck;
mod config;
mod counters;
pub mod fault;
pub mod firewall;
mod impairment;
mod link;
mod millis;
mod packet;
mod random;
pub mod rng;
mod trace;
pub mod units;
mod window;

pub use config::{Backend, Direction, LinkConfig, NetworkConfig, NetworkStep};
pub use counters::{LinkCounters, PathCounters, StreamCounters};
pub use impairment::{Blips, BurstLoss, Outage, Queue, Reordering};
pub use link::Link;
pub use packet::Packet;
pub use trace::{OPPORTUNITY_BYTES, Trace, TraceError};
pub use window::{LinkActivity, LinkReading, LinkWindow, path_loss};

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
