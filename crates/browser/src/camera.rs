//! The video file that a detailed fake camera plays.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;

use precall_netem::rng::SeededRng;

/// The largest size of the file's frames in total, in bytes. Chrome plays the file in a loop.
const MAX_BYTES: usize = 96 << 20;
/// The largest number of frames.
const MAX_FRAMES: usize = 60;
/// How far the picture moves with each frame, in pixels.
const PAN: usize = 4;

/// Writes a video in YUV4MPEG2, 4:2:0: a texture of coarse and fine detail that pans back and forth, with different
/// grain in each frame. It costs an encoder as much as a busy street does, whereas Chrome's own pattern is mostly one
/// colour. The same size and frame rate always give the same bytes.
pub(super) fn write_video(path: &Path, (width, height): (u32, u32), frame_rate: u32) -> io::Result<()> {
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
        // The picture pans back and forth, so that the last frame is near the first.
        let offset = PAN * 2 * frame.min(frames - frame);
        for row in 0..rows {
            let detail = &texture[row * wide + offset..][..columns];
            let grain = &grain[random.below(SHIFTS) as usize..][..columns];
            for ((pixel, detail), grain) in line.iter_mut().zip(detail).zip(grain) {
                *pixel = detail + grain;
            }
            file.write_all(&line)?;
        }
        for plane in 0..2_u8 {
            for row in 0..rows / 2 {
                let detail = &texture[row * 2 * wide + offset..][..columns];
                for (pixel, pair) in line.iter_mut().zip(detail.chunks_exact(2)) {
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
/// The number of places in which the grain of a line may begin.
const SHIFTS: u64 = 4099;

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
    fn a_video_has_whole_frames_and_respects_the_size_limit() {
        let directory = tempfile::tempdir().expect("a directory");
        for (size, frames) in [((320, 240), 60), ((1280, 720), 60)] {
            let path = directory.path().join("video.y4m");
            write_video(&path, size, 30).expect("written");
            let bytes = std::fs::read(&path).expect("read");
            let header = bytes.iter().position(|byte| *byte == b'\n').expect("a line");
            let line = String::from_utf8_lossy(&bytes[..header]);
            assert_eq!(line, format!("YUV4MPEG2 W{} H{} F30:1 Ip A1:1 C420mpeg2", size.0, size.1));
            let frame = size.0 as usize * size.1 as usize * 3 / 2 + b"FRAME\n".len();
            assert_eq!((bytes.len() - header - 1) / frame, frames);
            assert_eq!((bytes.len() - header - 1) % frame, 0);
            assert!(bytes.len() <= MAX_BYTES + frame);
            // Consecutive frames differ nearly everywhere.
            let (one, two) = (&bytes[header + 1..][..frame], &bytes[header + 1 + frame..][..frame]);
            let same = one.iter().zip(two).filter(|(one, two)| one == two).count();
            assert!(same * 4 < frame, "{same} of {frame} bytes are the same");
        }
    }
}
