//! Which lines of a case's files belong to its last attempt. The lines of all attempts are in the same files.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Deserialize;

use super::clean::clean_text;
use super::directory::EVENTS;
use super::read::{ReadError, lines_in};
use precall_support::files::Directory;

/// The last attempts at the cases of a run, from its `events.jsonl`.
#[derive(Debug, Default)]
pub(super) struct LastAttempts(BTreeMap<String, LastAttempt>);

/// The begin of an attempt. A case of a resumed run has an attempt 1 for each time that it was begun, and former
/// versions wrote no attempt into the lines of a case: a line has to match both members.
#[derive(Debug, Clone, Copy)]
struct LastAttempt {
    /// When it began.
    began: Timestamp,
    /// The number of the attempt, from 1.
    number: u32,
}

/// A line of a case's file.
#[derive(Debug, Deserialize)]
pub(super) struct RecordedLine<T> {
    /// When it was written, RFC 3339.
    at: String,
    /// The number of the attempt that wrote it, from 1. Absent in records of former versions.
    #[serde(default)]
    attempt: Option<u32>,
    /// What was recorded.
    #[serde(flatten)]
    value: T,
}

impl<T> RecordedLine<T> {
    pub(super) fn new(at: String, attempt: Option<u32>, value: T) -> Self {
        Self { at, attempt, value }
    }

    /// Returns the line with its number in its file.
    pub(super) fn numbered(self, number: usize) -> RecordedLine<(usize, T)> {
        RecordedLine { at: self.at, attempt: self.attempt, value: (number, self.value) }
    }
}

/// The members of a line of `events.jsonl` that are read.
#[derive(Deserialize)]
struct RecordedEvent {
    at: String,
    event: String,
    #[serde(default)]
    case: Option<String>,
    #[serde(default)]
    attempt: Option<u32>,
    #[serde(default)]
    message: Option<String>,
}

impl LastAttempts {
    /// Reads the last attempts from a run's events, and the warnings that people were given.
    pub(super) fn read(run: &Directory) -> Result<(Self, Vec<String>), ReadError> {
        let (mut attempts, mut warnings) = (BTreeMap::new(), Vec::new());
        for line in lines_in::<RecordedEvent>(run, EVENTS)? {
            match (line.event.as_str(), line.case, line.message) {
                ("caseStarted", Some(case), _) => {
                    let Ok(began) = line.at.parse() else { continue };
                    attempts.insert(clean_text(&case), LastAttempt { began, number: line.attempt.unwrap_or(1) });
                }
                ("warning", _, Some(message)) => warnings.push(clean_text(&message)),
                _ => {}
            }
        }
        Ok((Self(attempts), warnings))
    }

    /// Returns when the last attempt at a case began; `None` when the events do not have the case.
    pub(super) fn began(&self, case: &str) -> Option<Timestamp> {
        self.0.get(case).map(|attempt| attempt.began)
    }

    /// Returns the values that the last attempt at a case wrote, each with its time. All lines count when the events do
    /// not have the case.
    pub(super) fn keep<T>(&self, case: &str, lines: impl Iterator<Item = RecordedLine<T>>) -> Vec<(Timestamp, T)> {
        let last = self.0.get(case);
        lines
            .filter_map(|line| Some((line.at.parse().ok()?, line.attempt, line.value)))
            .filter(|(at, attempt, _)| last.is_none_or(|last| last.wrote(*at, *attempt)))
            .map(|(at, _, value)| (at, value))
            .collect()
    }
}

impl LastAttempt {
    fn wrote(self, at: Timestamp, attempt: Option<u32>) -> bool {
        at >= self.began && attempt.is_none_or(|attempt| attempt == self.number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(events: &[(&str, u32)], lines: &[(&str, Option<u32>)]) -> Vec<usize> {
        let base = tempfile::tempdir().expect("a directory");
        let event = |(second, attempt): &(&str, u32)| {
            format!(
                "{{\"at\":\"2026-01-02T03:00:{second}Z\",\"event\":\"caseStarted\",\"case\":\"a\",\"attempt\":{attempt}}}\n"
            )
        };
        std::fs::write(base.path().join(EVENTS), events.iter().map(event).collect::<String>()).expect("written");
        let (attempts, _) = LastAttempts::read(&Directory::open(base.path()).expect("open")).expect("read");
        let lines = lines.iter().enumerate().map(|(number, (second, attempt))| {
            RecordedLine::new(format!("2026-01-02T03:00:{second}Z"), *attempt, number)
        });
        attempts.keep("a", lines).into_iter().map(|(_, number)| number).collect()
    }

    #[test]
    fn lines_of_the_last_attempt_are_kept() {
        let lines = [("01.0", Some(1)), ("02.0", Some(1)), ("12.0", Some(2))];
        assert_eq!(kept(&[("00.0", 1), ("10.0", 2)], &lines), [2]);
        assert_eq!(kept(&[("00.0", 1), ("10.0", 2), ("20.0", 3)], &lines), [0; 0], "the last attempt wrote nothing");
        assert_eq!(kept(&[], &lines), [0, 1, 2], "no event tells of an attempt");
    }

    #[test]
    fn a_late_line_of_an_earlier_attempt_is_left_out() {
        assert_eq!(kept(&[("00.0", 1), ("10.0", 2)], &[("10.1", Some(1)), ("10.2", Some(2))]), [1]);
    }

    #[test]
    fn a_resumed_case_has_two_first_attempts() {
        assert_eq!(kept(&[("00.0", 1), ("10.0", 1)], &[("01.0", Some(1)), ("11.0", Some(1))]), [1]);
    }

    #[test]
    fn lines_of_former_versions_are_kept_by_their_time() {
        assert_eq!(kept(&[("00.0", 1), ("10.0", 2)], &[("01.0", None), ("11.0", None)]), [1]);
    }
}
