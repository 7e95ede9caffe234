//! Axes are drawn once for a page and used by every chart that has the same: a thousand charts have a dozen axes.

use std::collections::BTreeMap;
use std::fmt::Write;

use super::plot::{BOTTOM, LEFT, RIGHT, TOP};
use super::scale::Scale;

/// The axes of a page.
#[derive(Debug, Default)]
pub(in crate::report) struct Axes {
    drawn: BTreeMap<String, String>,
}

impl Axes {
    /// The id of a vertical axis with its grid.
    pub fn vertical(&mut self, scale: Scale) -> String {
        let id = format!("y{}-{}", scale.max, scale.step).replace('.', "_");
        self.drawn.entry(id.clone()).or_insert_with(|| {
            let mut text = String::new();
            let mut grid = String::new();
            for tick in scale.ticks() {
                let y = BOTTOM - (tick / scale.max * f64::from(BOTTOM - TOP)).round() as i32;
                let _ = write!(grid, "M{LEFT} {y}H{RIGHT}");
                let _ = write!(text, "<text x=\"{}\" y=\"{}\">{}</text>", LEFT - 5, y + 3, scale.label(tick));
            }
            format!("<path class=\"grid\" d=\"{grid}\"/><g class=\"ty\">{text}</g>")
        });
        id
    }

    /// The id of a horizontal axis; `unit` is behind its last number.
    pub fn horizontal(&mut self, scale: Scale, unit: &str) -> String {
        let id = format!("x{}-{}", scale.max, scale.step).replace('.', "_");
        self.drawn.entry(id.clone()).or_insert_with(|| {
            let mut text = String::new();
            for tick in scale.ticks() {
                let x = LEFT + (tick / scale.max * f64::from(RIGHT - LEFT)).round() as i32;
                let is_last = tick + scale.step / 2.0 > scale.max;
                let unit = if is_last && !unit.is_empty() { format!(" {unit}") } else { String::new() };
                let anchor = if is_last { " text-anchor=\"end\"" } else { "" };
                let x = if is_last { RIGHT + 4 } else { x };
                let _ =
                    write!(text, "<text x=\"{x}\" y=\"{}\"{anchor}>{}{unit}</text>", BOTTOM + 15, scale.label(tick));
            }
            format!("<g class=\"tx\">{text}</g>")
        });
        id
    }

    /// The definitions that charts refer to.
    pub fn definitions(&self) -> String {
        self.drawn.iter().map(|(id, drawing)| format!("<g id=\"{id}\">{drawing}</g>")).collect()
    }
}
