//! Charts as inline SVG: scales with round steps, paths, and axes that all charts of a page share.
//!
//! Colours and strokes are left to the page's style sheet, so that a chart follows its light and dark.

mod axes;
mod path;
mod plot;
mod scale;

pub(super) use axes::{Axes, Axis};
pub(super) use path::{Point, thin};
pub(super) use plot::{Layer, Plot};
pub(super) use scale::{MAX_DRAWN, Scale};
