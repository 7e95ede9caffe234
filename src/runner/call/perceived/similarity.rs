//! The likeness of a presented picture to the one that was filmed. Pure.

use crate::page::Patch;
use precall_browser::Film;

/// The size of the windows that are compared, and the distance between them, in pixels of the film.
const WINDOW: usize = 8;
const STRIDE: usize = 4;

/// The constants that keep the measure stable where there is little light or contrast, for values up to 255 (Wang,
/// Bovik, Sheikh and Simoncelli, "Image quality assessment", 2004: K1 = 0.01, K2 = 0.03).
const LUMINANCE: f64 = (0.01 * 255.0) * (0.01 * 255.0);
const CONTRAST: f64 = (0.03 * 255.0) * (0.03 * 255.0);

/// Returns the mean structural similarity (SSIM) of a part of a presented frame and the same part of the film, at the
/// size of the film: at most 1, for equal pictures. A smaller picture is enlarged first, so what it has lost counts.
/// `None` if the part is too small, or is not within the film.
pub(super) fn of(patch: &Patch, film: &Film) -> Option<f64> {
    let pixels = patch.pixels()?;
    let (film_width, film_height) = film.size();
    // A browser scales a picture, and cuts what the proportions of the frame leave no room for on both sides alike.
    let scale =
        (f64::from(patch.frame_width) / film_width as f64).max(f64::from(patch.frame_height) / film_height as f64);
    let cut = |film: usize, frame: u32| (film as f64 * scale - f64::from(frame)) / 2.0;
    let (cut_x, cut_y) = (cut(film_width, patch.frame_width), cut(film_height, patch.frame_height));
    // The pixels of the film whose centres lie among those of the patch, so that nothing is extrapolated.
    let range = |at: u32, size: u32, cut: f64, all: usize| {
        let first = ((f64::from(at) + 0.5 + cut) / scale - 0.5).ceil().max(0.0);
        let last = ((f64::from(at + size) - 0.5 + cut) / scale - 0.5).floor().min(all as f64 - 1.0);
        (last - first + 1.0 >= WINDOW as f64).then(|| (first as usize, (last - first) as usize + 1))
    };
    let (left, width) = range(patch.x, patch.width, cut_x, film_width)?;
    let (top, height) = range(patch.y, patch.height, cut_y, film_height)?;
    let filmed = film.luma(patch.number as usize, (left, top), (width, height));
    let at = |place: usize, cut: f64, origin: u32| (place as f64 + 0.5) * scale - cut - 0.5 - f64::from(origin);
    let mut presented = Vec::with_capacity(filmed.len());
    for row in 0..height {
        let y = at(top + row, cut_y, patch.y);
        for column in 0..width {
            let x = at(left + column, cut_x, patch.x);
            presented.push(between(&pixels, (patch.width as usize, patch.height as usize), x, y));
        }
    }
    let filmed: Vec<f64> = filmed.into_iter().map(f64::from).collect();
    mean_similarity(&filmed, &presented, (width, height))
}

/// Returns the bilinear interpolation of an image at a place between its pixels.
fn between(pixels: &[u8], (width, height): (usize, usize), x: f64, y: f64) -> f64 {
    let (x, y) = (x.clamp(0.0, width as f64 - 1.0), y.clamp(0.0, height as f64 - 1.0));
    let (left, top) = (x as usize, y as usize);
    let (right, bottom) = ((left + 1).min(width - 1), (top + 1).min(height - 1));
    let pixel = |column: usize, row: usize| f64::from(pixels[row * width + column]);
    let (across, down) = (x - left as f64, y - top as f64);
    let upper = pixel(left, top) * (1.0 - across) + pixel(right, top) * across;
    let lower = pixel(left, bottom) * (1.0 - across) + pixel(right, bottom) * across;
    upper * (1.0 - down) + lower * down
}

/// Returns the mean SSIM over windows; `None` if there is room for none.
fn mean_similarity(one: &[f64], other: &[f64], (width, height): (usize, usize)) -> Option<f64> {
    let (mut sum, mut count) = (0.0, 0_u32);
    for top in (0..(height + 1).saturating_sub(WINDOW)).step_by(STRIDE) {
        for left in (0..(width + 1).saturating_sub(WINDOW)).step_by(STRIDE) {
            let mut sums = [0.0; 5];
            for row in top..top + WINDOW {
                let line = row * width + left;
                for (x, y) in one[line..line + WINDOW].iter().zip(&other[line..line + WINDOW]) {
                    let terms = [*x, *y, x * x, y * y, x * y];
                    sums.iter_mut().zip(terms).for_each(|(sum, term)| *sum += term);
                }
            }
            sum += similarity(sums.map(|sum| sum / (WINDOW * WINDOW) as f64));
            count += 1;
        }
    }
    (count > 0).then(|| sum / f64::from(count))
}

/// Returns the SSIM of a window from the means of x, y, x², y² and xy.
fn similarity([x, y, xx, yy, xy]: [f64; 5]) -> f64 {
    let (variance_x, variance_y, covariance) = (xx - x * x, yy - y * y, xy - x * y);
    let luminance = (2.0 * x * y + LUMINANCE) / (x * x + y * y + LUMINANCE);
    luminance * (2.0 * covariance + CONTRAST) / (variance_x + variance_y + CONTRAST)
}

#[cfg(test)]
mod tests {
    use base64::Engine;
    use base64::engine::general_purpose::STANDARD;

    use super::*;

    /// Returns a patch of a film as a page would send it, of a frame that is smaller by a factor and coarser by a step.
    fn patch(film: &Film, factor: usize, step: u8) -> Patch {
        let (width, height) = film.size();
        let (x, y, patch_width, patch_height) = (96 / factor, 120 / factor, 96 / factor, 64 / factor);
        let filmed = film.luma(9, (0, 0), (width, height));
        let mut luma = Vec::new();
        for row in y..y + patch_height {
            for column in x..x + patch_width {
                let block = (0..factor).flat_map(|down| (0..factor).map(move |across| (down, across)));
                let sum: usize = block
                    .map(|(down, across)| usize::from(filmed[(row * factor + down) * width + column * factor + across]))
                    .sum();
                let mean = (sum / (factor * factor)) as u8;
                luma.push(mean / step * step + step / 2);
            }
        }
        let number = |value: usize| u32::try_from(value).expect("small");
        Patch {
            number: 9,
            frame_width: number(width / factor),
            frame_height: number(height / factor),
            x: number(x),
            y: number(y),
            width: number(patch_width),
            height: number(patch_height),
            luma: STANDARD.encode(luma),
        }
    }

    #[test]
    fn the_same_picture_is_equal_to_itself() {
        let film = Film::new((320, 240));
        let equal = of(&patch(&film, 1, 1), &film).expect("a similarity");
        assert!((equal - 1.0).abs() < 1e-9, "{equal}");
        let other = of(&Patch { number: 30, ..patch(&film, 1, 1) }, &film).expect("a similarity");
        assert!(other < 0.5, "{other}");
    }

    #[test]
    fn coarser_and_smaller_pictures_are_less_like_the_film() {
        let film = Film::new((320, 240));
        let ladder = |patches: [Patch; 4]| patches.map(|patch| of(&patch, &film).expect("a similarity"));
        let quantised = ladder([1, 8, 24, 64].map(|step| patch(&film, 1, step)));
        assert!(quantised.is_sorted_by(|one, other| one > other), "{quantised:?}");
        let smaller = [1, 2, 4].map(|factor| of(&patch(&film, factor, 1), &film).expect("a similarity"));
        assert!(smaller.is_sorted_by(|one, other| one > other), "{smaller:?}");
    }

    #[test]
    fn a_patch_that_is_too_small_or_too_short_has_none() {
        let film = Film::new((320, 240));
        let whole = patch(&film, 1, 1);
        assert_eq!(of(&Patch { luma: "AAAA".to_owned(), ..whole.clone() }, &film), None);
        let narrow = Patch { width: 4, height: 4, luma: STANDARD.encode([0; 16]), ..whole };
        assert_eq!(of(&narrow, &film), None);
    }
}
