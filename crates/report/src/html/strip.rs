//! A figure of both sides as dots on a common scale, with the shift between them.

use std::fmt::Write;

use super::comparison::class;
use precall_judge::comparison::MetricComparison;

/// The size of a strip in pixels, and how far it stays from its edges.
const WIDTH: f64 = 240.0;
const HEIGHT: u32 = 40;
const MARGIN: f64 = 8.0;
/// Where the first side is, and the second.
const SIDES: [u32; 2] = [9, 21];

/// Every measurement as a dot, a line for each side with its middle; below, the shift's interval laid from the first side's middle.
/// Of a rate there are no dots but what each side's may be: its measurements are nothing but yes and no.
pub(super) fn strip(figures: &MetricComparison) -> String {
    let sides = [&figures.a, &figures.b];
    let middles = [figures.center_a, figures.center_b];
    let rates = figures.rates.map(|rates| [rates.a, rates.b]);
    let moved = figures.center_a.zip(figures.shift);
    let ends = moved.into_iter().flat_map(|(origin, shift)| [origin, origin + shift.low, origin + shift.high]);
    let all: Vec<f64> = match rates {
        // A difference of shares may lead beyond them.
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
            class(figures.change)
        );
    }
    format!(
        "<svg class=\"strip\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"img\" aria-label=\"measurements\">{drawn}</svg>"
    )
}
