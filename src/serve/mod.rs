//! `precall serve`: pages of past runs, of trends, and of runs while they go on; and the page on which a person tests
//! their own line.
//!
//! Everything that the pages of runs show is read from the directories of the runs. So they show runs that another
//! precall records, survive a reload and a second viewer, and show what is left of a run that died.

mod access;
mod code;
mod collect;
mod control;
mod controls;
mod follow;
mod invitations;
mod line_test;
mod live;
mod pages;
mod reports;
mod server;
mod tail;

pub use server::{RunServer, ServeRequest};
