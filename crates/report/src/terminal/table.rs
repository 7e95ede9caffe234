//! The common layout of all tables: no line is too long, and no word is broken.
//!
//! A table that is too wide omits its less important columns first. If it still does not fit, each row becomes a list
//! of lines.

use comfy_table::{
    Attribute, Cell, CellAlignment, ColumnConstraint, ContentArrangement, LineStyle, Table, Width, presets,
};

use super::paint::Paint;
use super::wrap::{glued, indented, unglued, widest_word, width_of, wrapped};

/// The width up to which a cell's text should fit on one line before other columns are omitted for it.
const COMFORTABLE: usize = 20;

/// The space around a column: one character on each side, and the line between two columns.
const PADDING: usize = 2;

/// A column: its header, its alignment, and its rank.
#[derive(Debug, Clone)]
pub(super) struct Column {
    header: String,
    is_right: bool,
    /// 0 for a column that always stays. Of the others, the one with the highest rank is omitted first.
    rank: u8,
}

impl Column {
    /// Returns a left-aligned column of words.
    pub(super) fn words(header: impl Into<String>) -> Self {
        Self { header: header.into(), is_right: false, rank: 0 }
    }

    /// Returns a right-aligned column of figures.
    pub(super) fn figures(header: impl Into<String>) -> Self {
        Self { is_right: true, ..Self::words(header) }
    }

    /// Returns the column with a rank: columns with higher ranks are omitted first if the table is too wide.
    pub(super) fn unless_narrow(self, rank: u8) -> Self {
        Self { rank, ..self }
    }
}

/// The content of a cell.
#[derive(Debug, Clone, Default)]
pub(super) struct CellText {
    text: String,
    paint: Option<Paint>,
}

impl<T: Into<String>> From<T> for CellText {
    fn from(text: T) -> Self {
        Self { text: text.into(), paint: None }
    }
}

impl CellText {
    /// Returns a text in bold and in colour.
    pub(super) fn painted(text: impl Into<String>, paint: Option<Paint>) -> Self {
        Self { text: text.into(), paint }
    }
}

/// A table with a caption above it.
#[derive(Debug)]
pub(super) struct Grid {
    caption: String,
    columns: Vec<Column>,
    rows: Vec<Vec<CellText>>,
}

impl Grid {
    /// Returns an empty table.
    pub(super) fn new(caption: impl Into<String>, columns: Vec<Column>) -> Self {
        Self { caption: caption.into(), columns, rows: Vec::new() }
    }

    /// Adds a row with a cell for each column.
    pub(super) fn push(&mut self, row: Vec<CellText>) {
        self.rows.push(row);
    }

    /// Returns whether the table has no rows.
    pub(super) fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Returns the table with its caption, in lines of at most `width` characters.
    pub(super) fn render(&self, width: usize) -> String {
        let mut kept: Vec<usize> = (0..self.columns.len()).collect();
        while self.total(&kept, |column| self.comfortable(column)) > width
            && let Some(least) =
                kept.iter().copied().filter(|column| self.columns[*column].rank > 0).max_by_key(|column| {
                    // The last column of equal ranks goes first.
                    (self.columns[*column].rank, *column)
                })
        {
            kept.retain(|column| *column != least);
        }
        let body = match self.total(&kept, |column| self.narrowest(column)) <= width {
            true => self.table(&kept, width),
            false => self.lines(&kept, width),
        };
        let caption = if self.caption.is_empty() { String::new() } else { wrapped(&self.caption, width) };
        format!("{caption}{body}")
    }

    /// Returns the lines of a column's cells.
    fn lines_of(&self, column: usize) -> impl Iterator<Item = String> {
        self.rows.iter().flat_map(move |row| row[column].text.lines().map(glued).collect::<Vec<_>>())
    }

    /// Returns the smallest width of a column at which no word breaks.
    fn narrowest(&self, column: usize) -> usize {
        let header = widest_word(&glued(&self.columns[column].header));
        self.lines_of(column).map(|line| widest_word(&line)).chain([header]).max().unwrap_or(0)
    }

    /// Returns the width at which a column is easy to read.
    fn comfortable(&self, column: usize) -> usize {
        let longest = self.lines_of(column).map(|line| width_of(&line)).max().unwrap_or(0);
        self.narrowest(column).max(longest.min(COMFORTABLE))
    }

    /// Returns the width of a column without any line breaks.
    fn natural(&self, column: usize) -> usize {
        let longest = self.lines_of(column).map(|line| width_of(&line)).max().unwrap_or(0);
        longest.max(width_of(&self.columns[column].header))
    }

    /// Returns the header of a column. If there is little room, it is wrapped to the width of the cells.
    fn header(&self, column: usize, is_roomy: bool) -> String {
        let header = &self.columns[column].header;
        let longest = self.lines_of(column).map(|line| width_of(&line)).max().unwrap_or(0);
        match is_roomy {
            true => glued(header),
            false => glued(wrapped(header, longest.max(widest_word(&glued(header)))).trim_end()),
        }
    }

    fn total(&self, columns: &[usize], width: impl Fn(usize) -> usize) -> usize {
        let widths: usize = columns.iter().map(|column| width(*column) + PADDING).sum();
        widths + columns.len().saturating_sub(1)
    }

    fn table(&self, columns: &[usize], width: usize) -> String {
        let mut table = Table::new();
        let style = presets::UTF8_HORIZONTAL_ONLY.row_separator(LineStyle::none());
        table.load_style(style).set_content_arrangement(ContentArrangement::Dynamic);
        // The caller decides about colours, independent of what standard output is.
        table.enforce_styling();
        table.set_width(u16::try_from(width).unwrap_or(u16::MAX));
        let is_roomy = self.total(columns, |column| self.natural(column)) <= width;
        table.set_header(columns.iter().map(|column| Cell::new(self.header(*column, is_roomy))));
        for row in &self.rows {
            table.add_row(columns.iter().map(|column| self.cell(*column, &row[*column])));
        }
        for (index, column) in columns.iter().enumerate() {
            let least = u16::try_from(self.narrowest(*column) + PADDING).unwrap_or(u16::MAX);
            if let Some(column) = table.column_mut(index) {
                column.set_constraint(ColumnConstraint::LowerBoundary(Width::Fixed(least)));
            }
        }
        let text = unglued(&table.to_string());
        text.lines().map(|line| format!("{}\n", line.trim_end())).collect()
    }

    fn cell(&self, column: usize, text: &CellText) -> Cell {
        let lines: Vec<_> = text.text.lines().map(glued).collect();
        let mut cell = Cell::new(lines.join("\n"));
        if self.columns[column].is_right {
            cell = cell.set_alignment(CellAlignment::Right);
        }
        match text.paint {
            Some(paint) => cell.fg(paint.colour()).add_attribute(Attribute::Bold),
            None => cell,
        }
    }

    /// Returns each row as a block: its first cell, and a line for each other cell below it.
    fn lines(&self, columns: &[usize], width: usize) -> String {
        let Some((first, rest)) = columns.split_first() else { return String::new() };
        let mut text = String::new();
        for row in &self.rows {
            if !row[*first].text.is_empty() {
                text.push_str(&wrapped(&row[*first].text.replace('\n', " "), width));
            }
            for column in rest.iter().filter(|column| !row[**column].text.is_empty()) {
                let line = format!("{}: {}", self.columns[*column].header, row[*column].text.replace('\n', " "));
                text.push_str(&indented(&line, width, 2));
            }
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grid() -> Grid {
        let columns = vec![
            Column::words("case"),
            Column::words("verdict"),
            Column::figures("received, audio and video").unless_narrow(1),
            Column::words("recommended").unless_narrow(2),
        ];
        let mut grid = Grid::new("What the network test reported.", columns);
        grid.push(vec![
            "3g 2.34.2".into(),
            "passed".into(),
            "786 kbit/s\n700 to 800 kbit/s".into(),
            "640x480 at 30".into(),
        ]);
        let row = ["wifi-hotel 2.35.2", "inconclusive", "–", "Bandwidth too low."];
        grid.push(row.map(CellText::from).to_vec());
        grid
    }

    #[test]
    fn a_table_omits_columns_before_it_breaks_a_word() {
        let texts = [100, 60, 40, 20].map(|width| format!("{width}\n{}", grid().render(width)));
        insta::assert_snapshot!(texts.join("\n"));
    }

    #[test]
    fn no_line_is_too_wide() {
        for width in 20..120 {
            let text = grid().render(width);
            assert!(text.lines().all(|line| width_of(line) <= width), "{width}\n{text}");
        }
    }
}
