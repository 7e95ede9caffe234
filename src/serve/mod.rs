//! `precall serve`: pages of past runs, of trends, and of runs while they go on.
//!
//! Everything that the pages show is read from the directories of the runs. So they show runs that another precall
//! records, survive a reload and a second viewer, and show what is left of a run that died.

mod follow;
mod live;
mod pages;
mod server;
mod tail;

pub use server::{RunServer, ServeRequest};
