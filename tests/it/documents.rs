//! The documents: their links lead somewhere, their scenarios can be read, their commands run, and what they name
//! exists.

mod commands;
mod generated;
mod links;
mod names;
mod scenarios;

use crate::common::documents::{prose, read, root};

#[test]
fn the_readme_is_an_entrance() {
    let lines = read(&root().join("README.md")).lines().count();
    assert!(lines <= 150, "{lines} lines: move what is for one task to docs/src");
}

/// The changelog is exempt, and so are addresses and generated lines.
#[test]
fn prose_is_wrapped_at_120_columns() {
    let is_exempt =
        |path: &std::path::PathBuf| path.ends_with("CHANGELOG.md") || path.ends_with("network-test/README.md");
    for path in crate::common::documents::all().into_iter().filter(|path| !is_exempt(path)) {
        let text = read(&path);
        let written: String = text
            .split("<!-- generated: ")
            .map(|part| part.split_once("<!-- end -->").map_or(part, |(_, after)| after))
            .collect();
        let lines = prose(&written).into_iter().filter(|line| !line.starts_with('|') && !line.contains("https://"));
        for line in lines {
            assert!(line.chars().count() <= 120, "{}: {line}", path.display());
        }
    }
}

#[test]
fn generated_blocks_have_an_end() {
    for path in crate::common::documents::pages() {
        let text = read(&path);
        let begins = text.matches("\n<!-- generated: ").count();
        let ends = text.matches("\n<!-- end -->\n").count();
        assert_eq!(begins, ends, "{}", path.display());
    }
}
