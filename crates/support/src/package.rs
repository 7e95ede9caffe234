//! Checks names and versions of npm packages, so that they never denote a file, an archive or a repository.
//!
//! npm looks up `../x`, `x.tgz`, `a/b` and even `name@1.0.0-x.tgz` on disk or on GitHub. The functions here accept
//! packages of a registry only. Pure.

use semver::Version;

/// The longest name that npm accepts, in bytes.
const MAX_NAME_BYTES: usize = 214;

/// Names that npm reserves.
const RESERVED: [&str; 2] = ["node_modules", "favicon.ico"];

/// The suffixes by which npm recognizes an archive on disk, at the end of a name or a version.
const ARCHIVES: [&str; 3] = [".tgz", ".tar.gz", ".tar"];

/// Returns whether this is the name of a package of a registry: `name` or `@scope/name`.
pub fn is_name(name: &str) -> bool {
    let parts: Vec<&str> = match name.strip_prefix('@') {
        Some(scoped) => scoped.splitn(2, '/').collect(),
        None => vec![name],
    };
    parts.len() == if name.starts_with('@') { 2 } else { 1 }
        && name.len() <= MAX_NAME_BYTES
        && parts.iter().all(|part| is_part(part))
        && !is_archive(name)
        && !RESERVED.contains(&name.to_ascii_lowercase().as_str())
}

fn is_part(part: &str) -> bool {
    part.starts_with(|c: char| c.is_ascii_alphanumeric())
        && part.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'))
}

/// Returns whether npm treats this version as a release. `1.0.0-x.tgz` is a valid version, but a file for npm.
pub fn is_release(version: &Version) -> bool {
    !is_archive(&version.to_string())
}

/// Returns whether npm looks this up in its registry: a name, alone or with a version, a range or a tag.
pub fn is_specifier(text: &str) -> bool {
    // The @ of a scope does not separate the version.
    let at = text.char_indices().skip(1).find(|(_, c)| *c == '@');
    let (name, version) = at.map_or((text, None), |(at, _)| (&text[..at], Some(&text[at + 1..])));
    let is_of_range = |c: char| c.is_ascii_alphanumeric() || " .-+<>=^~*|".contains(c);
    is_name(name)
        && version.is_none_or(|version| {
            version.starts_with(|c: char| c.is_ascii_alphanumeric() || "<>=^~*".contains(c))
                && version.chars().all(is_of_range)
                && !is_archive(version)
        })
}

fn is_archive(text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    ARCHIVES.iter().any(|ending| text.ends_with(ending))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn registry_names_differ_from_files_and_repositories() {
        for name in
            ["opentok-network-test-js", "@opentok/client", "@vonage/client-sdk-video", "a", "JSONStream", "a.b_c"]
        {
            assert!(is_name(name), "{name}");
        }
        let long = "a".repeat(MAX_NAME_BYTES + 1);
        for name in [
            "",
            "@",
            "@a",
            "@a/",
            "@/a",
            "@a/b/c",
            "a/b",
            "/abs/path",
            "../x",
            "./x",
            ".x",
            "_x",
            "-x",
            "--registry",
            "@-a/b",
            "@a/.b",
            "@../x",
            "x.tgz",
            "x.TAR.GZ",
            "@a/x.tar",
            "a b",
            "a%2fb",
            "file:x",
            "git+ssh://x",
            "a@b",
            "a\\b",
            "ä",
            "node_modules",
            "Favicon.ico",
            "a\n",
            &long,
        ] {
            assert!(!is_name(name), "{name:?}");
        }
    }

    #[test]
    fn versions_that_look_like_archives_are_refused() {
        let is_release = |text: &str| is_release(&Version::parse(text).expect("a version"));
        assert!(is_release("1.0.0") && is_release("2.35.2-alpha.1+build") && is_release("1.0.0-tgz"));
        assert!(!is_release("1.0.0-x.tgz") && !is_release("1.0.0+x.tar.gz") && !is_release("1.0.0-a.TAR"));
    }

    #[test]
    fn specifiers_denote_packages_of_a_registry() {
        for specifier in [
            "@opentok/client",
            "@opentok/client@latest",
            "@opentok/client@2.27.6",
            "@opentok/client@>=2.18 <3",
            "a@^1.0 || ~2",
            "a@<=1.0.0-beta.1",
            "a@1.x",
            "a@*",
        ] {
            assert!(is_specifier(specifier), "{specifier}");
        }
        for specifier in [
            "@opentok/client@file:/tmp/x",
            "a@../x",
            "a@/tmp/x",
            "a@~/x",
            "a@1.0.0-x.tgz",
            "a@http://x",
            "a@b/c",
            "a@",
            "a@ 1",
            "a@-x",
            "a@npm:b@1.0.0",
            "a@1.0.0@2",
            "--registry=x",
            "/tmp/x@1.0.0",
        ] {
            assert!(!is_specifier(specifier), "{specifier}");
        }
    }

    proptest::proptest! {
        #[test]
        fn accepted_names_are_neither_paths_nor_addresses(text in "[@a-c./:~ ^-]{0,12}|.{0,8}") {
            if is_specifier(&text) {
                let after_scope = text.strip_prefix('@').map_or(text.as_str(), |rest| rest.split_once('/').map_or("", |(_, name)| name));
                proptest::prop_assert!(!after_scope.contains(['/', ':', '\\']) && !text.starts_with(['.', '-', '/', '~']));
            }
        }
    }
}
