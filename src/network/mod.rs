//! Networks as values: what a link does to packets. Sans-I/O: time and seed are inputs.
//!
//! Must not open sockets or read clocks; `path` joins a link to real packets.

mod config;
mod counters;
mod link;

pub use config::{Direction, LinkConfig, NetworkConfig, Queue};
pub use counters::{LinkCounters, PathCounters};
pub use link::{Link, Packet};
