//! Durations as text: `"80 ms"`, `"1.5 s"`, `"2 min"`.

use std::time::Duration;

use super::UnitError;
use super::parse::{renamed, split, whole};

/// Parses `"250 us"`, `"80 ms"`, `"1.5 s"` or `"2 min"`.
///
/// # Errors
///
/// Returns an error with the correct form if the text is not a number with one of these units.
pub fn parse_duration(text: &str) -> Result<Duration, UnitError> {
    let (value, unit) = split(text, "a time", "80 ms")?;
    let nanoseconds = match unit {
        "us" | "µs" => 1e3,
        "ms" => 1e6,
        "s" => 1e9,
        "min" => 60e9,
        _ => return Err(unknown(value, unit)),
    };
    whole(value, nanoseconds, "a time").map(Duration::from_nanos)
}

/// Returns the error of an unknown unit, with the unit that is meant.
fn unknown(value: f64, unit: &str) -> UnitError {
    let name = unit.trim_end_matches('.').to_lowercase();
    let (factor, known) = match name.as_str() {
        // The Greek letter mu looks like the micro sign.
        "\u{3bc}s" | "usec" | "usecs" | "microsecond" | "microseconds" => (1.0, "us"),
        "ms" | "msec" | "msecs" | "milli" | "millis" | "millisec" | "millisecs" | "millisecond" | "milliseconds"
        | "milisecond" | "miliseconds" => (1.0, "ms"),
        "s" | "sec" | "secs" | "second" | "seconds" => (1.0, "s"),
        "m" | "min" | "mins" | "minute" | "minutes" => (1.0, "min"),
        "h" | "hr" | "hrs" | "hour" | "hours" => (60.0, "min"),
        _ => {
            return UnitError::new(
                format!("{unit:?} is not a unit of time"),
                "write us, ms, s or min, such as \"80 ms\"",
            );
        }
    };
    renamed(value, unit, "times", factor, known)
}

/// Formats a duration in a unit that keeps it short: `80 ms`, `1.5 s`.
pub fn format_duration(duration: Duration) -> String {
    let nanoseconds = duration.as_nanos();
    match nanoseconds {
        0..1_000_000 => format!("{} us", nanoseconds as f64 / 1e3),
        1_000_000..1_000_000_000 => format!("{} ms", nanoseconds as f64 / 1e6),
        _ => format!("{} s", nanoseconds as f64 / 1e9),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_parsed() {
        for (text, microseconds) in [("250 us", 250), ("80 ms", 80_000), ("1.5s", 1_500_000), ("2 min", 120_000_000)] {
            assert_eq!(parse_duration(text), Ok(Duration::from_micros(microseconds)), "{text}");
        }
        for (text, hint) in [
            ("80", "no unit"),
            ("80 sec", "80 s"),
            ("-1 ms", "negative"),
            ("soon", "80 ms"),
            ("1 h", "60 min"),
            ("1,5 s", "1.5 s"),
            ("2 Sec.", "2 s"),
            ("1 parsec", "min"),
        ] {
            let error = parse_duration(text).expect_err("wrong").to_string();
            assert!(error.contains(hint), "{error}");
        }
    }

    proptest::proptest! {
        #[test]
        fn durations_round_trip(microseconds in 0_u64..1 << 40) {
            let time = Duration::from_micros(microseconds);
            proptest::prop_assert_eq!(parse_duration(&format_duration(time)), Ok(time));
        }
    }
}
