//! The documents: their links lead somewhere, their scenarios can be read, their commands run, and what they name exists.

mod commands;
mod generated;
mod links;
mod names;
mod scenarios;

use crate::common::documents::{read, root};

#[test]
fn the_readme_is_an_entrance() {
    let lines = read(&root().join("README.md")).lines().count();
    assert!(lines <= 150, "{lines} lines: move what is for one task to docs/src");
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
