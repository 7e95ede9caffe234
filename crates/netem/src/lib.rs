//! Networks as values: what a link does to packets. Sans-I/O: time and seed are inputs.
//!
//! Must not open sockets or read clocks; `path` joins a link to real packets.

#![cfg_attr(not(test), deny(clippy::disallowed_macros, clippy::disallowed_methods))]

mod bottleneck;
pub mod chance;
mod config;
mod counters;
pub mod fault;
pub mod firewall;
mod impairment;
mod link;
mod luck;
mod packet;
mod trace;
pub mod units;
mod window;

pub use config::{Apply, Direction, LinkConfig, NetworkConfig, NetworkStep};
pub use counters::{LinkCounters, PathCounters, StreamCounters};
pub use impairment::{Blips, BurstLoss, Outage, Queue, Reordering};
pub use link::Link;
pub use packet::Packet;
pub use trace::{OPPORTUNITY_BYTES, Trace, TraceError};
pub use window::{LinkActivity, LinkReading, LinkWindow, path_loss};
