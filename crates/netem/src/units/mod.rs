//! Quantities with their units: what a scenario file writes as `"400 kbit/s"`, `"80 ms"` or `"2 %"`.
//!
//! Times are plain [`std::time::Duration`]; only their text form lives here.

mod bitrate;
mod bytes;
mod digits;
mod error;
mod parse;
mod ratio;
mod time;

pub use bitrate::Bitrate;
pub use bytes::ByteSize;
pub use digits::{apart, decimals_apart, exact};
pub use error::UnitError;
pub use ratio::Ratio;
pub use time::{format_duration, parse_duration};
