//! Axes that are drawn once for a page and shared by all charts with the same scale: a thousand charts have a dozen
//! axes.

use std::collections::BTreeMap;
use std::fmt::Write;

use super::geometry::{BOTTOM, LEFT, RIGHT, TOP};
use super::scale::Scale;

/// The labels along an edge of a chart.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum ChartAxis {
    /// Numbers. On a horizontal axis, the unit follows the last one.
    Numbers(Scale, &'static str),
    /// Names at even distances: the first at 0, the next at 1.
    Names(Vec<String>),
}

impl ChartAxis {
    /// Returns the value at the end of the axis.
    pub(crate) fn max(&self) -> f64 {
        match self {
            Self::Numbers(scale, _) => scale.max,
            Self::Names(names) => names.len().saturating_sub(1).max(1) as f64,
        }
    }

    fn ticks(&self) -> Box<dyn Iterator<Item = (f64, String)> + '_> {
        match self {
            Self::Numbers(scale, unit) => Box::new(scale.ticks().map(move |tick| {
                let is_last = tick + scale.step / 2.0 > scale.max && !unit.is_empty();
                let unit = if is_last { format!(" {unit}") } else { String::new() };
                (tick, scale.label(tick) + &unit)
            })),
            Self::Names(names) => Box::new(names.iter().enumerate().map(|(at, name)| (at as f64, name.clone()))),
        }
    }

    /// Returns the identity of the axis, in characters that are valid in an id.
    fn id(&self) -> String {
        match self {
            Self::Numbers(scale, unit) => format!("{}-{}{unit}", scale.max, scale.step).replace('.', "_"),
            Self::Names(names) => {
                let name = |name: &String| name.bytes().map(|byte| format!("{byte:02x}")).collect::<String>();
                names.iter().map(name).collect::<Vec<_>>().join("-")
            }
        }
    }
}

/// Escapes text as the content of an element: names may come from a page.
fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// The axes of a page.
#[derive(Debug, Default)]
pub(crate) struct Axes {
    drawn: BTreeMap<String, String>,
}

impl Axes {
    /// Returns the id of a vertical axis with its grid.
    pub(crate) fn vertical(&mut self, axis: &ChartAxis) -> String {
        let id = format!("y{}", axis.id());
        self.drawn.entry(id.clone()).or_insert_with(|| {
            let (mut text, mut grid) = (String::new(), String::new());
            for (tick, label) in axis.ticks() {
                let y = BOTTOM - (tick / axis.max() * f64::from(BOTTOM - TOP)).round() as i32;
                // Writing to a string cannot fail.
                let _ = write!(grid, "M{LEFT} {y}H{RIGHT}");
                let _ = write!(text, "<text x=\"{}\" y=\"{}\">{}</text>", LEFT - 5, y + 3, escape(&label));
            }
            format!("<path class=\"grid\" d=\"{grid}\"/><g class=\"ty\">{text}</g>")
        });
        id
    }

    /// Returns the id of a horizontal axis.
    pub(crate) fn horizontal(&mut self, axis: &ChartAxis) -> String {
        let id = format!("x{}", axis.id());
        self.drawn.entry(id.clone()).or_insert_with(|| {
            let mut text = String::new();
            let ticks: Vec<_> = axis.ticks().collect();
            for (number, (tick, label)) in ticks.iter().enumerate() {
                let x = LEFT + (tick / axis.max() * f64::from(RIGHT - LEFT)).round() as i32;
                let is_last = number + 1 == ticks.len();
                let (x, anchor) = if is_last { (RIGHT + 4, " text-anchor=\"end\"") } else { (x, "") };
                let _ = write!(text, "<text x=\"{x}\" y=\"{}\"{anchor}>{}</text>", BOTTOM + 15, escape(label));
            }
            format!("<g class=\"tx\">{text}</g>")
        });
        id
    }

    /// Returns the SVG definitions that the charts refer to.
    pub(crate) fn definitions(&self) -> String {
        self.drawn.iter().map(|(id, drawing)| format!("<g id=\"{id}\">{drawing}</g>")).collect()
    }
}
