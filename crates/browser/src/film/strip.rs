//! The strip of a film that shows the number of each frame to machines.
//!
//! It has two rows of cells. The first cell of the upper row is white and that of the lower row is black; the others
//! are the bits of a code word of the extended binary Golay code (24, 12, 8). Two code words differ in at least eight
//! cells, so that a frame which shows a part of one number and a part of another is not taken for a third.

use std::ops::Range;

use serde::Serialize;

/// The columns of cells in each of the two rows: one for the level, and twelve bits.
const COLUMNS: usize = 13;
const ROWS: usize = 2;
/// The place of the strip as shares of the film's width and height. It lies within the part that a camera of 4:3 and
/// one of 16:9 have in common, since a browser cuts a picture to the proportions that a page requests.
const LEFT: f64 = 0.13;
const TOP: f64 = 0.14;
const WIDTH: f64 = 0.74;
const ROW_HEIGHT: f64 = 0.05;
/// The luma of black and white cells, and the chroma of both.
const BLACK: u8 = 40;
const WHITE: u8 = 210;
const NO_COLOUR: u8 = 128;
/// The generator polynomial of the binary Golay code: x^11 + x^9 + x^7 + x^6 + x^5 + x + 1 (Golay, 1949).
const GENERATOR: u32 = 0b1010_1110_0011;

/// The place of the strip in a film, in pixels of the film, and the code words of its frames: what is needed to read
/// the number of a frame.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct NumberStrip {
    /// The width of the film.
    pub film_width: u32,
    /// The height of the film.
    pub film_height: u32,
    /// The left edge of the strip.
    pub left: u32,
    /// The upper edge.
    pub top: u32,
    /// The width of a cell. A row begins with a cell that is white in the upper row and black in the lower.
    pub cell_width: u32,
    /// The height of a cell.
    pub cell_height: u32,
    /// The number of bits in a row.
    pub bits: u32,
    /// The bits of each frame, by its number: the cells of the upper row from left to right, then those of the lower.
    /// White cells are 1, and the first is the most significant.
    pub code_words: Vec<u32>,
}

impl NumberStrip {
    pub(super) fn of(film_width: u32, film_height: u32, frames: usize) -> Self {
        // All factors are below 1, and even numbers fit the chroma of 4:2:0.
        let even = |size: u32, share: f64| (f64::from(size) * share / 2.0) as u32 * 2;
        Self {
            film_width,
            film_height,
            left: even(film_width, LEFT),
            top: even(film_height, TOP),
            cell_width: even(film_width, WIDTH / COLUMNS as f64),
            cell_height: even(film_height, ROW_HEIGHT),
            bits: COLUMNS as u32 - 1,
            code_words: (0..frames).map(code_word).collect(),
        }
    }

    /// Draws the strip into a row of a frame's luma.
    pub(super) fn draw(&self, frame: usize, row: usize, line: &mut [u8]) {
        let Some(strip_row) = self.strip_row(row) else { return };
        let word = self.code_words[frame];
        for column in 0..COLUMNS {
            let is_white = match column {
                0 => strip_row == 0,
                _ => word >> (23 - strip_row * (COLUMNS - 1) - (column - 1)) & 1 == 1,
            };
            line[self.columns_of(column)].fill(if is_white { WHITE } else { BLACK });
        }
    }

    /// Takes the colour from a row of a chroma plane. `row` is the row of the luma that it belongs to.
    pub(super) fn clear_colour(&self, row: usize, line: &mut [u8]) {
        if self.strip_row(row).is_some() {
            line[self.columns_of(0).start / 2..self.columns_of(COLUMNS - 1).end / 2].fill(NO_COLOUR);
        }
    }

    fn columns_of(&self, column: usize) -> Range<usize> {
        let (left, width) = (self.left as usize, self.cell_width as usize);
        left + column * width..left + (column + 1) * width
    }

    /// Returns the row of cells that a row of the film belongs to; `None` above and below the strip.
    fn strip_row(&self, row: usize) -> Option<usize> {
        let row = row.checked_sub(self.top as usize)? / self.cell_height as usize;
        (row < ROWS).then_some(row)
    }
}

/// Returns the code word of a number: twelve bits of data, the rest of their division by the generator, and the parity.
fn code_word(number: usize) -> u32 {
    // Films have fewer frames than the code has words.
    let data = (number as u32) & 0xfff;
    let mut rest = data << 11;
    for bit in (11..23).rev() {
        if rest & (1 << bit) != 0 {
            rest ^= GENERATOR << (bit - 11);
        }
    }
    let word = data << 11 | rest;
    word << 1 | (word.count_ones() & 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_differ_in_at_least_eight_cells() {
        let words: Vec<u32> = (0..4096).map(code_word).collect();
        // The code is linear: the smallest weight is the smallest distance.
        let smallest = words.iter().filter(|word| **word != 0).map(|word| word.count_ones()).min();
        assert_eq!(smallest, Some(8));
        assert!(words.iter().all(|word| *word < 1 << 24));
        assert_eq!(words[0b101] ^ words[0b110], words[0b011]);
    }

    #[test]
    fn the_strip_stays_when_a_picture_is_cut_to_other_proportions() {
        for (width, height) in [(320, 180), (640, 480), (640, 360), (1280, 720), (1920, 1080), (320, 240)] {
            let strip = NumberStrip::of(width, height, 60);
            let right = strip.left + strip.cell_width * COLUMNS as u32;
            let bottom = strip.top + strip.cell_height * ROWS as u32;
            assert!(strip.left * 8 >= width && right * 8 <= width * 7, "{strip:?}");
            assert!(strip.top * 8 >= height && bottom * 8 <= height * 7, "{strip:?}");
            assert!(strip.cell_width >= 16 && strip.cell_height >= 8, "{strip:?}");
        }
    }

    #[test]
    fn a_drawn_number_is_its_code_word() {
        let strip = NumberStrip::of(640, 480, 60);
        for frame in [0, 1, 37, 59] {
            let mut word = 0;
            for row in 0..ROWS {
                let mut line = vec![0; 640];
                strip.draw(frame, (strip.top + strip.cell_height * row as u32 + 3) as usize, &mut line);
                let cells: Vec<u8> = (0..COLUMNS).map(|column| line[strip.columns_of(column).start + 4]).collect();
                assert_eq!(cells[0], if row == 0 { WHITE } else { BLACK });
                word = cells[1..].iter().fold(word, |word, cell| word << 1 | u32::from(*cell == WHITE));
            }
            assert_eq!(word, code_word(frame));
        }
    }
}
