//! Quantities with units, as scenario files have them: `"400 kbit/s"`, `"80 ms"` or `"2 %"`.
//!
//! Durations are plain [`std::time::Duration`]; this module has only their text form.

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
