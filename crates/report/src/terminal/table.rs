//! How all tables look: no wider than they may be, and no word broken.
//!
//! A table that is too wide leaves out its less important columns first. What still does not fit stands line by line.

use comfy_table::{
    Attribute, Cell, CellAlignment, Color, ColumnConstraint, ContentArrangement, LineStyle, Table, Width, presets,
};

use super::wrap::{glued, indented, unglued, widest_word, width_of, wrapped};

/// How much of a cell's text a column offers to hold on one line before other columns are left out for it.
const COMFORTABLE: usize = 20;

/// The space around a column: one character on each side, and the line between two columns.
const PADDING: usize = 2;

/// A column: its header, how its cells are aligned, and how soon it is left out.
#[derive(Debug, Clone)]
pub(super) struct Column {
    header: String,
    is_right: bool,
    /// 0 for a column that stays; of the others, the highest is left out first.
    rank: u8,
}

impl Column {
    /// A column of words.
    pub fn words(header: impl Into<String>) -> Self {
        Self { header: header.into(), is_right: false, rank: 0 }
    }

    /// A column of figures, aligned on the right.
    pub fn figures(header: impl Into<String>) -> Self {
        Self { is_right: true, ..Self::words(header) }
    }

    /// The same column, left out where the table is too wide: the higher the rank, the sooner.
    pub fn unless_narrow(self, rank: u8) -> Self {
        Self { rank, ..self }
    }
}

/// How a cell looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Paint {
    Good,
    Bad,
    Warning,
}

/// What stands in a cell.
#[derive(Debug, Clone, Default)]
pub(super) struct Text {
    text: String,
    paint: Option<Paint>,
}

impl<T: Into<String>> From<T> for Text {
    fn from(text: T) -> Self {
        Self { text: text.into(), paint: None }
    }
}

impl Text {
    /// A text in bold and in colour.
    pub fn painted(text: impl Into<String>, paint: Option<Paint>) -> Self {
        Self { text: text.into(), paint }
    }
}

/// A table with a line above it that says what it shows.
#[derive(Debug)]
pub(super) struct Grid {
    caption: String,
    columns: Vec<Column>,
    rows: Vec<Vec<Text>>,
}

impl Grid {
    /// An empty table.
    pub fn new(caption: impl Into<String>, columns: Vec<Column>) -> Self {
        Self { caption: caption.into(), columns, rows: Vec::new() }
    }

    /// Adds a row: a cell for each column.
    pub fn push(&mut self, row: Vec<Text>) {
        self.rows.push(row);
    }

    /// Whether it has no rows.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The table with its caption, in lines of at most so many characters.
    pub fn render(&self, width: usize) -> String {
        let mut kept: Vec<usize> = (0..self.columns.len()).collect();
        while self.total(&kept, |column| self.comfortable(column)) > width
            && let Some(least) =
                kept.iter().copied().filter(|column| self.columns[*column].rank > 0).max_by_key(|column| {
                    // Of equals the last.
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

    /// The cells of a column, as lines.
    fn lines_of(&self, column: usize) -> impl Iterator<Item = String> {
        self.rows.iter().flat_map(move |row| row[column].text.lines().map(glued).collect::<Vec<_>>())
    }

    /// The fewest characters that a column needs for no word of it to break.
    fn narrowest(&self, column: usize) -> usize {
        let header = widest_word(&glued(&self.columns[column].header));
        self.lines_of(column).map(|line| widest_word(&line)).chain([header]).max().unwrap_or(0)
    }

    /// The characters with which a column is read with ease.
    fn comfortable(&self, column: usize) -> usize {
        let longest = self.lines_of(column).map(|line| width_of(&line)).max().unwrap_or(0);
        self.narrowest(column).max(longest.min(COMFORTABLE))
    }

    /// The characters that a column takes where nothing is short of room.
    fn natural(&self, column: usize) -> usize {
        let longest = self.lines_of(column).map(|line| width_of(&line)).max().unwrap_or(0);
        longest.max(width_of(&self.columns[column].header))
    }

    /// The header of a column: in lines no wider than its cells where there is little room, which is for cells.
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
        // Whether anything is coloured is decided by whoever fills it, and not by what standard output is.
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

    fn cell(&self, column: usize, text: &Text) -> Cell {
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

    /// Each row as a block: its first cell, and below it a line for each other cell.
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

impl Paint {
    fn colour(self) -> Color {
        match self {
            Self::Good => Color::Green,
            Self::Bad => Color::Red,
            Self::Warning => Color::Yellow,
        }
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
        grid.push(row.map(Text::from).to_vec());
        grid
    }

    #[test]
    fn a_table_leaves_columns_out_before_it_breaks_a_word() {
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
