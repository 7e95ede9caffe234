//! The directory of a run.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use serde::Serialize;
use sha2::{Digest, Sha256};

use super::plan::RunPlan;
use super::resume::lock;
use crate::credentials::redact;

/// Why something could not be recorded.
#[derive(Debug, thiserror::Error)]
#[error("could not write {}: {error}; check that the disk has room and the directory may be written, or give another with --output", path.display())]
pub struct RecordError {
    path: PathBuf,
    error: io::Error,
}

impl RecordError {
    pub(super) fn new(path: &Path, error: io::Error) -> Self {
        Self { path: path.to_owned(), error }
    }
}

/// Files and directories of a run.
pub(super) const PLAN: &str = "plan.json";
pub(super) const EVENTS: &str = "events.jsonl";
pub(super) const RESULTS: &str = "results.json";
pub(super) const CASES: &str = "cases";
const LOCK: &str = ".lock";

/// The directory of one run, that this process alone writes.
#[derive(Debug)]
pub struct RunDirectory {
    path: PathBuf,
    _lock: File,
}

/// Makes a file of a case, empty, below a run directory.
///
/// # Errors
///
/// When it cannot be made.
pub fn create_case_file(run: &Path, case: &str, name: &str) -> io::Result<File> {
    let directory = run.join(CASES).join(file_name(case));
    fs::create_dir_all(&directory)?;
    File::create(directory.join(name))
}

/// What directories that were begun at this time (RFC 3339) are called first, to the second: without what some file systems refuse.
pub fn time_stem(started_at: &str) -> String {
    started_at.chars().filter(char::is_ascii_alphanumeric).take(15).collect()
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
        let stem = time_stem(started_at);
        for number in 1_u32.. {
            let suffix = if number == 1 { String::new() } else { format!("-{number}") };
            let path = base.join(format!("{stem}-{}{suffix}", file_name(name)));
            match fs::create_dir(&path) {
                Ok(()) => match Self::open(&path)? {
                    Some(directory) => return Ok(directory),
                    // Somebody was quick to take what was made a moment ago.
                    None => continue,
                },
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(RecordError { path, error }),
            }
        }
        unreachable!("there are more numbers than directories")
    }

    /// A directory that is there already; `None` when another process writes it.
    pub(super) fn open(path: &Path) -> Result<Option<Self>, RecordError> {
        let lock = lock(&path.join(LOCK))?;
        Ok(lock.map(|lock| Self { path: path.to_owned(), _lock: lock }))
    }

    /// Writes down what the run was asked for.
    ///
    /// # Errors
    ///
    /// When it cannot be written.
    pub fn write_plan(&self, plan: &RunPlan) -> Result<(), RecordError> {
        self.write_json(&self.path.join(PLAN), plan)
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Where a case's files are.
    pub(super) fn case_path(&self, id: &str) -> PathBuf {
        case_directory(&self.path, id)
    }

    /// The directory of a case, made when first asked for.
    pub(super) fn case(&self, id: &str) -> Result<PathBuf, RecordError> {
        let path = self.case_path(id);
        match fs::create_dir_all(&path) {
            Ok(()) => Ok(path),
            Err(error) => Err(RecordError { path, error }),
        }
    }

    /// Writes a file in one step: it is there whole, or not at all.
    pub(super) fn write_json(&self, path: &Path, value: &impl Serialize) -> Result<(), RecordError> {
        let fail = |error| RecordError { path: path.to_owned(), error };
        let text = serde_json::to_string_pretty(value).map_err(|error| fail(error.into()))?;
        let temporary = path.with_extension("json.part");
        let write = || {
            let mut file = File::create(&temporary)?;
            file.write_all(redact(&text).as_bytes())?;
            file.write_all(b"\n")?;
            file.sync_all()?;
            fs::rename(&temporary, path)?;
            // Its name is in the directory, and that is to outlive a power cut as well.
            path.parent().map_or(Ok(()), |parent| File::open(parent)?.sync_all())
        };
        write().map_err(fail)
    }
}

/// Where the files of a run's case are.
pub(super) fn case_directory(run: &Path, id: &str) -> PathBuf {
    run.join(CASES).join(file_name(id))
}

/// A file that lines of JSON are added to.
pub(super) struct JsonLines {
    path: PathBuf,
    file: File,
}

impl JsonLines {
    /// Opens it, or makes it.
    pub fn open(path: PathBuf) -> Result<Self, RecordError> {
        match OpenOptions::new().create(true).append(true).open(&path) {
            Ok(file) => Ok(Self { path, file }),
            Err(error) => Err(RecordError { path, error }),
        }
    }

    /// Adds a line, in one write: a reader never sees half of one unless the machine died.
    pub fn append(&mut self, value: &impl Serialize) -> Result<(), RecordError> {
        let fail = |error| RecordError { path: self.path.clone(), error };
        let mut line = redact(&serde_json::to_string(value).map_err(|error| fail(error.into()))?);
        line.push('\n');
        self.file.write_all(line.as_bytes()).map_err(fail)
    }
}

/// The longest name that is kept as it is; file systems take 255 bytes.
const MAX_NAME: usize = 180;

/// A name that every file system takes. Two ids have two names: they differ in the letters that are kept, and where those
/// are too many, in a number made of all of them.
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
    fn two_runs_in_one_second_have_two_directories() {
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
    fn what_is_written_holds_no_token() {
        let base = tempfile::tempdir().expect("a directory");
        let run = RunDirectory::create(base.path(), "demo", "2026").expect("a run directory");
        let path = run.path().join("a.json");
        run.write_json(&path, &serde_json::json!({ "url": "wss://x/?token=T1==c2VjcmV0" })).expect("written");
        let mut lines = JsonLines::open(run.path().join("a.jsonl")).expect("opened");
        lines.append(&"eyJhbGciOiJIUzI1NiJ9.eyJpc3MiOiIxMjM0In0.c2ln").expect("appended");
        for file in ["a.json", "a.jsonl"] {
            let text = fs::read_to_string(run.path().join(file)).expect("a file");
            assert!(text.contains("[redacted]") && !text.contains("c2"), "{text}");
        }
    }

    #[test]
    fn a_directory_that_cannot_be_made_is_said() {
        let error = RunDirectory::create(Path::new("/proc/no"), "demo", "2026").expect_err("refused");
        assert!(error.to_string().contains("/proc/no") && error.to_string().contains("--output"), "{error}");
    }
}
