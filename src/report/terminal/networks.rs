//! The catalogue of networks.

use comfy_table::Cell;

use super::table::table;
use crate::network::{Direction, NetworkConfig};
use crate::report::format;

/// A row of [`networks`].
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

/// Networks in a table: name, each direction in words, what it is and where the figures come from.
///
/// `width` is that of the terminal in characters, `None` for as wide as it needs.
pub fn networks(rows: &[NetworkRow<'_>], width: Option<u16>) -> String {
    let mut table = table(&["profile", "up", "down", "what it is, and the source of its figures"]);
    if let Some(width) = width {
        table.set_width(width);
    }
    for row in rows {
        let up = format::link_over_time(row.network, Direction::Up);
        let down = format::link_over_time(row.network, Direction::Down);
        let down = if up == down { "the same".to_owned() } else { down };
        let what = format!("{}\n{}", row.description, row.source);
        table.add_row([row.name.to_owned(), up, down, what].map(Cell::new));
    }
    format!("{table}\n")
}
