//! Networks as values: what a link does to packets. Sans-I/O: time and seed are inputs.
//!
//! Must not open sockets or read clocks; `path` joins a link to real packets.

mod bottleneck;
mod config;
mod counters;
mod impairment;
mod link;
mod luck;
mod packet;
mod trace;

pub use config::{Apply, Direction, LinkConfig, NetworkConfig, NetworkStep};
pub use counters::{LinkCounters, PathCounters, StreamCounters};
pub use impairment::{Blips, BurstLoss, Outage, Queue, Reordering};
pub use link::Link;
pub use packet::Packet;
pub use trace::{OPPORTUNITY_BYTES, Trace, TraceError};
