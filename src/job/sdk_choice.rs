//! The builds of OpenTok.js that a command line chooses.

use std::path::{MAIN_SEPARATOR, Path, PathBuf};

use super::parsed::Parsed;
use precall_scenario::{SdkSpec, Selection, label};

/// The names that the bundle has in packages. One of them alone says nothing about the build.
const BUNDLE_NAMES: [&str; 2] = ["opentok.js", "opentok.min.js"];

/// A choice of builds of OpenTok.js.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SdkChoice {
    /// Releases of the package that the scenario names.
    Releases(Selection),
    /// A build on disk: a bundle file or the directory of an unpacked package, as an absolute path.
    Build(PathBuf),
}

impl Parsed<SdkChoice> {
    /// Parses a release, a range, a tag, or the path of a build, relative to the working directory. A path has a `/` or
    /// ends with `.js`.
    ///
    /// # Errors
    ///
    /// When the text is neither.
    pub fn sdk(text: &str) -> Result<Self, String> {
        if text.contains(MAIN_SEPARATOR) || text.ends_with(".js") {
            return Ok(Self::build(Path::new(text)));
        }
        let selection = |text: &str| Selection::parse(text).map(SdkChoice::Releases);
        Self::new(text, selection).map_err(|error| format!("{error}; the path of a build has a `/` or ends with `.js`"))
    }

    /// Returns the choice of a build on disk.
    pub fn build(path: &Path) -> Self {
        let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
        Self::of(path.display().to_string(), SdkChoice::Build(path))
    }

    /// Returns the choice of exactly this release.
    pub fn release(version: &semver::Version) -> Self {
        Self::of(version.to_string(), SdkChoice::Releases(Selection::Exact(version.clone())))
    }

    /// Returns the value of the axis `sdk` for this choice: the release, or the name of the file, after that of its
    /// directory if the file has the name that every bundle has.
    pub fn label(&self) -> String {
        let SdkChoice::Build(path) = self.value() else { return label(self.text()) };
        let name = |path: &Path| path.file_name().map(|name| name.to_string_lossy().into_owned());
        match (name(path), path.parent().and_then(name)) {
            (Some(file), Some(directory)) if BUNDLE_NAMES.contains(&file.as_str()) => {
                label(&format!("{directory}-{file}"))
            }
            (Some(file), _) => label(&file),
            (None, _) => label(self.text()),
        }
    }

    /// Returns the build that a case gets instead of its own.
    pub(super) fn in_place_of(&self, own: &SdkSpec) -> SdkSpec {
        match (self.value(), own) {
            (SdkChoice::Build(path), _) => SdkSpec::Path(path.clone()),
            (SdkChoice::Releases(_), SdkSpec::Npm { package, .. }) => {
                SdkSpec::Npm { package: package.clone(), version: self.text().to_owned() }
            }
            (SdkChoice::Releases(_), SdkSpec::Path(_)) => SdkSpec::release(self.text()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_build_has_a_slash_or_the_name_of_a_script() {
        let choice = |text: &str| Parsed::sdk(text).expect("a choice");
        assert!(matches!(choice("^2.27").value(), SdkChoice::Releases(_)));
        for text in ["./dist", "dist/opentok.js", "opentok.js"] {
            let SdkChoice::Build(path) = choice(text).value().clone() else { panic!("{text} is a build") };
            assert!(path.is_absolute(), "{path:?}");
        }
        assert!(Parsed::sdk("newest please").is_err_and(|error| error.contains("the path of a build")));
    }

    #[test]
    fn labels_tell_builds_apart() {
        let of = |text: &str| Parsed::sdk(text).expect("a choice").label();
        let texts = ["2.35.2", "old/opentok.js", "new/opentok.js", "/builds/2.36.0-rc.1"];
        assert_eq!(texts.map(of), ["2.35.2", "old-opentok.js", "new-opentok.js", "2.36.0-rc.1"]);
    }
}
