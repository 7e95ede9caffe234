//! What a person sees in a terminal: live progress, then tables.

mod calibration;
mod networks;
mod planned;
mod platform_log;
mod progress;
mod side_by_side;
mod summary;
mod table;

pub use calibration::calibration;
pub use networks::{NetworkRow, networks};
pub use planned::{PlannedCase, planned};
pub use platform_log::{platform_json, platform_line};
pub use progress::Progress;
pub use summary::summary;
