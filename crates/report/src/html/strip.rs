//! A figure of both sides as dots on a common scale, with the difference between them.

use std::fmt::Write;

use super::classes::change_class;
use precall_judge::comparison::Figures;

/// The size of a strip in pixels, and the margin at its ends.
const WIDTH: f64 = 240.0;
const HEIGHT: u32 = 40;
const MARGIN: f64 = 8.0;
/// The vertical positions of the first and the second side.
const SIDES: [u32; 2] = [9, 21];

/// Returns a dot for each measurement and a tick for the median of each side. Below them is the confidence interval of
/// the difference, drawn from the median of the first side. Measurements of a rate are only yes or no, so a rate has
/// the confidence interval of each side in place of dots.
pub(super) fn strip(figures: &Figures) -> String {
    let sides = [&figures.a, &figures.b];
    let middles = [figures.center_a, figures.center_b];
    let rates = figures.rates.map(|rates| [rates.a, rates.b]);
    let moved = figures.center_a.zip(figures.shift);
    let ends = moved.into_iter().flat_map(|(origin, shift)| [origin, origin + shift.low, origin + shift.high]);
    let all: Vec<f64> = match rates {
        // The ends of a difference of shares may lie outside 0 to 100 %.
        Some(_) => ends.chain([0.0, 1.0]).collect(),
        None => sides.into_iter().flatten().copied().chain(ends).filter(|value| value.is_finite()).collect(),
    };
    if sides.iter().all(|values| values.is_empty()) {
        return String::new();
    }
    let (low, high) = all.iter().fold((f64::MAX, f64::MIN), |(low, high), value| (low.min(*value), high.max(*value)));
    let span = if high > low { high - low } else { 1.0 };
    let x = |value: f64| ((value - low) / span * (WIDTH - 2.0 * MARGIN) + MARGIN).round();
    let mut drawn = String::new();
    for (side, class) in ["base", "cand"].into_iter().enumerate() {
        let y = SIDES[side];
        // Writing to a string cannot fail.
        let _ = write!(drawn, "<path class=\"rail\" d=\"M{MARGIN} {y}H{}\"/>", WIDTH - MARGIN);
        match rates {
            Some(rates) => {
                let (from, to) = rates[side];
                let _ = write!(drawn, "<path class=\"may {class}\" d=\"M{} {y}H{}\"/>", x(from), x(to));
            }
            None => {
                let values = sides[side].iter().filter(|value| value.is_finite());
                let dots: String = values.map(|value| format!("M{} {y}h0", x(*value))).collect();
                let _ = write!(drawn, "<path class=\"dot {class}\" d=\"{dots}\"/>");
            }
        }
        if let Some(middle) = middles[side] {
            let _ = write!(drawn, "<path class=\"mid {class}\" d=\"M{} {}v10\"/>", x(middle), y - 5);
        }
    }
    if let Some((origin, shift)) = moved {
        let (from, to, at) = (x(origin + shift.low), x(origin + shift.high), x(origin + shift.estimate));
        let _ = write!(
            drawn,
            "<path class=\"zero\" d=\"M{} 3V36\"/><path class=\"ci {}\" d=\"M{from} 33H{to}M{at} 30v6\"/>",
            x(origin),
            change_class(figures.change)
        );
    }
    format!(
        "<svg class=\"strip\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"img\" aria-label=\"measurements\">{drawn}</svg>"
    )
}
