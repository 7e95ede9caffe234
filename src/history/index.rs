//! Opening the index, and bringing it up to date with the directories of runs.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, UNIX_EPOCH};

use rusqlite::{Connection, OpenFlags, TransactionBehavior};

use super::error::IndexError;
use super::insert::{insert_finished, insert_unfinished};
use super::schema::prepare;
use crate::record::{PLAN, RESULTS, cleaned, read_results};

/// The file of the index, in the directory of the runs.
const FILE: &str = ".history.sqlite3";

/// How long one process waits for another that writes the index. Reading a thousand runs takes less.
const BUSY_TIMEOUT: Duration = Duration::from_secs(60);

/// An index of the runs in a directory.
#[derive(Debug)]
pub struct RunIndex {
    pub(super) connection: Connection,
    pub(super) path: PathBuf,
    runs: PathBuf,
}

/// What an index did to be up to date.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Refreshed {
    /// The number of runs that were read, because they are new or have changed.
    pub read: usize,
    /// The number of runs that are gone.
    pub removed: usize,
}

impl RunIndex {
    /// Opens the index of the runs in a directory, and brings it up to date. The index is a file in that directory, or
    /// in memory where the directory cannot be written.
    ///
    /// # Errors
    ///
    /// When the directory cannot be read, or the database fails.
    pub fn open(runs: &Path) -> Result<(Self, Refreshed), IndexError> {
        let unreadable = |error| IndexError::Unreadable { path: runs.to_owned(), error };
        // The whole path of the file must be free of links, so that a link in its place leads nowhere.
        let runs = &runs.canonicalize().map_err(unreadable)?;
        let present = directories(runs).map_err(unreadable)?;
        let path = runs.join(FILE);
        let flags = OpenFlags::default() | OpenFlags::SQLITE_OPEN_NOFOLLOW;
        let mut index = match Self::open_at(Connection::open_with_flags(&path, flags), &path, runs) {
            Ok(index) => index,
            Err(error) if is_read_only(&error) => Self::open_at(Connection::open_in_memory(), &path, runs)
                .map_err(|error| IndexError::Database { path: path.clone(), error })?,
            Err(error) => return Err(IndexError::Database { path, error }),
        };
        let refreshed = index.refresh(&present).map_err(|error| IndexError::Database { path, error })?;
        Ok((index, refreshed))
    }

    fn open_at(connection: rusqlite::Result<Connection>, path: &Path, runs: &Path) -> rusqlite::Result<Self> {
        let mut connection = connection?;
        connection.busy_timeout(BUSY_TIMEOUT)?;
        prepare(&mut connection)?;
        Ok(Self { connection, path: path.to_owned(), runs: runs.to_owned() })
    }

    /// Reads the runs that are new or have changed, and forgets those that are gone. Nobody sees a part of it.
    fn refresh(&mut self, present: &BTreeMap<String, String>) -> rusqlite::Result<Refreshed> {
        let transaction = self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let known: BTreeMap<String, String> = transaction
            .prepare("SELECT directory, stamp FROM run")?
            .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
            .collect::<rusqlite::Result<_>>()?;
        let gone: BTreeSet<&String> = known.keys().filter(|name| !present.contains_key(*name)).collect();
        let changed: Vec<_> = present.iter().filter(|(name, stamp)| known.get(*name) != Some(stamp)).collect();
        for name in gone.iter().copied().chain(changed.iter().map(|(name, _)| *name)) {
            transaction.execute("DELETE FROM run WHERE directory = ?1", [name])?;
        }
        for (name, stamp) in &changed {
            match read_results(&self.runs.join(name)) {
                Ok(result) => insert_finished(&transaction, name, stamp, &cleaned(&result))?,
                Err(error) => insert_unfinished(&transaction, name, stamp, (!error.is_missing()).then_some(&error))?,
            }
        }
        let refreshed = Refreshed { read: changed.len(), removed: gone.len() };
        transaction.commit()?;
        Ok(refreshed)
    }
}

/// Returns the names of the run directories, each with a text that changes whenever its results do. Symbolic links are
/// left out, since a run directory may come from anybody.
fn directories(runs: &Path) -> io::Result<BTreeMap<String, String>> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(runs)? {
        let entry = entry?;
        let (Ok(kind), Ok(name)) = (entry.file_type(), entry.file_name().into_string()) else { continue };
        if !kind.is_dir() {
            continue;
        }
        let stamp = |file: &str| fs::symlink_metadata(entry.path().join(file)).ok().map(|file| stamp(&file));
        if let Some(stamp) = stamp(RESULTS).or_else(|| stamp(PLAN).map(|plan| format!("unfinished {plan}"))) {
            found.insert(name, stamp);
        }
    }
    Ok(found)
}

fn stamp(file: &fs::Metadata) -> String {
    let modified = file.modified().ok().and_then(|at| at.duration_since(UNIX_EPOCH).ok()).unwrap_or_default();
    format!("{} {}", modified.as_nanos(), file.len())
}

/// Whether an index cannot be a file in its directory.
fn is_read_only(error: &rusqlite::Error) -> bool {
    use rusqlite::ErrorCode::{CannotOpen, DatabaseCorrupt, NotADatabase, PermissionDenied, ReadOnly};
    // A damaged index is left to its owner, and the answer comes from the directories.
    matches!(error.sqlite_error_code(), Some(CannotOpen | DatabaseCorrupt | NotADatabase | PermissionDenied | ReadOnly))
}

#[cfg(test)]
mod tests;
