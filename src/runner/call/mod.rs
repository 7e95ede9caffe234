//! Calls: several participants, each with a page, a network, a firewall and devices of its own, in one session.

mod app;
mod attempt;
mod barrier;
mod live_call;
mod live_participant;
mod observations;
mod page_cost;
mod page_events;
mod perceived;
mod schedule;
mod tracks;
mod waits;

pub use app::SERVER_SUPERVISOR_COMMAND;
pub(super) use attempt::run;
