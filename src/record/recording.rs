//! Reading a whole run back: its result and what its cases' files hold, cleaned for reports.

use std::collections::BTreeMap;
use std::path::Path;

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;

use super::clean::{clean_text, clean_value};
use super::directory::{EVENTS, RESULTS, case_path};
use super::read::{ReadError, checked, json_in, lines_in, open, read_json};
use super::resume::plan_in;
use precall_netem::PathCounters;
use precall_results::Sample;
use precall_results::webrtc_stats::StatsEntry;
use precall_results::{CaseSeries, ConsoleLine, Recording, RtcSecond};
use precall_support::files::Directory;

/// A run from its directory, or from its `results.json` alone. Whatever wrote it, no secret and no control character is
/// in what comes back.
///
/// # Errors
///
/// When it has no results, or they are of a newer precall. Lines of other files that cannot be read are left out.
pub fn read_recording(run: &Path) -> Result<Recording, ReadError> {
    let Some(files) = open(run)? else { return recording(run, read_json(run)?) };
    let mut recording = recording(&run.join(RESULTS), json_in(&files, RESULTS)?)?;
    if let Ok(plan) = plan_in(&files) {
        recording.scenarios = plan.scenarios.iter().map(|path| clean_text(&path.to_string_lossy())).collect();
        recording.scenario_names = plan.scenario_names.iter().map(|name| clean_text(name)).collect();
    }
    let (attempts, warnings) = read_events(&files)?;
    recording.warnings = warnings;
    for case in &recording.result.cases {
        if let Some(directory) = case_directory(&files, &case.case)? {
            let series = read_series(&directory, attempts.get(&case.case).copied())?;
            recording.series.insert(case.case.clone(), series);
        }
    }
    Ok(recording)
}

fn recording(path: &Path, mut value: Value) -> Result<Recording, ReadError> {
    clean_value(&mut value);
    Ok(Recording::of(checked(path, value)?))
}

/// Reads the series of the last attempt at a case from its files; empty where there are none.
///
/// # Errors
///
/// When there is something else than a regular file in the place of a recorded one.
pub fn read_case_series(run: &Path, case: &str) -> Result<CaseSeries, ReadError> {
    let Some(run) = open(run)? else { return Ok(CaseSeries::default()) };
    let Some(directory) = case_directory(&run, case)? else { return Ok(CaseSeries::default()) };
    let (attempts, _) = read_events(&run)?;
    read_series(&directory, attempts.get(case).copied())
}

/// The directory of a case, if it has one.
fn case_directory(run: &Directory, case: &str) -> Result<Option<Directory>, ReadError> {
    match run.directory(case_path(case)) {
        Ok(directory) => Ok(Some(directory)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(ReadError::new(&run.path().join(case_path(case)), error.to_string())),
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
    message: Option<String>,
}

/// When the last attempt at each case began, and what people were warned of.
fn read_events(run: &Directory) -> Result<(BTreeMap<String, Timestamp>, Vec<String>), ReadError> {
    let (mut attempts, mut warnings) = (BTreeMap::new(), Vec::new());
    for line in lines_in::<RecordedEvent>(run, EVENTS)? {
        match (line.event.as_str(), line.case, line.message) {
            ("caseStarted", Some(case), _) => {
                attempts.extend(line.at.parse::<Timestamp>().ok().map(|at| (clean_text(&case), at)));
            }
            ("warning", _, Some(message)) => warnings.push(clean_text(&message)),
            _ => {}
        }
    }
    Ok((attempts, warnings))
}

/// A line of a case's file with its time.
#[derive(Deserialize)]
struct Timed<T> {
    at: String,
    #[serde(default)]
    attempt: Option<u32>,
    #[serde(flatten)]
    value: T,
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

/// Reads the series of the attempt that began at this time, or of all attempts when the time is not known.
fn read_series(directory: &Directory, began: Option<Timestamp>) -> Result<CaseSeries, ReadError> {
    let link = of_attempt(timed::<RecordedLink>(directory, "link.jsonl")?, began);
    let samples = of_attempt(timed::<Sample>(directory, "samples.jsonl")?, began);
    let console = of_attempt(timed::<ConsoleLine>(directory, "console.jsonl")?, began);
    // By far the largest: read without the detour that a flattened value takes.
    let rtc = lines_in::<RecordedRtcStats>(directory, "rtc-stats.jsonl")?;
    let rtc = of_attempt(rtc.map(|line| (line.at.clone(), line.attempt, line)), began);
    let applied = link.first().map(|(at, line)| seconds(*at) - line.seconds);
    let first = [first(&samples), first(&rtc), first(&console)].into_iter().flatten().min().map(seconds);
    let zero = applied.or(first).unwrap_or_default();
    let since = |at: Timestamp| seconds(at) - zero;
    Ok(CaseSeries {
        samples: samples.into_iter().map(|(at, sample)| (since(at), sample)).collect(),
        link: link.into_iter().map(|(_, line)| (line.seconds, line.counters)).collect(),
        rtc: rtc.into_iter().map(|(at, line)| RtcSecond::of(since(at), &line.stats)).collect(),
        console: console
            .into_iter()
            .map(|(at, line)| (since(at), ConsoleLine { level: clean_text(&line.level), text: clean_text(&line.text) }))
            .collect(),
    })
}

fn first<T>(lines: &[(Timestamp, T)]) -> Option<Timestamp> {
    lines.first().map(|(at, _)| *at)
}

fn seconds(at: Timestamp) -> f64 {
    at.as_millisecond() as f64 / 1e3
}

/// Returns the lines of the last attempt; lines of earlier attempts are in the same file. Each line names its attempt; in records of
/// former versions it does not, and the time at which the attempt began decides.
fn of_attempt<T>(
    lines: impl Iterator<Item = (String, Option<u32>, T)>,
    began: Option<Timestamp>,
) -> Vec<(Timestamp, T)> {
    let timed: Vec<_> = lines
        .filter_map(|(at, attempt, value)| Some((at.parse::<Timestamp>().ok()?, attempt, value)))
        .filter(|(at, ..)| began.is_none_or(|began| *at >= began))
        .collect();
    let last = timed.iter().filter_map(|(_, attempt, _)| *attempt).max();
    let of_last = timed.into_iter().filter(|(_, attempt, _)| *attempt == last);
    of_last.map(|(at, _, value)| (at, value)).collect()
}

fn timed<T: for<'de> Deserialize<'de>>(
    directory: &Directory,
    file: &str,
) -> Result<impl Iterator<Item = (String, Option<u32>, T)>, ReadError> {
    Ok(lines_in::<Timed<T>>(directory, file)?.map(|line| (line.at, line.attempt, line.value)))
}

#[cfg(test)]
mod tests;
