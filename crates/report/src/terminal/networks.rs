//! The catalogue of networks.

use super::table::{Column, Grid};
use super::view::View;
use super::wrap::wrapped;
use crate::format;
use precall_netem::NetworkConfig;

/// Networks of one kind.
#[derive(Debug, Clone)]
pub struct NetworkTable<'a> {
    /// A description of the kind, and when to choose it.
    pub caption: String,
    /// The networks of this kind.
    pub rows: Vec<NetworkRow<'a>>,
}

/// A row of a [`NetworkTable`].
#[derive(Debug, Clone, Copy)]
pub struct NetworkRow<'a> {
    /// The name of the network in scenarios.
    pub name: &'a str,
    /// A description of the network in one line.
    pub description: &'a str,
    /// The source of the figures.
    pub source: &'a str,
    /// The properties of the network.
    pub network: &'a NetworkConfig,
}

/// Returns a table for each kind of network with names, descriptions and figures. A verbose view has the sources as
/// well. `usage` follows.
pub fn networks(tables: &[NetworkTable<'_>], usage: &str, view: View) -> String {
    // One name column for all tables keeps them aligned.
    let widest = tables.iter().flat_map(|table| &table.rows).map(|row| row.name.len()).max().unwrap_or(0);
    let table = |table: &NetworkTable<'_>| {
        let header = format!("{:<widest$}", "profile").replace(' ', "\u{a0}");
        let columns =
            vec![Column::words(header), Column::words("description"), Column::words("figures (one-way delays)")];
        let mut grid = Grid::new(table.caption.clone(), columns);
        for row in &table.rows {
            let source = if view.is_verbose { format!("\n({})", row.source) } else { String::new() };
            let what = format!("{}{source}", row.description);
            grid.push(vec![row.name.into(), what.into(), format::network(row.network).into()]);
        }
        grid.render(view.width)
    };
    let tables = tables.iter().map(table).chain([wrapped(usage, view.width)]);
    tables.collect::<Vec<_>>().join("\n")
}
