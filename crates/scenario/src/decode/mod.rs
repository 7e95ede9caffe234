//! Decodes trees into types, one file for each table.

mod call;
mod case;
mod cloud;
mod compare;
mod devices;
mod file;
mod firewall;
mod gate;
mod matrix;
mod network;
mod offline;
mod participant;
mod platform;
mod publish;
mod sdk;
mod step;
mod test;

pub(super) use file::{file, over_defaults};
pub(super) use network::{CATALOGUE, Profiles};
