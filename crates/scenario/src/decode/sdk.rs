//! Decodes `[sdk]`.

use crate::build::{OPENTOK_PACKAGE, SdkSpec};
use crate::diagnostic::Fix;
use crate::problems::Problems;
use crate::selection::Selection;
use crate::suggest::suggested_value;
use crate::table::TableReader;
use crate::written::quoted;

/// The npm packages of OpenTok.js.
const PACKAGES: [&str; 2] = [OPENTOK_PACKAGE, "@vonage/client-sdk-video"];

/// Decodes the table; `None` if it is invalid.
pub(super) fn decode(mut reader: TableReader<'_>, problems: &mut Problems) -> Option<SdkSpec> {
    let version = reader.text("version", "latest", problems);
    let path = reader.text("path", "vendor/opentok.min.js", problems);
    let package = reader.text("package", "@vonage/client-sdk-video", problems);
    if let Some((name, node)) = package
        && !PACKAGES.contains(&name)
    {
        let message = format!("{name:?} is not a package of OpenTok.js");
        let (help, meant) = suggested_value(name, &PACKAGES);
        problems.add_fixed(&node.span, message, "unknown package", help, meant.map(|meant| Fix::of(node, meant)));
    }
    let package = package.map_or(OPENTOK_PACKAGE, |(name, _)| name).to_owned();
    let spec = match (version, path) {
        (Some(_), Some((_, node))) => {
            let help = "keep one: a version is fetched with npm, a path is a build on disk";
            problems.add(&node.span, "an SDK has a version or a path, not both", "one too many", help);
            None
        }
        (Some((version, node)), None) => {
            if let Err(help) = Selection::parse(version) {
                let message = format!("{version:?} is not a release of OpenTok.js");
                let meant = Selection::meant(version).map(|meant| quoted(&meant));
                let help = meant.as_ref().map_or(help, |meant| format!("write `version = {meant}`"));
                let fix = meant.map(|meant| Fix::of(node, meant));
                problems.add_fixed(&node.span, message, "not a version", help, fix);
            }
            Some(SdkSpec::Npm { package, version: version.to_owned() })
        }
        (None, Some((path, node))) => {
            let full = reader.directory().join(path);
            if !full.exists() {
                problems.add(
                    &node.span,
                    format!("there is no OpenTok.js at {}", full.display()),
                    "not found",
                    "write the path of a bundle file, or of a directory that holds an unpacked package, relative to this file",
                );
            }
            Some(SdkSpec::Path(full))
        }
        (None, None) => Some(SdkSpec::Npm { package, version: "latest".to_owned() }),
    };
    reader.finish(problems);
    spec
}
