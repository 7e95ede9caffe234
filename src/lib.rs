//! precall: regression tests for OpenTok.js and its pre-call network test, in a real headless Chrome, on networks
//! controlled packet by packet.
//!
//! This crate is the program: the command line, the runner and what it drives. What needs neither is in `crates/`;
//! `DESIGN.md` has the map.

#![cfg_attr(not(test), deny(clippy::disallowed_macros, clippy::disallowed_methods))]

mod arguments;
pub mod cli;
pub mod cloud;
mod completion;
pub mod delivery;
pub mod doctor;
pub mod fidelity;
pub mod history;
mod http;
pub mod job;
pub mod line_report;
pub mod mcp;
pub mod page;
pub mod process;
pub mod record;
pub mod run_events;
pub mod runner;
pub mod sdk;
pub mod serve;
pub mod show;
pub mod store;
