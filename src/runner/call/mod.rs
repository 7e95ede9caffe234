//! Calls: several participants, each with a page, a network, a firewall and devices of its own, in one session.

mod attempt;
mod barrier;
mod live_call;
mod live_participant;
mod observations;
mod page_cost;
mod schedule;
mod tracks;
mod waits;

pub(super) use attempt::run;
