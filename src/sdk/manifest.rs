//! The manifest of a package: its `package.json`.

use std::path::Path;

use serde_json::Value;

use precall_support::files::RootedDirectory;

/// The most that is read of one. Those of large packages have some 10 kB.
const MAX_BYTES: u64 = 1024 * 1024;

/// A `package.json`, read as far as precall needs it.
pub(super) struct Manifest(Value);

impl Manifest {
    /// Reads the manifest in a directory. Absent when there is none, or it is not JSON.
    pub fn read(directory: &Path) -> Option<Self> {
        Self::of(&RootedDirectory::open(directory).ok()?)
    }

    /// As [`Manifest::read`], of a directory that is open.
    pub fn of(directory: &RootedDirectory) -> Option<Self> {
        let bytes = directory.read(Path::new("package.json"), MAX_BYTES).ok()?;
        serde_json::from_slice(&bytes).ok().map(Self)
    }

    /// A field that is text.
    pub fn text(&self, field: &str) -> Option<&str> {
        self.0.get(field)?.as_str()
    }

    /// Returns the file that `import` of the package loads, by `exports`.
    pub fn import(&self) -> Option<&str> {
        let exports = self.0.get("exports")?;
        default_of(exports.get(".").unwrap_or(exports).get("import")?)
    }
}

/// A target of `exports`: a path, or conditions of which the default counts.
fn default_of(target: &Value) -> Option<&str> {
    target.as_str().or_else(|| target.get("default")?.as_str())
}
