//! The film that a detailed fake camera plays. Every frame carries its number, and can be drawn again at any time, so
//! that what a viewer was shown can be compared with the very frame that was filmed.

mod strip;

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;

use precall_netem::rng::SeededRng;
pub use strip::NumberStrip;

/// The largest size of the file's frames in total, in bytes. Chrome plays the file in a loop.
const MAX_BYTES: usize = 96 << 20;
/// The largest number of frames.
const MAX_FRAMES: usize = 60;
/// How far the picture moves with each frame, in pixels.
const PAN: usize = 4;
/// The strength of the grain, out of 256 levels.
const GRAIN: u8 = 14;
/// The number of places in which the grain of a line may begin.
const SHIFTS: u64 = 4099;

/// A film of one size: a texture of coarse and fine detail that pans back and forth, with different grain in each frame
/// and the number of the frame in a strip. It costs an encoder as much as a busy street does, whereas Chrome's own
/// pattern is mostly one colour. The same size always gives the same film.
#[derive(Debug)]
pub struct Film {
    columns: usize,
    rows: usize,
    frames: usize,
    texture: Vec<u8>,
    grain: Vec<u8>,
    /// Where the grain of each row of each frame begins.
    shifts: Vec<u16>,
    strip: NumberStrip,
}

impl Film {
    /// Returns the film of a size in pixels.
    pub fn new((width, height): (u32, u32)) -> Self {
        let (columns, rows) = (width as usize, height as usize);
        let frames = frame_count(columns, rows);
        let mut random = SeededRng::new(1, "film");
        let texture = texture(columns + PAN * frames, rows, &mut random);
        let grain = (0..columns + SHIFTS as usize).map(|_| brightness(&mut random, GRAIN)).collect();
        // A shift is below `SHIFTS`, which has 13 bits.
        let shifts = (0..frames * rows).map(|_| random.below(SHIFTS) as u16).collect();
        Self { columns, rows, frames, texture, grain, shifts, strip: Self::strip((width, height)) }
    }

    /// Returns the size in pixels.
    pub fn size(&self) -> (usize, usize) {
        (self.columns, self.rows)
    }

    /// Returns the number of frames. They are numbered from 0, and repeat.
    pub fn frames(&self) -> usize {
        self.frames
    }

    /// Returns the strip with the number of each frame in a film of this size.
    pub fn strip((width, height): (u32, u32)) -> NumberStrip {
        NumberStrip::of(width, height, frame_count(width as usize, height as usize))
    }

    /// Returns the luma of a part of a frame, row by row: `width` times `height` pixels from a place on. What reaches
    /// beyond the frame is left out.
    pub fn luma(&self, frame: usize, (x, y): (usize, usize), (width, height): (usize, usize)) -> Vec<u8> {
        let mut line = vec![0; self.columns];
        let mut part = Vec::with_capacity(width * height);
        for row in y.min(self.rows)..(y + height).min(self.rows) {
            self.draw_row(frame % self.frames, row, &mut line);
            part.extend_from_slice(&line[x.min(self.columns)..(x + width).min(self.columns)]);
        }
        part
    }

    fn draw_row(&self, frame: usize, row: usize, line: &mut [u8]) {
        let detail = self.detail(frame, row);
        let grain = &self.grain[usize::from(self.shifts[frame * self.rows + row])..][..self.columns];
        for ((pixel, detail), grain) in line.iter_mut().zip(detail).zip(grain) {
            *pixel = detail + grain;
        }
        self.strip.draw(frame, row, line);
    }

    /// Returns a row of the texture where a frame shows it. The picture pans back and forth, so that the last frame is
    /// near the first.
    fn detail(&self, frame: usize, row: usize) -> &[u8] {
        let offset = PAN * 2 * frame.min(self.frames - frame);
        &self.texture[row * (self.columns + PAN * self.frames) + offset..][..self.columns]
    }

    /// Writes the film in YUV4MPEG2, 4:2:0.
    pub(super) fn write(&self, path: &Path, frame_rate: u32) -> io::Result<()> {
        let Self { columns, rows, .. } = *self;
        let mut file = BufWriter::with_capacity(1 << 20, File::create(path)?);
        writeln!(file, "YUV4MPEG2 W{columns} H{rows} F{frame_rate}:1 Ip A1:1 C420mpeg2")?;
        let mut line = vec![0; columns];
        for frame in 0..self.frames {
            file.write_all(b"FRAME\n")?;
            for row in 0..rows {
                self.draw_row(frame, row, &mut line);
                file.write_all(&line)?;
            }
            for plane in 0..2_u8 {
                for row in 0..rows / 2 {
                    let detail = self.detail(frame, row * 2);
                    for (pixel, pair) in line.iter_mut().zip(detail.chunks_exact(2)) {
                        *pixel = 96 + plane * 16 + pair[0] / 8;
                    }
                    self.strip.clear_colour(row * 2, &mut line);
                    file.write_all(&line[..columns / 2])?;
                }
            }
        }
        file.flush()
    }
}

fn frame_count(columns: usize, rows: usize) -> usize {
    (MAX_BYTES / (columns * rows * 3 / 2)).clamp(2, MAX_FRAMES)
}

fn brightness(random: &mut SeededRng, bound: u8) -> u8 {
    // The bound has eight bits, and so has the result.
    random.below(bound.into()) as u8
}

/// Returns value noise in three sizes: soft shapes, edges, and details of a few pixels.
fn texture(columns: usize, rows: usize, random: &mut SeededRng) -> Vec<u8> {
    let mut texture = vec![16_u8; columns * rows];
    for (cell, strength) in [(64, 110_u8), (16, 60), (4, 40)] {
        let across = columns / cell + 1;
        let values: Vec<u8> = (0..across * (rows / cell + 1)).map(|_| brightness(random, strength)).collect();
        for (row, line) in texture.chunks_exact_mut(columns).enumerate() {
            let values = &values[row / cell * across..];
            for (value, pixels) in values.iter().zip(line.chunks_mut(cell)) {
                pixels.iter_mut().for_each(|pixel| *pixel += value);
            }
        }
    }
    texture
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_film_has_whole_frames_and_respects_the_size_limit() {
        let directory = tempfile::tempdir().expect("a directory");
        for size in [(320, 240), (1280, 720)] {
            let path = directory.path().join("video.y4m");
            let film = Film::new(size);
            film.write(&path, 30).expect("written");
            let bytes = std::fs::read(&path).expect("read");
            let header = bytes.iter().position(|byte| *byte == b'\n').expect("a line");
            let line = String::from_utf8_lossy(&bytes[..header]);
            assert_eq!(line, format!("YUV4MPEG2 W{} H{} F30:1 Ip A1:1 C420mpeg2", size.0, size.1));
            let luma = size.0 as usize * size.1 as usize;
            let frame = luma * 3 / 2 + b"FRAME\n".len();
            assert_eq!((bytes.len() - header - 1) / frame, film.frames());
            assert_eq!((bytes.len() - header - 1) % frame, 0);
            assert!(bytes.len() <= MAX_BYTES + frame);
            // Consecutive frames differ nearly everywhere.
            let (one, two) = (&bytes[header + 1..][..frame], &bytes[header + 1 + frame..][..frame]);
            let same = one.iter().zip(two).filter(|(one, two)| one == two).count();
            assert!(same * 4 < frame, "{same} of {frame} bytes are the same");
            // Any frame can be drawn again.
            let written = &bytes[header + 1 + frame * 7 + b"FRAME\n".len()..][..luma];
            assert!(film.luma(7, (0, 0), film.size()) == written);
            let (columns, _) = film.size();
            let part: Vec<u8> = (50..54).flat_map(|row| written[row * columns + 30..][..8].to_vec()).collect();
            assert_eq!(film.luma(7, (30, 50), (8, 4)), part);
        }
    }
}
