//! precall: regression tests for OpenTok.js and its pre-call network test, in a real headless Chrome, on networks
//! controlled packet by packet.
//!
//! The journey of one case, left to right; `tests/architecture.rs` holds the modules to the directions in `DESIGN.md`:
//!
//! scenario file → plan → runner → path + platform + browser → page → events → score → verdict → record → reports

#![cfg_attr(not(test), deny(clippy::disallowed_macros, clippy::disallowed_methods))]

pub mod browser;
pub mod chance;
pub mod cli;
pub mod cloud;
pub mod comparison;
pub mod credentials;
pub mod directories;
pub mod doctor;
pub mod environment;
pub mod event;
pub mod exit;
pub mod explain;
pub mod fault;
pub mod fidelity;
pub mod files;
pub mod firewall;
pub mod network;
pub mod npm;
pub mod outcome;
pub mod output;
pub mod package;
pub mod page;
pub mod path;
pub mod plan;
pub mod platform;
pub mod record;
pub mod report;
pub mod rescore;
pub mod runner;
pub mod scenario;
pub mod score;
pub mod sdk;
pub mod statistics;
pub mod text;
pub mod units;
pub mod verdict;
