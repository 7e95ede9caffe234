//! What the last attempts at the cases of a run have recorded, read back.

use std::path::Path;

use jiff::Timestamp;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::clean::{clean_text, clean_value};
use super::directory::{
    CALL, CASES, CONSOLE, HOST, LINK, PAGES, PLATFORM, RTC_STATS, SAMPLES, SCREENSHOT, SUBSCRIPTIONS, case_path,
};
use super::last_attempts::{LastAttempts, RecordedLine};
use super::read::{ReadError, lines_in, numbered_lines_in, open, texts_in};
use precall_netem::{LinkReading, PathCounters};
use precall_results::webrtc_stats::StatsEntry;
use precall_results::{
    CallEventLine, CaseSeries, ConsoleLine, HostSecond, PageSecond, PlatformLine, RecordedFile, RtcSecond, Sample,
    SubscriptionSample,
};
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
    /// Absent in a network test.
    #[serde(default)]
    participant: Option<String>,
    seconds: f64,
    #[serde(flatten)]
    counters: PathCounters,
}

#[derive(Deserialize)]
struct RecordedPage {
    participant: String,
    seconds: f64,
    #[serde(flatten)]
    page: PageSecond,
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
        Ok(self.values(case, SAMPLES)?.into_iter().map(|(_, sample)| sample).collect())
    }

    /// Reads the events of the last attempt at a call, and the counters of its subscriptions. Both are empty if it
    /// recorded none.
    ///
    /// # Errors
    ///
    /// When something else than a regular file is in the place of a recorded one.
    pub fn call(&self, case: &str) -> Result<(Vec<CallEventLine>, Vec<SubscriptionSample>), ReadError> {
        let lines = self.values(case, CALL)?.into_iter().map(|(_, line)| line).collect();
        let samples = self.values(case, SUBSCRIPTIONS)?.into_iter().map(|(_, sample)| sample).collect();
        Ok((lines, samples))
    }

    /// Reads the reports of W3C statistics of the last attempt at a case, each with its time, as the page sent them. No
    /// secret and no control character is in them. Empty if it recorded none.
    ///
    /// # Errors
    ///
    /// When something else than a regular file is in the place of the recorded one.
    pub fn rtc_reports(&self, case: &str) -> Result<Vec<(Timestamp, Value)>, ReadError> {
        let mut reports: Vec<(Timestamp, Value)> = self.values(case, RTC_STATS)?;
        reports.iter_mut().for_each(|(_, report)| clean_value(report));
        Ok(reports)
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
        let read = CaseReader { directory: &directory, attempts, case };
        let link: CaseLines<RecordedLink> = read.lines(LINK)?;
        let samples: CaseLines<Sample> = read.lines(SAMPLES)?;
        let console: CaseLines<ConsoleLine> = read.lines(CONSOLE)?;
        let platform: CaseLines<PlatformLine> = read.lines(PLATFORM)?;
        let host: CaseLines<HostSecond> = read.lines(HOST)?;
        let pages: CaseLines<RecordedPage> = read.lines(PAGES)?;
        let call: CaseLines<CallEventLine> = read.lines(CALL)?;
        let subscriptions: CaseLines<SubscriptionSample> = read.lines(SUBSCRIPTIONS)?;
        // By far the largest: read without the detour that a flattened value takes.
        let rtc = numbered_lines_in::<RecordedRtcStats>(&directory, RTC_STATS)?;
        let rtc = rtc.map(|(number, line)| RecordedLine::new(line.at, line.attempt, line.stats).numbered(number));
        let rtc = CaseLines { file: RTC_STATS, lines: attempts.keep(case, rtc) };
        let applied = link.lines.first().map(|(at, (_, line))| seconds(*at) - line.seconds);
        let first = [samples.first(), rtc.first(), console.first()].into_iter().flatten().min().map(seconds);
        let zero = applied.or(first).unwrap_or_default();
        let files = vec![
            samples.file(case, zero),
            rtc.file(case, zero),
            link.file(case, zero),
            console.file(case, zero),
            platform.file(case, zero),
            host.file(case, zero),
            pages.file(case, zero),
            call.file(case, zero),
            subscriptions.file(case, zero),
        ];
        let (of_calls, of_tests): (Vec<_>, Vec<_>) =
            link.lines.into_iter().map(|(_, (_, line))| line).partition(|line| line.participant.is_some());
        Ok(Some(CaseSeries {
            began: attempts.began(case).map(seconds),
            samples: samples.values(zero).collect(),
            link: of_tests.into_iter().map(|line| (line.seconds, line.counters)).collect(),
            participant_links: by_participant(
                of_calls.into_iter().map(|line| (line.participant.unwrap_or_default(), (line.seconds, line.counters))),
            ),
            pages: by_participant(
                pages.lines.into_iter().map(|(_, (_, line))| (line.participant, (line.seconds, line.page))),
            ),
            call: call.values(zero).map(|(_, line)| clean_call(line)).collect(),
            subscriptions: subscriptions.values(zero).map(|(_, sample)| sample).collect(),
            rtc: rtc.values(zero).map(|(at, stats)| RtcSecond::of(at, &stats)).collect(),
            console: console.values(zero).map(|(at, line)| (at, clean_line(&line))).collect(),
            platform: platform.values(zero).map(|(at, line)| (at, clean_event(&line))).collect(),
            host: host.values(zero).collect(),
            // A picture that cannot be read is no reason to show nothing.
            screenshot: directory.read(SCREENSHOT, MAX_SCREENSHOT_BYTES).unwrap_or_default(),
            files: files.into_iter().filter(|file| !file.lines.is_empty()).collect(),
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

/// The files of a case whose lines can be looked up.
const LINE_FILES: [&str; 9] = [SAMPLES, RTC_STATS, LINK, CONSOLE, PLATFORM, HOST, PAGES, CALL, SUBSCRIPTIONS];

/// The largest picture of a page that is shown. One of 800 by 600 pixels has some 20 kB.
const MAX_SCREENSHOT_BYTES: u64 = 1 << 20;

/// The most bytes that are looked up at once.
const MAX_LOOKED_UP_BYTES: usize = 8 << 20;

/// Looks up lines of a file of a case. `directory` is the name of the case's directory, and `numbers` are the first and
/// the last line, from 1; without them, all lines. No secret and no control character is in them. `None` if there is no
/// such file of lines.
///
/// # Errors
///
/// When something else than a regular file or a directory is in the place of a recorded one.
pub fn recorded_lines(
    run: &Path,
    directory: &str,
    file: &str,
    numbers: Option<(usize, usize)>,
) -> Result<Option<String>, ReadError> {
    let Some(run) = open(run)? else { return Ok(None) };
    // Only the name of a directory that a case can have is one part of a path.
    let is_known = LINE_FILES.contains(&file) && case_path(directory) == Path::new(CASES).join(directory);
    let path = case_path(directory).join(file);
    if !is_known || run.file(&path).is_err() {
        return Ok(None);
    }
    let (first, last) = numbers.unwrap_or((1, usize::MAX));
    let mut text = String::new();
    let count = last.saturating_sub(first).saturating_add(1);
    for line in texts_in(&run, &path)?.skip(first.saturating_sub(1)).take(count) {
        if text.len() + line.len() > MAX_LOOKED_UP_BYTES {
            text.push_str("… the rest is in the file\n");
            break;
        }
        text.push_str(&clean_text(&line));
        text.push('\n');
    }
    Ok(Some(text))
}

/// The files of a case.
struct CaseReader<'a> {
    directory: &'a Directory,
    attempts: &'a LastAttempts,
    case: &'a str,
}

impl CaseReader<'_> {
    fn lines<T: DeserializeOwned>(&self, file: &'static str) -> Result<CaseLines<T>, ReadError> {
        let lines = numbered_lines_in::<RecordedLine<T>>(self.directory, file)?;
        let lines = self.attempts.keep(self.case, lines.map(|(number, line)| line.numbered(number)));
        Ok(CaseLines { file, lines })
    }
}

/// The lines of a file that the last attempt at a case wrote, each with its time and its number.
struct CaseLines<T> {
    file: &'static str,
    lines: Vec<(Timestamp, (usize, T))>,
}

impl<T> CaseLines<T> {
    fn first(&self) -> Option<Timestamp> {
        self.lines.first().map(|(at, _)| *at)
    }

    /// Returns where the lines are. Their times are in seconds since `zero`.
    fn file(&self, case: &str, zero: f64) -> RecordedFile {
        let path = case_path(case).join(self.file).to_string_lossy().into_owned();
        RecordedFile {
            path,
            lines: self.lines.iter().map(|(at, (number, _))| (seconds(*at) - zero, *number)).collect(),
        }
    }

    /// Returns the values, each with its time in seconds since `zero`.
    fn values(self, zero: f64) -> impl Iterator<Item = (f64, T)> {
        self.lines.into_iter().map(move |(at, (_, value))| (seconds(at) - zero, value))
    }
}

/// Returns the readings of each participant, in the order in which they were first read.
fn by_participant<T>(lines: impl Iterator<Item = (String, T)>) -> Vec<(String, Vec<T>)> {
    let mut all: Vec<(String, Vec<T>)> = Vec::new();
    for (name, reading) in lines {
        let name = clean_text(&name);
        match all.iter_mut().find(|(known, _)| *known == name) {
            Some((_, readings)) => readings.push(reading),
            None => all.push((name, vec![reading])),
        }
    }
    all
}

fn clean_call(mut line: CallEventLine) -> CallEventLine {
    line.participant = clean_text(&line.participant);
    let texts = [&mut line.event.from, &mut line.event.stream, &mut line.event.detail];
    texts.into_iter().flatten().for_each(|text| *text = clean_text(text));
    if let Some(error) = &mut line.event.error {
        (error.name, error.message) = (clean_text(&error.name), clean_text(&error.message));
    }
    line
}

fn clean_event(line: &PlatformLine) -> PlatformLine {
    let details = line.details.iter().map(|(name, value)| (clean_text(name), clean_text(value)));
    PlatformLine { what: clean_text(&line.what), details: details.collect() }
}

fn clean_line(line: &ConsoleLine) -> ConsoleLine {
    ConsoleLine {
        participant: line.participant.as_deref().map(clean_text),
        level: clean_text(&line.level),
        text: clean_text(&line.text),
    }
}

fn seconds(at: Timestamp) -> f64 {
    at.as_millisecond() as f64 / 1e3
}
