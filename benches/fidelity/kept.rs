//! The runs that are measured already, and the files that they are kept in.

use std::fs::{File, OpenOptions};
use std::io::Write;
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

use anyhow::Context;
use precall::fidelity::{Measurement, Route};
use precall_netem::rng::GENERATOR;

use super::arguments::Arguments;
use super::job::Job;

/// Runs, and where further ones go.
pub struct Kept {
    state: Mutex<State>,
}

struct State {
    runs: Vec<Measurement>,
    out: Option<File>,
    reference: Option<File>,
    added: usize,
}

impl Kept {
    pub fn open(arguments: &Arguments) -> anyhow::Result<Self> {
        let mut runs = Vec::new();
        let out = arguments.out.as_deref().map(|path| open(path, &mut runs)).transpose()?;
        let mut references = Vec::new();
        let reference = arguments.reference.as_deref().map(|path| open(path, &mut references)).transpose()?;
        references.retain(|run| run.route == Route::Reference && !runs.iter().any(|known| is_same(known, run)));
        runs.extend(references);
        Ok(Self { state: Mutex::new(State { runs, out, reference, added: 0 }) })
    }

    /// Whether a run need not be made. One in which the host was busy is made again.
    pub fn has(&self, job: &Job) -> bool {
        let is_job = |run: &Measurement| {
            run.starved.is_empty()
                && (run.network == job.network.name)
                && (run.route, run.seed, run.options) == (job.route, job.seed, job.options)
        };
        self.lock().runs.iter().any(is_job)
    }

    /// Keeps a run; gives how many were added.
    pub fn add(&self, run: Measurement) -> anyhow::Result<usize> {
        let mut state = self.lock();
        let line = serde_json::to_string(&run)? + "\n";
        let State { out, reference, .. } = &mut *state;
        let file = match run.route {
            Route::Reference => reference.as_mut().or(out.as_mut()),
            Route::Router => out.as_mut(),
        };
        if let Some(file) = file {
            file.write_all(line.as_bytes()).context("a run could not be kept; check that the disk has room")?;
        }
        state.runs.push(run);
        state.added += 1;
        Ok(state.added)
    }

    /// All runs.
    pub fn all(&self) -> Vec<Measurement> {
        self.lock().runs.clone()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn is_same(one: &Measurement, other: &Measurement) -> bool {
    one.network == other.network && (one.route, one.seed, one.options) == (other.route, other.seed, other.options)
}

/// Reads a file's runs and opens it for more. A last line that was cut off is not one.
fn open(path: &Path, runs: &mut Vec<Measurement>) -> anyhow::Result<File> {
    let shown = path.display();
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
        Err(error) => return Err(error).with_context(|| format!("{shown} cannot be read")),
    };
    for (index, line) in text.lines().enumerate() {
        match serde_json::from_str(line) {
            Ok(run) => runs.push(run),
            Err(_) if !text.ends_with('\n') && index + 1 == text.lines().count() => {}
            Err(error) => anyhow::bail!("{shown}, line {}: {error}; give another file", index + 1),
        }
    }
    let all = runs.len();
    runs.retain(|run| run.random_generator == GENERATOR);
    if runs.len() < all {
        println!(
            "{shown}: {} of another random generator are left out: their links had other packets",
            all - runs.len()
        );
    }
    let mut file = OpenOptions::new().create(true).append(true).open(path);
    if let Ok(file) = &mut file
        && !text.is_empty()
        && !text.ends_with('\n')
    {
        file.write_all(b"\n").with_context(|| format!("{shown} cannot be written"))?;
    }
    file.with_context(|| format!("{shown} cannot be written"))
}
