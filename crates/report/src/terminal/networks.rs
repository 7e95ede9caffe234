//! The catalogue of networks.

use super::table::{Column, Grid};
use super::view::View;
use super::wrap::wrapped;
use crate::format;
use precall_netem::NetworkConfig;

/// Networks of one kind.
#[derive(Debug, Clone)]
pub struct NetworkTable<'a> {
    /// What they are, and which of them to take.
    pub caption: String,
    /// Each of them.
    pub rows: Vec<NetworkRow<'a>>,
}

/// A row of a [`NetworkTable`].
#[derive(Debug, Clone, Copy)]
pub struct NetworkRow<'a> {
    /// What scenarios call it.
    pub name: &'a str,
    /// What it is, in a line.
    pub description: &'a str,
    /// Where its figures come from.
    pub source: &'a str,
    /// Its figures.
    pub network: &'a NetworkConfig,
}

/// Networks in tables, one for each kind: name, what it is, and its figures; where the view is verbose, their source as well. Below them stands
/// `usage`.
pub fn networks(tables: &[NetworkTable<'_>], usage: &str, view: View) -> String {
    // One name column for all tables keeps them aligned.
    let widest = tables.iter().flat_map(|table| &table.rows).map(|row| row.name.len()).max().unwrap_or(0);
    let table = |table: &NetworkTable<'_>| {
        let header = format!("{:<widest$}", "profile").replace(' ', "\u{a0}");
        let columns =
            vec![Column::words(header), Column::words("what it is"), Column::words("its figures, delays one way")];
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
