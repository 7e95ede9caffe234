//! Which builds run in the page: OpenTok.js, and the network-test module under test.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::model::label;
use super::suggest::closest;
use precall_support::package::{is_name, is_release};

/// The npm package of OpenTok.js that is meant when none is named.
pub const OPENTOK_PACKAGE: &str = "@opentok/client";

/// The published network-test module.
const NETWORK_TEST_PACKAGE: &str = "opentok-network-test-js";

/// Which OpenTok.js to run.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum SdkSpec {
    /// `version = "latest"`, `"2.27.6"` or `"last 3"`: releases of an npm package.
    Npm {
        /// `package`: by default `@opentok/client`; its successor is `@vonage/client-sdk-video`.
        package: String,
        /// Which releases: see [`Selection`](super::Selection).
        version: String,
    },
    /// `path = "…"`: a bundle file, or a directory that holds an unpacked package. Relative to the scenario file.
    Path(PathBuf),
}

impl Default for SdkSpec {
    fn default() -> Self {
        Self::release("latest")
    }
}

impl SdkSpec {
    /// A release of `@opentok/client`.
    pub fn release(version: &str) -> Self {
        Self::Npm { package: OPENTOK_PACKAGE.to_owned(), version: version.to_owned() }
    }
}

/// Which network-test module is under test.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum ModuleSpec {
    /// `"built-in"`: the one that precall brings along.
    #[default]
    BuiltIn,
    /// `"npm:opentok-network-test-js@3.1.6"`: a release of an npm package.
    Npm {
        /// The package.
        package: String,
        /// A release or a tag.
        version: String,
    },
    /// Anything else: a file, or a package's directory. Relative to the scenario file.
    Path(PathBuf),
}

impl ModuleSpec {
    /// Reads what a scenario or the command line says; paths are relative to `directory`. The error is a help text.
    ///
    /// # Errors
    ///
    /// When it names an npm package in a way that npm would not take.
    pub fn parse(text: &str, directory: &Path) -> Result<Self, String> {
        const EXAMPLE: &str =
            "write \"built-in\", a release such as \"npm:opentok-network-test-js@3.1.6\", or the path of a build";
        if text.is_empty() {
            return Err(EXAMPLE.to_owned());
        }
        if text == "built-in" {
            return Ok(Self::BuiltIn);
        }
        let Some(named) = text.strip_prefix("npm:") else { return Ok(Self::Path(directory.join(text))) };
        // A scope's @ is no separator.
        let (package, version) = match named.char_indices().skip(1).find(|(_, c)| *c == '@') {
            Some((at, _)) => (&named[..at], &named[at + 1..]),
            None => (named, "latest"),
        };
        let is_version = version == "latest" || semver::Version::parse(version).is_ok_and(|it| is_release(&it));
        if !is_name(package) || !is_version {
            return Err(EXAMPLE.to_owned());
        }
        Ok(Self::Npm { package: package.to_owned(), version: version.to_owned() })
    }

    /// What a text that is no module most likely means: a release without `npm:`, or other words for the built-in one.
    pub(super) fn meant(text: &str) -> Option<String> {
        let named = text.trim().trim_start_matches("npm:").trim();
        let (package, version) = match named.strip_prefix(NETWORK_TEST_PACKAGE) {
            Some(rest) => (NETWORK_TEST_PACKAGE, rest.trim_start_matches(['@', ' ', '=', ':', '^', '~'])),
            None => (NETWORK_TEST_PACKAGE, named),
        };
        let version = version.trim_start_matches('v');
        match version {
            "" | "latest" if named != version => Some(format!("npm:{package}")),
            _ if semver::Version::parse(version).is_ok() => Some(format!("npm:{package}@{version}")),
            _ => closest(named, &["built-in"])
                .or_else(|| ["default", "own", "precall"].contains(&named).then_some("built-in"))
                .map(str::to_owned),
        }
    }

    /// A short name, for ids and tables: `built-in`, `3.1.6`, `other-package@1.0.0`, `my-build.js`. Safe in file names.
    pub fn label(&self) -> String {
        let name = match self {
            Self::BuiltIn => "built-in".to_owned(),
            Self::Npm { package, version } if package == NETWORK_TEST_PACKAGE => version.clone(),
            Self::Npm { package, version } => format!("{package}@{version}"),
            Self::Path(path) => path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned(),
        };
        label(&name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<ModuleSpec, String> {
        ModuleSpec::parse(text, Path::new("scenarios"))
    }

    #[test]
    fn a_module_is_built_in_a_release_or_a_path() {
        let npm = |package: &str, version: &str| {
            Ok(ModuleSpec::Npm { package: package.to_owned(), version: version.to_owned() })
        };
        assert_eq!(parse("built-in"), Ok(ModuleSpec::BuiltIn));
        assert_eq!(parse("npm:opentok-network-test-js@3.1.6"), npm("opentok-network-test-js", "3.1.6"));
        assert_eq!(parse("npm:opentok-network-test-js"), npm("opentok-network-test-js", "latest"));
        assert_eq!(parse("npm:@scope/name@1.0.0"), npm("@scope/name", "1.0.0"));
        assert_eq!(parse("npm:@scope/name"), npm("@scope/name", "latest"));
        assert_eq!(parse("../dist/index.js"), Ok(ModuleSpec::Path(PathBuf::from("scenarios/../dist/index.js"))));
        for wrong in [
            "",
            "npm:",
            "npm:a@^1.0",
            "npm:a b@1.0.0",
            "npm:--registry@1.0.0",
            "npm:a@1.0.0@2",
            "npm:/abs/path@1.0.0-x.tgz",
            "npm:../x",
            "npm:a@1.0.0-x.tgz",
        ] {
            assert!(parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn other_ways_to_name_a_module_are_known() {
        let meant = ModuleSpec::meant;
        for (text, wanted) in [
            ("opentok-network-test-js@3.1.6", Some("npm:opentok-network-test-js@3.1.6")),
            ("npm:opentok-network-test-js@^3.1.6", Some("npm:opentok-network-test-js@3.1.6")),
            ("opentok-network-test-js", Some("npm:opentok-network-test-js")),
            ("3.1.6", Some("npm:opentok-network-test-js@3.1.6")),
            ("builtin", Some("built-in")),
            ("dist/index.js", None),
            ("", None),
        ] {
            assert_eq!(meant(text).as_deref(), wanted, "{text}");
        }
    }

    #[test]
    fn a_label_is_short_and_safe() {
        let label = |text: &str| parse(text).expect("a module").label();
        assert_eq!(label("built-in"), "built-in");
        assert_eq!(label("npm:opentok-network-test-js@2.4.4"), "2.4.4");
        assert_eq!(label("npm:@scope/name@1.0.0"), "@scope_name@1.0.0");
        assert_eq!(label("/a b/my build.js"), "my_build.js");
    }
}
