//! The builds that run in the page: OpenTok.js and the network-test module under test.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::label::label;
use super::suggest::closest;
use precall_support::package::{is_name, is_release};

/// The default npm package of OpenTok.js.
pub const OPENTOK_PACKAGE: &str = "@opentok/client";

/// The npm package of the published network-test module.
const NETWORK_TEST_PACKAGE: &str = "opentok-network-test-js";

/// The build of OpenTok.js.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum SdkSpec {
    /// `version = "latest"`, `"2.27.6"` or `"last 3"`: releases of an npm package.
    Npm {
        /// The npm package (`package`). The default is `@opentok/client`; its successor is `@vonage/client-sdk-video`.
        package: String,
        /// The releases (`version`), in the syntax of [`Selection`](super::Selection).
        version: String,
    },
    /// `path = "…"`: a bundle file or the directory of an unpacked package, relative to the scenario file.
    Path(PathBuf),
}

impl Default for SdkSpec {
    fn default() -> Self {
        Self::release("latest")
    }
}

impl SdkSpec {
    /// Returns a release of `@opentok/client`.
    pub fn release(version: &str) -> Self {
        Self::Npm { package: OPENTOK_PACKAGE.to_owned(), version: version.to_owned() }
    }
}

/// The build of the network-test module under test.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum ModuleSpec {
    /// `"built-in"`: the module that is part of precall.
    #[default]
    BuiltIn,
    /// `"npm:opentok-network-test-js@3.1.6"`: a release of an npm package.
    Npm {
        /// The name of the package.
        package: String,
        /// A release such as `3.1.6`, or `latest`.
        version: String,
    },
    /// Any other text: a file or the directory of a package, relative to the scenario file.
    Path(PathBuf),
}

impl ModuleSpec {
    /// Parses the value of `test.module` or of `--module`. A path is relative to `directory`.
    ///
    /// # Errors
    ///
    /// Returns a help text if an npm package has an invalid name or version.
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
        // The @ of a scope does not separate the version.
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

    /// Returns the likely meaning of an invalid value: a release without `npm:`, or another name of the built-in
    /// module.
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

    /// Returns a short name for ids and tables: `built-in`, `3.1.6`, `other-package@1.0.0`, `my-build.js`. It is safe
    /// in file names.
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
    fn module_is_built_in_release_or_path() {
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
    fn other_names_of_modules_are_recognized() {
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
    fn labels_are_short_and_safe() {
        let label = |text: &str| parse(text).expect("a module").label();
        assert_eq!(label("built-in"), "built-in");
        assert_eq!(label("npm:opentok-network-test-js@2.4.4"), "2.4.4");
        assert_eq!(label("npm:@scope/name@1.0.0"), "@scope_name@1.0.0");
        assert_eq!(label("/a b/my build.js"), "my_build.js");
    }
}
