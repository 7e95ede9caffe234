//! Where `precall.toml` is, and what is in it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::defaults::{ProjectDefaults, decode};
use crate::diagnostic::LoadError;
use crate::load::{read_text, tree_of};
use crate::problems::Problems;
use crate::suggest::suggestion;
use crate::table::TableReader;

/// The name of the file.
pub const PROJECT_FILE: &str = "precall.toml";

/// A project's `precall.toml`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProjectFile {
    /// The path from which it was read.
    pub path: PathBuf,
    /// What is set outside of profiles.
    common: ProjectDefaults,
    /// The profiles (`[profile.ci]`) by name, laid over the rest.
    profiles: BTreeMap<String, ProjectDefaults>,
}

impl ProjectFile {
    /// Returns the names of the profiles.
    pub fn profiles(&self) -> Vec<&str> {
        self.profiles.keys().map(String::as_str).collect()
    }

    /// Returns the defaults of a profile, or those outside of profiles.
    ///
    /// # Errors
    ///
    /// Returns a sentence with the existing names if no profile has this name.
    pub fn defaults(&self, profile: Option<&str>) -> Result<&ProjectDefaults, String> {
        let Some(name) = profile else { return Ok(&self.common) };
        self.profiles.get(name).ok_or_else(|| match self.profiles.is_empty() {
            true => format!("{} has no profiles; add [profile.{name}]", self.path.display()),
            false => {
                let advice = suggestion(name, &self.profiles());
                format!("{} has no profile {name:?}: {advice}", self.path.display())
            }
        })
    }
}

/// Returns the `precall.toml` of the project that a directory is in: the first one from this directory up to the root
/// of its git repository. Outside of a repository only the directory itself can have one.
pub fn find_project(directory: &Path) -> Option<PathBuf> {
    let is_root = |directory: &&Path| directory.join(".git").exists();
    let depth = directory.ancestors().position(|above| is_root(&above)).unwrap_or(0);
    let found = directory.ancestors().take(depth + 1).map(|above| above.join(PROJECT_FILE));
    found.into_iter().find(|path| path.is_file())
}

/// Reads and checks a file. `formats` are those of reports. Paths in it are relative to its directory.
///
/// # Errors
///
/// Returns all mistakes in the file, or the reason why it cannot be read.
pub fn load_project(path: &Path, formats: &[&str]) -> Result<ProjectFile, LoadError> {
    let text = read_text(path)?;
    let (root, sources) = tree_of(&text, path)?;
    let mut problems = Problems::default();
    problems.read_from(&sources);
    let directory = path.parent().unwrap_or(Path::new(""));
    let mut reader = TableReader::new("", &root, directory, &mut problems);
    let common = decode(&mut reader, formats, &mut problems);
    let mut profiles = BTreeMap::new();
    for (name, mut reader) in reader.named_tables("profile", &mut problems) {
        let own = decode(&mut reader, formats, &mut problems);
        reader.finish(&mut problems);
        profiles.insert(name, common.under(&own));
    }
    reader.finish(&mut problems);
    match problems.is_empty() {
        true => Ok(ProjectFile { path: path.to_owned(), common, profiles }),
        false => Err(LoadError::new(sources, problems.into_inner())),
    }
}

#[cfg(test)]
mod tests;
