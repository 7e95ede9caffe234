//! The geometry of every chart.

/// The size of every chart in pixels, and the edges of the part that has the data.
pub(super) const WIDTH: i32 = 340;
pub(super) const HEIGHT: i32 = 140;
pub(super) const LEFT: i32 = 38;
pub(super) const RIGHT: i32 = 332;
pub(super) const TOP: i32 = 8;
pub(super) const BOTTOM: i32 = 118;
