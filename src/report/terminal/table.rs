//! How all tables look.

use comfy_table::{Cell, ContentArrangement, LineStyle, Table, presets};

/// An empty table with this header.
pub(super) fn table<T: ToString>(header: &[T]) -> Table {
    let mut table = Table::new();
    let style = presets::UTF8_HORIZONTAL_ONLY.row_separator(LineStyle::none());
    table.load_style(style).set_content_arrangement(ContentArrangement::Dynamic);
    // Whether anything is coloured is decided by whoever fills it, and not by what standard output is.
    table.enforce_styling();
    table.set_header(header.iter().map(|text| Cell::new(text.to_string())));
    table
}
