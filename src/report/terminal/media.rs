//! How media travelled: transport, candidates, codecs and layers.

use comfy_table::Table;

use super::table::table;
use crate::event::RunResult;
use crate::report::media::{COLUMNS, MediaRow};

/// The table, if the page said how media travelled.
pub(super) fn media(run: &RunResult) -> Option<Table> {
    let header: Vec<_> = ["case"].into_iter().chain(COLUMNS).collect();
    let mut table = table(&header);
    for case in &run.cases {
        for (index, row) in MediaRow::of(case).into_iter().enumerate() {
            let name = if index == 0 { case.case.clone() } else { String::new() };
            table.add_row([name].into_iter().chain(row.cells()));
        }
    }
    (table.row_count() > 0).then_some(table)
}
