//! What the last attempts at the cases of a run have recorded, read back.

use std::path::Path;

use jiff::Timestamp;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::clean::clean_text;
use super::directory::{LINK, case_path};
use super::last_attempts::{LastAttempts, RecordedLine};
use super::read::{ReadError, lines_in, open};
use precall_netem::{LinkReading, PathCounters};
use precall_results::webrtc_stats::StatsEntry;
use precall_results::{CaseSeries, ConsoleLine, RtcSecond, Sample};
use precall_support::files::Directory;

/// The recorded files of a run's cases. A run that was given by its results alone has none. Lines that were cut short
/// are left out. In records of former versions the time of a line decides to which attempt it belongs.
#[derive(Debug)]
pub struct CaseRecords {
    files: Option<(Directory, LastAttempts)>,
    pub(super) warnings: Vec<String>,
}

#[derive(Deserialize)]
struct RecordedLink {
    seconds: f64,
    #[serde(flatten)]
    counters: PathCounters,
}

#[derive(Deserialize)]
struct RecordedRtcStats {
    at: String,
    #[serde(default)]
    attempt: Option<u32>,
    #[serde(default)]
    stats: Vec<StatsEntry>,
}

impl CaseRecords {
    /// Opens the records of a run: its directory, or its `results.json` alone.
    ///
    /// # Errors
    ///
    /// When something else than a regular file is in the place of its events.
    pub fn open(run: &Path) -> Result<Self, ReadError> {
        Self::of(open(run)?)
    }

    pub(super) fn of(run: Option<Directory>) -> Result<Self, ReadError> {
        let Some(run) = run else { return Ok(Self { files: None, warnings: Vec::new() }) };
        let (attempts, warnings) = LastAttempts::read(&run)?;
        Ok(Self { files: Some((run, attempts)), warnings })
    }

    /// Reads the samples of the last attempt at a case; empty if it recorded none.
    ///
    /// # Errors
    ///
    /// When something else than a regular file is in the place of the recorded one.
    pub fn samples(&self, case: &str) -> Result<Vec<Sample>, ReadError> {
        Ok(self.values(case, "samples.jsonl")?.into_iter().map(|(_, sample)| sample).collect())
    }

    /// Reads the counters of the links during the last attempt at a case, about one reading a second. Empty if it
    /// recorded none.
    ///
    /// # Errors
    ///
    /// When something else than a regular file is in the place of the recorded one.
    pub fn links(&self, case: &str) -> Result<Vec<LinkReading>, ReadError> {
        let lines: Vec<(_, RecordedLink)> = self.values(case, LINK)?;
        Ok(lines.into_iter().map(|(_, line)| (line.seconds, line.counters)).collect())
    }

    /// Reads the series of the last attempt at a case, relative to the begin of its network; `None` if the case has no
    /// files.
    ///
    /// # Errors
    ///
    /// When something else than a regular file or a directory is in the place of a recorded one.
    pub fn series(&self, case: &str) -> Result<Option<CaseSeries>, ReadError> {
        let Some((directory, attempts)) = self.directory(case)? else { return Ok(None) };
        let link = attempts.keep(case, lines_in::<RecordedLine<RecordedLink>>(&directory, LINK)?);
        let samples = attempts.keep(case, lines_in::<RecordedLine<Sample>>(&directory, "samples.jsonl")?);
        let console = attempts.keep(case, lines_in::<RecordedLine<ConsoleLine>>(&directory, "console.jsonl")?);
        // By far the largest: read without the detour that a flattened value takes.
        let rtc = lines_in::<RecordedRtcStats>(&directory, "rtc-stats.jsonl")?;
        let rtc = attempts.keep(case, rtc.map(|line| RecordedLine::new(line.at, line.attempt, line.stats)));
        let applied = link.first().map(|(at, line)| seconds(*at) - line.seconds);
        let first = [first(&samples), first(&rtc), first(&console)].into_iter().flatten().min().map(seconds);
        let zero = applied.or(first).unwrap_or_default();
        let since = |at: Timestamp| seconds(at) - zero;
        Ok(Some(CaseSeries {
            samples: samples.into_iter().map(|(at, sample)| (since(at), sample)).collect(),
            link: link.into_iter().map(|(_, line)| (line.seconds, line.counters)).collect(),
            rtc: rtc.into_iter().map(|(at, stats)| RtcSecond::of(since(at), &stats)).collect(),
            console: console.into_iter().map(|(at, line)| (since(at), clean_line(&line))).collect(),
        }))
    }

    /// Reads a file of a case.
    fn values<T: DeserializeOwned>(&self, case: &str, file: &str) -> Result<Vec<(Timestamp, T)>, ReadError> {
        match self.directory(case)? {
            Some((directory, attempts)) => Ok(attempts.keep(case, lines_in::<RecordedLine<T>>(&directory, file)?)),
            None => Ok(Vec::new()),
        }
    }

    /// The directory of a case, if it has one.
    fn directory(&self, case: &str) -> Result<Option<(Directory, &LastAttempts)>, ReadError> {
        let Some((run, attempts)) = &self.files else { return Ok(None) };
        match run.directory(case_path(case)) {
            Ok(directory) => Ok(Some((directory, attempts))),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(ReadError::new(&run.path().join(case_path(case)), error.to_string())),
        }
    }
}

fn clean_line(line: &ConsoleLine) -> ConsoleLine {
    ConsoleLine { level: clean_text(&line.level), text: clean_text(&line.text) }
}

fn first<T>(lines: &[(Timestamp, T)]) -> Option<Timestamp> {
    lines.first().map(|(at, _)| *at)
}

fn seconds(at: Timestamp) -> f64 {
    at.as_millisecond() as f64 / 1e3
}
