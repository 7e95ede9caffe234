//! Decodes trees into types, one file for each table.

mod app;
mod browser;
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

use super::node::{Node, NodeValue};

pub(super) use file::{file, over_defaults};
pub(super) use network::{CATALOGUE, Profiles};

/// Returns the value of a key of a table.
fn node_below<'a>(node: &'a Node, key: &str) -> Option<&'a Node> {
    match &node.value {
        NodeValue::Table(table) => table.get(key).map(|(_, node)| node),
        _ => None,
    }
}
