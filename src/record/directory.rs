//! The directory of a run.

use std::fs::{self, File};
use std::io;
use std::path::{Component, Path, PathBuf};

use serde::Serialize;
use sha2::{Digest, Sha256};

use super::plan::RunPlan;
use precall_support::files::{Directory, LineFile, Lock};
use precall_support::secrets::redact;

/// Why something could not be recorded.
#[derive(Debug, thiserror::Error)]
#[error("could not write {}: {error}{}", path.display(), advice(error))]
pub struct RecordError {
    path: PathBuf,
    error: io::Error,
}

impl RecordError {
    pub(super) fn new(path: &Path, error: io::Error) -> Self {
        Self { path: path.to_owned(), error }
    }

    /// Whether another place could be written: this one has no room, or does not allow it.
    pub fn is_about_the_place(&self) -> bool {
        advice(&self.error).is_empty()
    }
}

/// Explains errors by precall's own rules.
fn advice(error: &io::Error) -> &'static str {
    match error.kind() {
        io::ErrorKind::InvalidInput => "; precall writes regular files only, and follows no link in a run's directory",
        io::ErrorKind::WouldBlock => "; then try again, or give another directory",
        _ => "",
    }
}

/// The file with the plan of a run, which it has from its first moment.
pub const PLAN: &str = "plan.json";
/// The file with the events of a run.
pub const EVENTS: &str = "events.jsonl";
/// The file with the counters of a case's links.
pub const LINK: &str = "link.jsonl";
/// The file with the samples of the network test.
pub const SAMPLES: &str = "samples.jsonl";
/// The file with the W3C statistics of a case's page.
pub(super) const RTC_STATS: &str = "rtc-stats.jsonl";
/// The file with the console of a case's page.
pub(super) const CONSOLE: &str = "console.jsonl";
/// The file with the load of the host during a case.
pub const HOST: &str = "host.jsonl";
/// The memory and the CPU time of the pages of a call.
pub(super) const PAGES: &str = "pages.jsonl";
/// The file with the events of a case's platform.
pub(super) const PLATFORM: &str = "platform.jsonl";
/// The events of a call, of all its participants.
pub(super) const CALL: &str = "call.jsonl";
/// The counters of the subscriptions of a call.
pub(super) const SUBSCRIPTIONS: &str = "subscriptions.jsonl";
/// The picture of a case's page, as PNG.
pub const SCREENSHOT: &str = "screenshot.png";
/// The file with the results of a run, which it has once it is over.
pub const RESULTS: &str = "results.json";
/// The directory of the directories of all cases.
pub const CASES: &str = "cases";
/// The directory with the files of cases that had not ended when the run was resumed.
pub(super) const UNFINISHED: &str = "unfinished";
/// The file with the result of a case that has ended.
pub const RESULT: &str = "result.json";
pub(super) const LOCK: &str = ".lock";

/// The directory of one run, that this process alone writes.
#[derive(Debug)]
pub struct RunDirectory {
    files: Directory,
    _lock: Lock,
}

/// Makes a file of a case, empty, below a run directory.
///
/// # Errors
///
/// When it cannot be made.
pub fn create_case_file(run: &Path, case: &str, name: &str) -> io::Result<File> {
    Directory::open(run)?.create_directory(case_path(case))?.create_file(name)
}

/// Returns the beginning of the name of a directory that was begun at this time (RFC 3339), to the second. Characters
/// that some file systems refuse are left out.
pub fn time_stem(started_at: &str) -> String {
    started_at.chars().filter(char::is_ascii_alphanumeric).take(15).collect()
}

/// The names that the directory of a run may have, the first that is free: `<started>-<name>`, then with a number
/// behind it.
pub(super) fn run_names(name: &str, started_at: &str) -> impl Iterator<Item = String> {
    let stem = format!("{}-{}", time_stem(started_at), file_name(name));
    std::iter::once(stem.clone()).chain((2_u32..).map(move |number| format!("{stem}-{number}")))
}

impl RunDirectory {
    /// Makes `<base>/<started>-<name>`, with a number behind it if that is taken.
    ///
    /// # Errors
    ///
    /// When the directory cannot be made.
    pub fn create(base: &Path, name: &str, started_at: &str) -> Result<Self, RecordError> {
        let fail = |path: &Path| {
            let path = path.to_owned();
            move |error| RecordError { path, error }
        };
        fs::create_dir_all(base).map_err(fail(base))?;
        for name in run_names(name, started_at) {
            let path = base.join(name);
            match fs::create_dir(&path) {
                Ok(()) => {
                    Directory::open(base).and_then(|base| base.sync()).map_err(fail(base))?;
                    // Another process may have taken the directory that was made a moment ago.
                    if let Some(directory) = Self::open(&path)? {
                        return Ok(directory);
                    }
                }
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(RecordError { path, error }),
            }
        }
        unreachable!("there are more numbers than directories")
    }

    /// A directory that is there already; `None` when another process writes it.
    pub(super) fn open(path: &Path) -> Result<Option<Self>, RecordError> {
        let fail = |error| RecordError::new(path, error);
        let files = Directory::open(path).map_err(fail)?;
        let lock = files.lock(LOCK).map_err(|error| RecordError::new(&path.join(LOCK), error))?;
        Ok(lock.map(|lock| Self::of(files, lock)))
    }

    /// A directory that is there already and locked.
    pub(super) fn of(files: Directory, lock: Lock) -> Self {
        Self { files, _lock: lock }
    }

    /// Writes down what the run was asked for.
    ///
    /// # Errors
    ///
    /// When it cannot be written.
    pub fn write_plan(&self, plan: &RunPlan) -> Result<(), RecordError> {
        self.write_json(PLAN, plan)
    }

    /// Returns the path of the directory.
    pub fn path(&self) -> &Path {
        self.files.path()
    }

    /// Writes a file below it, without secrets: it is there whole, or not at all.
    pub(super) fn write_json(&self, below: impl AsRef<Path>, value: &impl Serialize) -> Result<(), RecordError> {
        let below = below.as_ref();
        let written = json(value).and_then(|text| {
            below.parent().map_or(Ok(()), |parent| self.files.create_directory(parent).map(drop))?;
            self.files.replace(below, text.as_bytes())
        });
        written.map_err(|error| RecordError::new(&self.path().join(below), error))
    }

    /// Opens a file below it to which lines are added, or makes it.
    pub(super) fn lines(&self, below: impl AsRef<Path>) -> Result<JsonLines, RecordError> {
        let below = below.as_ref();
        let path = self.path().join(below);
        let parent = below.parent().map_or(Ok(()), |parent| self.files.create_directory(parent).map(drop));
        match parent.and_then(|()| LineFile::open(&self.files, below)) {
            Ok(file) => Ok(JsonLines { path, file }),
            Err(error) => Err(RecordError { path, error }),
        }
    }
}

/// A value as JSON for people and programs, without secrets, with a line end.
pub(super) fn json(value: &impl Serialize) -> io::Result<String> {
    let mut text = redact(&serde_json::to_string_pretty(value)?);
    text.push('\n');
    Ok(text)
}

/// Where the files of a case are, below a run's directory.
pub fn case_path(id: &str) -> PathBuf {
    Path::new(CASES).join(case_name(id))
}

/// Returns the name of the directory of a case.
pub fn case_name(id: &str) -> String {
    file_name(id)
}

/// Returns the directory of a run, by its name in the directory of all runs. `None` if there is none, and for a name or
/// a symbolic link that leads elsewhere.
pub fn run_in(runs: &Path, name: &str) -> Option<PathBuf> {
    let is_name = matches!(Path::new(name).components().collect::<Vec<_>>()[..], [Component::Normal(_)]);
    let directory = Directory::open(runs).ok()?.directory(name).ok().filter(|_| is_name)?;
    Some(directory.path().to_owned())
}

/// A file that lines of JSON are added to.
pub(super) struct JsonLines {
    path: PathBuf,
    file: LineFile,
}

impl JsonLines {
    /// Adds a line, without secrets.
    pub fn append(&mut self, value: &impl Serialize) -> Result<(), RecordError> {
        let line = serde_json::to_string(value).map_err(io::Error::from);
        let written = line.and_then(|line| self.file.append(&redact(&line)));
        written.map_err(|error| RecordError { path: self.path.clone(), error })
    }
}

/// The longest name that is kept as it is; file systems take 255 bytes.
const MAX_NAME: usize = 180;

/// A name that every file system takes. Two ids have two names: they differ in the letters that are kept, and where
/// those are too many, in a number made of all of them.
pub(super) fn file_name(text: &str) -> String {
    let clean: String =
        text.chars().map(|c| if c.is_alphanumeric() || "._-=,@".contains(c) { c } else { '_' }).collect();
    // Neither hidden, nor a way out of the directory.
    match clean.trim_start_matches('.') {
        "" => "_".to_owned(),
        name if name.len() <= MAX_NAME => name.to_owned(),
        name => {
            let digest: String = Sha256::digest(text).iter().take(6).map(|byte| format!("{byte:02x}")).collect();
            let end = (0..=MAX_NAME).rev().find(|end| name.is_char_boundary(*end)).unwrap_or_default();
            format!("{}-{digest}", &name[..end])
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_in_one_second_have_two_directories() {
        let base = tempfile::tempdir().expect("a directory");
        let make = || RunDirectory::create(base.path(), "demo", "2026-01-02T03:04:05.678Z").expect("a run directory");
        let name = |run: RunDirectory| run.path().file_name().expect("a name").to_string_lossy().into_owned();
        assert_eq!(name(make()), "20260102T030405-demo");
        assert_eq!(name(make()), "20260102T030405-demo-2");
    }

    #[test]
    fn names_cannot_leave_the_directory() {
        assert_eq!(file_name("../../etc/passwd"), "_.._etc_passwd");
        assert_eq!(file_name(".."), "_");
        assert_eq!(file_name("sdk=2.35.2,network=3g"), "sdk=2.35.2,network=3g");
        let long = |end: &str| file_name(&format!("{}{end}", "a".repeat(300)));
        assert!(long("b").len() < 200 && long("b") != long("c"));
        assert_eq!(file_name("network=büro"), "network=büro");
        // Of two bytes each, so that the limit falls into one.
        let wide = |end: &str| file_name(&format!("a{}{end}", "ü".repeat(300)));
        assert!(wide("b").len() < 200 && wide("b") != wide("c"));
    }

    #[test]
    fn written_files_hold_no_token() {
        let base = tempfile::tempdir().expect("a directory");
        let run = RunDirectory::create(base.path(), "demo", "2026").expect("a run directory");
        run.write_json("a.json", &serde_json::json!({ "url": "wss://x/?token=T1==c2VjcmV0" })).expect("written");
        let mut lines = run.lines("a.jsonl").expect("opened");
        lines.append(&"eyJhbGciOiJIUzI1NiJ9.eyJpc3MiOiIxMjM0In0.c2ln").expect("appended");
        for file in ["a.json", "a.jsonl"] {
            let text = fs::read_to_string(run.path().join(file)).expect("a file");
            assert!(text.contains("[redacted]") && !text.contains("c2"), "{text}");
        }
    }

    #[test]
    fn unwritable_directory_is_reported() {
        let error = RunDirectory::create(Path::new("/proc/no"), "demo", "2026").expect_err("refused");
        assert!(error.to_string().contains("/proc/no") && error.is_about_the_place(), "{error}");
    }
}
