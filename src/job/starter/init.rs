//! What a repository needs for a gate: a scenario, `precall.toml`, a file for its CI system, and lines in `.gitignore`.

use std::path::{Path, PathBuf};

use super::ci_system::CiSystem;
use super::gate_text::with_gate;
use super::ignored;
use super::scenario::ScenarioKind;
use crate::job::error::JobError;
use crate::job::reports::write_file;
use precall_scenario::{GateSpec, PROJECT_FILE, named_network, parse};

/// The scenario of the gate. The files of CI systems name it.
pub(super) const SCENARIO: &str = "upgrade-gate.toml";

/// The ready scenario of a gate.
const READY: &str = include_str!("../../../scenarios/upgrade-gate.toml");

/// The `precall.toml` of a project with a gate.
const PROJECT: &str = include_str!("templates/precall.toml");

/// The largest `.gitignore` that is read, in bytes.
const MOST_BYTES: u64 = 1 << 20;

/// What `init` is asked for.
#[derive(Debug, Clone)]
pub struct InitRequest {
    /// The root of the repository.
    pub root: PathBuf,
    /// What the gate runs.
    pub kind: ScenarioKind,
    /// The release in production.
    pub from: String,
    /// The release that is to replace it.
    pub to: String,
    /// The networks, by name.
    pub networks: Vec<String>,
    /// The CI system. Absent for no file.
    pub ci: Option<CiSystem>,
}

/// A file of `init`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StarterFile {
    /// It is new.
    Written(PathBuf),
    /// It had other lines, which it still has, and has new ones.
    Extended(PathBuf),
    /// It was there, and is as it was.
    Kept(PathBuf),
}

/// Returns the releases and networks of the ready scenario.
///
/// # Errors
///
/// The scenario is a part of precall, and valid.
pub fn gate_defaults() -> Result<GateSpec, JobError> {
    Ok(parse(READY, Path::new(SCENARIO))?.gate)
}

/// Writes the files of a gate. Those that exist stay as they are; `.gitignore` gets the lines that it lacks.
///
/// # Errors
///
/// When a network does not exist, or a file cannot be written. Nothing is written for the former.
pub fn init(request: &InitRequest) -> Result<Vec<StarterFile>, JobError> {
    for name in &request.networks {
        named_network(name).map_err(JobError::UnknownNetwork)?;
    }
    let base = match request.kind {
        ScenarioKind::NetworkTest => READY.to_owned(),
        kind => kind.text(Path::new(SCENARIO)).replace("precall run", "precall gate"),
    };
    let scenario = with_gate(&base, &request.from, &request.to, &request.networks);
    // What is written is valid, whatever the request has in it.
    parse(&scenario, Path::new(SCENARIO))?;
    let ci = request.ci.map(|system| system.file());
    let texts = [(SCENARIO, scenario.as_str()), (PROJECT_FILE, PROJECT)].into_iter().chain(ci);
    let mut files: Vec<_> = texts.map(|(path, text)| new_file(&request.root, path, text)).collect::<Result<_, _>>()?;
    files.push(ignore(&request.root)?);
    Ok(files)
}

/// Writes a file that does not exist.
fn new_file(root: &Path, name: &str, text: &str) -> Result<StarterFile, JobError> {
    let path = root.join(name);
    if path.symlink_metadata().is_ok() {
        return Ok(StarterFile::Kept(name.into()));
    }
    write_file(&path, text)?;
    Ok(StarterFile::Written(name.into()))
}

fn ignore(root: &Path) -> Result<StarterFile, JobError> {
    const NAME: &str = ".gitignore";
    let path = root.join(NAME);
    let read = || String::from_utf8(precall_support::files::read_named(&path, MOST_BYTES).ok()?).ok();
    if path.symlink_metadata().is_err() {
        return new_file(root, NAME, &ignored::with_lines("").unwrap_or_default());
    }
    // A file that cannot be read is not made anew.
    match read().and_then(|text| ignored::with_lines(&text)) {
        None => Ok(StarterFile::Kept(NAME.into())),
        Some(text) => {
            write_file(&path, &text)?;
            Ok(StarterFile::Extended(NAME.into()))
        }
    }
}
