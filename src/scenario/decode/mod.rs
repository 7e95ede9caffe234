//! From trees to types, one file a table.

mod case;
mod cloud;
mod devices;
mod file;
mod network;
mod platform;
mod sdk;
mod test;

pub(super) use file::file;
pub(super) use network::{CATALOGUE, Profiles};
