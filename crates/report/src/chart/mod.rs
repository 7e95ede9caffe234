//! Charts as inline SVG: scales with round steps, paths, and axes that all charts of a page share.
//!
//! Colours and strokes come from the page's style sheet, so that a chart follows the light or dark mode of the page.

mod axes;
mod geometry;
mod path;
mod plot;
mod scale;

pub(super) use axes::{Axes, ChartAxis};
pub(super) use path::{Point, thin};
pub(super) use plot::{ChartLayer, Plot};
pub(super) use scale::{MAX_DRAWN, Scale};
