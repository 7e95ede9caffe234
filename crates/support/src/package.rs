//! How npm reads what it is asked for, so that a name or a version never means a file, an archive or a repository.
//!
//! npm takes `../x`, `x.tgz`, `a/b` and even `name@1.0.0-x.tgz` for something on disk or on GitHub. What passes here is a package of a
//! registry and nothing else. Pure.

use semver::Version;

/// The longest name that npm takes, in bytes.
const MAX_NAME_BYTES: usize = 214;

/// Names that npm gives nobody.
const RESERVED: [&str; 2] = ["node_modules", "favicon.ico"];

/// What npm takes for an archive on disk when it ends a name or a version.
const ARCHIVES: [&str; 3] = [".tgz", ".tar.gz", ".tar"];

/// Whether this is the name of a package of a registry: `name` or `@scope/name`.
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

/// Whether npm takes this version for a release: `1.0.0-x.tgz` is a version to everybody else, and a file to npm.
pub fn is_release(version: &Version) -> bool {
    !is_archive(&version.to_string())
}

/// Whether npm takes this for something that its registry has: a name, alone or with a version, a range or a tag.
pub fn is_specifier(text: &str) -> bool {
    // A scope's @ is no separator.
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
    fn names_of_registries_are_told_from_files_and_repositories() {
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
    fn versions_that_npm_takes_for_archives_are_no_releases() {
        let is_release = |text: &str| is_release(&Version::parse(text).expect("a version"));
        assert!(is_release("1.0.0") && is_release("2.35.2-alpha.1+build") && is_release("1.0.0-tgz"));
        assert!(!is_release("1.0.0-x.tgz") && !is_release("1.0.0+x.tar.gz") && !is_release("1.0.0-a.TAR"));
    }

    #[test]
    fn what_npm_is_asked_for_is_of_a_registry() {
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
        fn nothing_that_passes_holds_what_makes_a_path_or_an_address(text in "[@a-c./:~ ^-]{0,12}|.{0,8}") {
            if is_specifier(&text) {
                let after_scope = text.strip_prefix('@').map_or(text.as_str(), |rest| rest.split_once('/').map_or("", |(_, name)| name));
                proptest::prop_assert!(!after_scope.contains(['/', ':', '\\']) && !text.starts_with(['.', '-', '/', '~']));
            }
        }
    }
}
