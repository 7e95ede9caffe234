//! How media travelled: transport, candidates, codecs and layers.

use super::table::{Column, Grid};
use crate::media::{COLUMNS, MediaRow};
use crate::names::Names;
use precall_results::CaseResult;

/// Returns the table of these cases. Empty if no page reported how its media travelled.
pub(super) fn media(cases: &[&CaseResult], names: &Names) -> Grid {
    let column = |(index, header): (usize, &str)| match index {
        2 => Column::words(header).unless_narrow(1),
        // Address family and audio codec are nearly always the same.
        3 => Column::words(header).unless_narrow(3),
        4 => Column::words(header).unless_narrow(2),
        _ => Column::words(header),
    };
    let columns = [Column::words("case")].into_iter().chain(COLUMNS.into_iter().enumerate().map(column)).collect();
    let mut grid = Grid::new("How media travelled, as the browser reports it.", columns);
    for case in cases {
        for (index, row) in MediaRow::of(case).into_iter().enumerate() {
            let name = if index == 0 { names.case(&case.case) } else { "" };
            grid.push([name.into()].into_iter().chain(row.cells().map(Into::into)).collect());
        }
    }
    grid
}
