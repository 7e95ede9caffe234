//! A recorded rate: the times at which the link could carry a packet.

use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::units::Bitrate;

/// The capacity of one opportunity of a trace, in bytes: one packet of this size, or several smaller ones.
pub const OPPORTUNITY_BYTES: u32 = 1500;

/// The largest number of lines in a trace: an hour at 40 Mbit/s, and 48 MB in memory.
const MOST_LINES: usize = 12_000_000;

/// The longest trace in milliseconds: one week. Larger values are times since 1970, which some recordings have.
const MOST_MS: u32 = 7 * 24 * 3600 * 1000;

/// A rate over time, in the format of Mahimahi (Netravali et al., "Mahimahi: Accurate Record-and-Replay for HTTP",
/// USENIX ATC 2015). Each line of the text is a millisecond at which one packet of 1500 bytes may leave.
///
/// ```
/// use precall_netem::Trace;
///
/// // Four packets of 1500 bytes in 10 ms.
/// let trace = Trace::parse("example", "0\n5\n5\n10\n", false)?;
/// assert_eq!(trace.mean_rate().to_string(), "4.8 Mbit/s");
/// # Ok::<(), precall_netem::TraceError>(())
/// ```
///
/// Result files have its name and its totals, but not its lines. A trace that is read from such a file carries no
/// packets.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Trace {
    /// The name of the trace: the file name in the scenario.
    pub name: String,
    /// Whether the link carries nothing after the end of the trace. Otherwise the trace repeats.
    pub once: bool,
    /// Number of opportunities in the trace.
    packets: u64,
    period_ms: u32,
    #[serde(skip)]
    opportunities_ms: Arc<[u32]>,
}

/// The reason why a text is not a trace.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TraceError {
    /// A line is not a number of milliseconds.
    #[error("line {line} is {text:?}, not a whole number of milliseconds")]
    NotANumber {
        /// Number of the line, from 1.
        line: usize,
        /// The beginning of the line.
        text: String,
    },
    /// A time has decimals, as times in seconds have.
    #[error("line {line} is {text:?}, which has decimals; times are whole milliseconds")]
    Decimal {
        /// Number of the line, from 1.
        line: usize,
        /// The beginning of the line.
        text: String,
    },
    /// A line has several numbers, as in other formats.
    #[error(
        "line {line} has {columns} columns; a trace has one, the time. Two, seconds and Mbit/s, are Pensieve's format"
    )]
    Columns {
        /// Number of the line, from 1.
        line: usize,
        /// Number of columns, 2 or more.
        columns: usize,
    },
    /// A time is beyond the longest trace.
    #[error(
        "line {line} is {text:?}, more than a week of milliseconds; count from the start of the trace, not from 1970"
    )]
    TooLate {
        /// Number of the line, from 1.
        line: usize,
        /// The beginning of the line.
        text: String,
    },
    /// A time is before the previous one.
    #[error("line {line} goes back in time, from {before} ms to {after} ms; lines must not decrease")]
    Backwards {
        /// Number of the line, from 1.
        line: usize,
        /// Time of the previous line, in milliseconds.
        before: u32,
        /// Time of this line, in milliseconds.
        after: u32,
    },
    /// The text has no lines.
    #[error("it has no lines; each line is a millisecond at which one packet of 1500 bytes may leave")]
    Empty,
    /// The last line is 0, so that the trace has no duration.
    #[error("its last line is 0 ms, so that it has no length; the last line says how long the trace is")]
    NoLength,
    /// The trace has more lines than allowed.
    #[error("it has more than {MOST_LINES} lines; cut it")]
    TooLong,
}

impl TraceError {
    /// Returns how to convert the file, if it is in a common other format.
    pub fn conversion(&self) -> Option<&'static str> {
        match self {
            Self::Decimal { .. } => {
                Some("seconds become milliseconds with `awk '{ printf \"%.0f\\n\", $1 * 1000 }' FILE`")
            }
            Self::Columns { columns: 2, .. } => Some(
                "convert seconds and Mbit/s with `awk 'NR > 1 { for (; ms < $1 * 1000; ms++) for (bits += rate * 1000; \
                 bits >= 12000; bits -= 12000) print ms } { rate = $2 }' FILE`",
            ),
            Self::TooLate { .. } => {
                Some("take the first line from all with `awk 'NR == 1 { first = $1 } { print $1 - first }' FILE`")
            }
            _ => None,
        }
    }

    /// Returns the error of a line that is not a whole number.
    fn of_line(line: usize, text: &str) -> Self {
        let columns: Vec<_> = text.split([' ', '\t', ',', ';']).filter(|part| !part.is_empty()).collect();
        let are_numbers = columns.iter().all(|part| part.parse::<f64>().is_ok());
        let is_whole = text.bytes().all(|byte| byte.is_ascii_digit());
        let text = text.chars().take(20).collect();
        match columns.len() {
            2.. if are_numbers => Self::Columns { line, columns: columns.len() },
            1 if is_whole => Self::TooLate { line, text },
            1 if are_numbers && !columns[0].starts_with('-') => Self::Decimal { line, text },
            _ => Self::NotANumber { line, text },
        }
    }
}

impl Trace {
    /// Parses the text of a trace. Blank lines and lines that begin with `#` are ignored.
    ///
    /// # Errors
    ///
    /// Returns an error if a line is not a number of milliseconds or goes back in time, or if the trace is empty, has
    /// no duration or is too long.
    pub fn parse(name: &str, text: &str, once: bool) -> Result<Self, TraceError> {
        let mut times: Vec<u32> = Vec::new();
        for (index, line) in text.lines().enumerate() {
            let line_text = line.trim();
            if line_text.is_empty() || line_text.starts_with('#') {
                continue;
            }
            let line = index + 1;
            let after = line_text.parse().ok().filter(|ms| *ms <= MOST_MS);
            let after = after.ok_or_else(|| TraceError::of_line(line, line_text))?;
            if let Some(before) = times.last().copied().filter(|before| *before > after) {
                return Err(TraceError::Backwards { line, before, after });
            }
            if times.len() == MOST_LINES {
                return Err(TraceError::TooLong);
            }
            times.push(after);
        }
        let period_ms = times.last().copied().ok_or(TraceError::Empty)?;
        if period_ms == 0 {
            return Err(TraceError::NoLength);
        }
        let packets = times.len() as u64;
        Ok(Self { name: name.to_owned(), once, packets, period_ms, opportunities_ms: times.into() })
    }

    /// Returns the duration of the trace.
    pub fn period(&self) -> Duration {
        Duration::from_millis(u64::from(self.period_ms))
    }

    /// Returns the mean rate of the trace.
    pub fn mean_rate(&self) -> Bitrate {
        let bits = self.packets * u64::from(OPPORTUNITY_BYTES) * 8;
        Bitrate::from_bits_per_second(bits * 1000 / u64::from(self.period_ms.max(1)))
    }

    /// Returns the time of an opportunity since the start of the trace; `None` after its end.
    pub(super) fn opportunity(&self, number: u64) -> Option<Duration> {
        let round = number.checked_div(self.opportunities_ms.len() as u64)?;
        if self.once && round > 0 {
            return None;
        }
        let within = self.opportunities_ms.get((number % self.opportunities_ms.len() as u64) as usize)?;
        Some(Duration::from_millis(round * u64::from(self.period_ms) + u64::from(*within)))
    }

    /// Returns the number of the first opportunity at or after `elapsed`.
    pub(super) fn first_from(&self, elapsed: Duration) -> u64 {
        // Opportunities are at whole milliseconds.
        let ms = u64::try_from(elapsed.as_nanos().div_ceil(1_000_000)).unwrap_or(u64::MAX);
        let period = u64::from(self.period_ms.max(1));
        let packets = self.opportunities_ms.len() as u64;
        // The last opportunity of one repetition and the first of the next may share a millisecond, so the previous
        // repetition counts.
        let round = if self.once { 0 } else { (ms / period).saturating_sub(1) };
        let within = |round: u64| {
            let at = ms - round * period;
            self.opportunities_ms.partition_point(|time| u64::from(*time) < at) as u64
        };
        match within(round) {
            found if found < packets || self.once => round * packets + found,
            _ => (round + 1) * packets + within(round + 1),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn trace(text: &str, once: bool) -> Trace {
        Trace::parse("t", text, once).expect("a trace")
    }

    #[test]
    fn trace_repeats_after_its_last_line() {
        let trace = trace("# recorded\n0\n5\n\n5\n10\n", false);
        let times: Vec<_> = (0..8).map(|number| trace.opportunity(number).expect("it loops").as_millis()).collect();
        assert_eq!(times, [0, 5, 5, 10, 10, 15, 15, 20]);
        assert_eq!(trace.mean_rate().bits_per_second(), 4 * 1500 * 8 * 100);
        assert_eq!(trace.period(), Duration::from_millis(10));
    }

    #[test]
    fn trace_ends_if_it_runs_once() {
        let trace = trace("3\n7", true);
        assert_eq!(trace.opportunity(1), Some(Duration::from_millis(7)));
        assert_eq!(trace.opportunity(2), None);
        assert_eq!(trace.first_from(Duration::from_millis(8)), 2);
    }

    #[test]
    fn errors_name_the_line() {
        let report = |text| Trace::parse("t", text, false).expect_err("wrong").to_string();
        insta::assert_snapshot!(
            [
                "1\n2x\n", "1\n5\n4\n", "\n# nothing\n", "0\n0\n", "-1\n", "1640000000000\n", "1640000000\n", "0\n0.012\n",
                "0.5 1.2\n", "0,1\n", "1;2;3\n", "a b\n", "1e3\n", "99999999999999999999999\n",
            ]
            .map(report)
            .join("\n"),
            @r#"
        line 2 is "2x", not a whole number of milliseconds
        line 3 goes back in time, from 5 ms to 4 ms; lines must not decrease
        it has no lines; each line is a millisecond at which one packet of 1500 bytes may leave
        its last line is 0 ms, so that it has no length; the last line says how long the trace is
        line 1 is "-1", not a whole number of milliseconds
        line 1 is "1640000000000", more than a week of milliseconds; count from the start of the trace, not from 1970
        line 1 is "1640000000", more than a week of milliseconds; count from the start of the trace, not from 1970
        line 2 is "0.012", which has decimals; times are whole milliseconds
        line 1 has 2 columns; a trace has one, the time. Two, seconds and Mbit/s, are Pensieve's format
        line 1 has 2 columns; a trace has one, the time. Two, seconds and Mbit/s, are Pensieve's format
        line 1 has 3 columns; a trace has one, the time. Two, seconds and Mbit/s, are Pensieve's format
        line 1 is "a b", not a whole number of milliseconds
        line 1 is "1e3", which has decimals; times are whole milliseconds
        line 1 is "99999999999999999999", more than a week of milliseconds; count from the start of the trace, not from 1970
        "#
        );
    }

    proptest::proptest! {
        #[test]
        fn first_opportunity_equals_linear_search(
            mut times in proptest::collection::vec(0_u32..20, 1..12), at in 0_u64..200, once: bool
        ) {
            times.sort_unstable();
            *times.last_mut().expect("one") += 1;
            let text = times.iter().map(|time| format!("{time}\n")).collect::<String>();
            let trace = trace(&text, once);
            let at = Duration::from_millis(at);
            let counted = (0..).find(|number| trace.opportunity(*number).is_none_or(|time| time >= at)).expect("one");
            proptest::prop_assert_eq!(trace.first_from(at), counted);
        }

        #[test]
        fn arbitrary_text_does_not_panic(text in "([0-9]{0,12}[ -x]?\n?){0,20}") {
            let _ = Trace::parse("t", &text, false);
        }
    }
}
