//! The film of a detailed fake camera.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;

use precall_netem::rng::SeededRng;

/// The most bytes of a film. It is shown again from its beginning.
const MAX_BYTES: usize = 96 << 20;
/// The most frames that one needs.
const MAX_FRAMES: usize = 60;
/// How far the picture moves with each frame, in pixels.
const PAN: usize = 4;

/// Writes a film in YUV4MPEG2, 4:2:0: a texture of coarse and fine detail that pans to and fro, with grain that is
/// another in each frame. It costs an encoder as much as a busy street does; Chrome's pattern is mostly one colour.
/// The same size and rate give the same bytes.
pub(super) fn write_film(path: &Path, (width, height): (u32, u32), frame_rate: u32) -> io::Result<()> {
    let (columns, rows) = (width as usize, height as usize);
    let frames = (MAX_BYTES / (columns * rows * 3 / 2)).clamp(2, MAX_FRAMES);
    let mut file = BufWriter::with_capacity(1 << 20, File::create(path)?);
    writeln!(file, "YUV4MPEG2 W{width} H{height} F{frame_rate}:1 Ip A1:1 C420mpeg2")?;
    let mut random = SeededRng::new(1, "film");
    let wide = columns + PAN * frames;
    let texture = texture(wide, rows, &mut random);
    let grain: Vec<u8> = (0..columns + SHIFTS as usize).map(|_| brightness(&mut random, GRAIN)).collect();
    let mut line = vec![0; columns];
    for frame in 0..frames {
        file.write_all(b"FRAME\n")?;
        // To and fro, so that the end of the film meets its beginning.
        let offset = PAN * 2 * frame.min(frames - frame);
        for row in 0..rows {
            let film = &texture[row * wide + offset..][..columns];
            let grain = &grain[random.below(SHIFTS) as usize..][..columns];
            for ((pixel, film), grain) in line.iter_mut().zip(film).zip(grain) {
                *pixel = film + grain;
            }
            file.write_all(&line)?;
        }
        for plane in 0..2_u8 {
            for row in 0..rows / 2 {
                let film = &texture[row * 2 * wide + offset..][..columns];
                for (pixel, pair) in line.iter_mut().zip(film.chunks_exact(2)) {
                    *pixel = 96 + plane * 16 + pair[0] / 8;
                }
                file.write_all(&line[..columns / 2])?;
            }
        }
    }
    file.flush()
}

/// The strength of the grain, out of 256 levels.
const GRAIN: u8 = 14;
/// In how many places the grain of a line may begin.
const SHIFTS: u64 = 4099;

fn brightness(random: &mut SeededRng, bound: u8) -> u8 {
    // Below a bound of eight bits.
    random.below(bound.into()) as u8
}

/// Value noise in three sizes: soft shapes, edges, and detail of a few pixels.
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
    fn a_film_has_whole_frames_and_is_no_larger_than_it_may_be() {
        let directory = tempfile::tempdir().expect("a directory");
        for (size, frames) in [((320, 240), 60), ((1280, 720), 60)] {
            let path = directory.path().join("film.y4m");
            write_film(&path, size, 30).expect("written");
            let bytes = std::fs::read(&path).expect("read");
            let header = bytes.iter().position(|byte| *byte == b'\n').expect("a line");
            let line = String::from_utf8_lossy(&bytes[..header]);
            assert_eq!(line, format!("YUV4MPEG2 W{} H{} F30:1 Ip A1:1 C420mpeg2", size.0, size.1));
            let frame = size.0 as usize * size.1 as usize * 3 / 2 + b"FRAME\n".len();
            assert_eq!((bytes.len() - header - 1) / frame, frames);
            assert_eq!((bytes.len() - header - 1) % frame, 0);
            assert!(bytes.len() <= MAX_BYTES + frame);
            // Neighbours in time differ nearly everywhere.
            let (one, two) = (&bytes[header + 1..][..frame], &bytes[header + 1 + frame..][..frame]);
            let same = one.iter().zip(two).filter(|(one, two)| one == two).count();
            assert!(same * 4 < frame, "{same} of {frame} bytes are the same");
        }
    }
}
