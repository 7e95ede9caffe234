//! A recorded rate: when the link could carry a packet.

use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::units::Bitrate;

/// What one opportunity of a trace carries: a packet of this many bytes, or several smaller ones.
pub const OPPORTUNITY_BYTES: u32 = 1500;

/// The most lines of a trace: an hour at 40 Mbit/s, and 48 MB in memory.
const MOST_LINES: usize = 12_000_000;

/// The longest trace, in milliseconds: a week. Beyond it times are counted from 1970, as some recordings do.
const MOST_MS: u32 = 7 * 24 * 3600 * 1000;

/// A rate over time, in the format of Mahimahi (Netravali et al., "Mahimahi: Accurate Record-and-Replay for HTTP", USENIX
/// ATC 2015): a text in which each line is a millisecond at which one packet of 1500 bytes may leave.
///
/// Files of results hold its name and figures, not its lines: a trace read from there has none, and carries nothing.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Trace {
    /// What it is called: the file's name as the scenario gives it.
    pub name: String,
    /// Whether the link carries nothing more once the trace is over. Otherwise it begins again.
    pub once: bool,
    /// Opportunities a round; how long a round takes, in milliseconds.
    packets: u64,
    period_ms: u32,
    #[serde(skip)]
    opportunities_ms: Arc<[u32]>,
}

/// Why a text is no trace.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TraceError {
    /// A line that is no number of milliseconds.
    #[error("line {line} is {text:?}, not a whole number of milliseconds")]
    NotANumber {
        /// Which, from 1.
        line: usize,
        /// What stands there, its beginning.
        text: String,
    },
    /// A time that has decimals, as seconds have.
    #[error("line {line} is {text:?}, which has decimals; times are whole milliseconds")]
    Decimal {
        /// Which, from 1.
        line: usize,
        /// What stands there, its beginning.
        text: String,
    },
    /// Several numbers in a line, as other formats have them.
    #[error(
        "line {line} has {columns} columns; a trace has one, the time. Two, seconds and Mbit/s, are Pensieve's format"
    )]
    Columns {
        /// Which, from 1.
        line: usize,
        /// How many.
        columns: usize,
    },
    /// A time later than any trace is long.
    #[error(
        "line {line} is {text:?}, more than a week of milliseconds; count from the start of the trace, not from 1970"
    )]
    TooLate {
        /// Which, from 1.
        line: usize,
        /// What stands there, its beginning.
        text: String,
    },
    /// Time goes back.
    #[error("line {line} goes back in time, from {before} ms to {after} ms; lines must not decrease")]
    Backwards {
        /// Which, from 1.
        line: usize,
        /// The line before.
        before: u32,
        /// The line itself.
        after: u32,
    },
    /// Nothing in it.
    #[error("it has no lines; each line is a millisecond at which one packet of 1500 bytes may leave")]
    Empty,
    /// The last line is 0, so a round takes no time.
    #[error("its last line is 0 ms, so that it has no length; the last line says how long the trace is")]
    NoLength,
    /// Longer than anybody needs.
    #[error("it has more than {MOST_LINES} lines; cut it")]
    TooLong,
}

impl TraceError {
    /// How a file of another format is made into a trace, where it is one that people have.
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

    /// What is wrong with a line that is no whole number.
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
    /// Reads a trace's text. Blank lines and lines that begin with `#` are left out.
    ///
    /// # Errors
    ///
    /// When a line is no millisecond or goes back in time, or the trace is empty, without length, or too long.
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

    /// How long a round takes.
    pub fn period(&self) -> Duration {
        Duration::from_millis(u64::from(self.period_ms))
    }

    /// The rate of a round, in the mean.
    pub fn mean_rate(&self) -> Bitrate {
        let bits = self.packets * u64::from(OPPORTUNITY_BYTES) * 8;
        Bitrate::from_bits_per_second(bits * 1000 / u64::from(self.period_ms.max(1)))
    }

    /// When opportunity `number` comes, from the trace's beginning; `None` past its end.
    pub(super) fn opportunity(&self, number: u64) -> Option<Duration> {
        let round = number.checked_div(self.opportunities_ms.len() as u64)?;
        if self.once && round > 0 {
            return None;
        }
        let within = self.opportunities_ms.get((number % self.opportunities_ms.len() as u64) as usize)?;
        Some(Duration::from_millis(round * u64::from(self.period_ms) + u64::from(*within)))
    }

    /// The number of the first opportunity that does not come before `elapsed`.
    pub(super) fn first_from(&self, elapsed: Duration) -> u64 {
        // Opportunities fall on whole milliseconds.
        let ms = u64::try_from(elapsed.as_nanos().div_ceil(1_000_000)).unwrap_or(u64::MAX);
        let period = u64::from(self.period_ms.max(1));
        let packets = self.opportunities_ms.len() as u64;
        // The last of a round may fall on the same millisecond as the first of the next, so the round before counts.
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
    fn a_trace_begins_again_after_its_last_line() {
        let trace = trace("# recorded\n0\n5\n\n5\n10\n", false);
        let times: Vec<_> = (0..8).map(|number| trace.opportunity(number).expect("it loops").as_millis()).collect();
        assert_eq!(times, [0, 5, 5, 10, 10, 15, 15, 20]);
        assert_eq!(trace.mean_rate().bits_per_second(), 4 * 1500 * 8 * 100);
        assert_eq!(trace.period(), Duration::from_millis(10));
    }

    #[test]
    fn a_trace_that_runs_once_ends() {
        let trace = trace("3\n7", true);
        assert_eq!(trace.opportunity(1), Some(Duration::from_millis(7)));
        assert_eq!(trace.opportunity(2), None);
        assert_eq!(trace.first_from(Duration::from_millis(8)), 2);
    }

    #[test]
    fn what_is_no_trace_is_said_with_its_line() {
        let said = |text| Trace::parse("t", text, false).expect_err("wrong").to_string();
        insta::assert_snapshot!(
            [
                "1\n2x\n", "1\n5\n4\n", "\n# nothing\n", "0\n0\n", "-1\n", "1640000000000\n", "1640000000\n", "0\n0.012\n",
                "0.5 1.2\n", "0,1\n", "1;2;3\n", "a b\n", "1e3\n", "99999999999999999999999\n",
            ]
            .map(said)
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
        fn the_first_opportunity_is_found_as_by_counting(
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
        fn no_text_makes_the_reader_panic(text in "([0-9]{0,12}[ -x]?\n?){0,20}") {
            let _ = Trace::parse("t", &text, false);
        }
    }
}
