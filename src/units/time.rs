//! Durations as text: `"80 ms"`, `"1.5 s"`, `"2 min"`.

use std::time::Duration;

use super::UnitError;

/// Reads `"250 us"`, `"80 ms"`, `"1.5 s"` or `"2 min"`.
pub fn parse_duration(_text: &str) -> Result<Duration, UnitError> {
    unimplemented!("helper")
}

/// Writes a duration in the largest unit that keeps it short: `80 ms`, `1.5 s`.
pub fn format_duration(duration: Duration) -> String {
    if duration < Duration::from_secs(1) {
        format!("{} ms", duration.as_secs_f64() * 1e3)
    } else {
        format!("{} s", duration.as_secs_f64())
    }
}
