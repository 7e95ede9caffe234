//! What documents name: networks, files, terms.

use std::path::PathBuf;

use crate::common::documents::{all, pages, prose, read, root};

/// The code spans of a document, in its prose.
fn code(text: &str) -> Vec<&str> {
    prose(text).into_iter().flat_map(|line| line.split('`').skip(1).step_by(2)).collect()
}

#[test]
fn advised_networks_exist() {
    let page = read(&root().join("docs/src/guide/choose-networks.md"));
    let rows = page.lines().filter(|line| line.starts_with("| ")).filter_map(|line| line.split('|').nth(2));
    let named: Vec<_> = rows.flat_map(code).collect();
    assert!(named.len() >= 10, "{named:?}");
    let catalogue = precall_scenario::catalogue();
    for name in named {
        assert!(catalogue.iter().any(|network| network.name == name), "{name}");
    }
}

/// The code spans of a text that name a file or a folder of the repository.
fn files(lines: &[&str]) -> Vec<String> {
    let folders = [
        "tests/",
        "fuzz/",
        "scenarios/",
        "schemas/",
        "deploy/",
        "docs/",
        "harness-page/",
        "src/",
        "crates/",
        "benches/",
    ];
    let spans = lines.iter().flat_map(|line| line.split('`').skip(1).step_by(2));
    spans.filter(|span| folders.iter().any(|folder| span.starts_with(folder))).map(str::to_owned).collect()
}

/// The changelog may name files that have gone since.
#[test]
fn files_exist() {
    let mut count = 0;
    for document in all() {
        if document.ends_with("CHANGELOG.md") || document.ends_with("network-test/README.md") {
            continue;
        }
        let text = read(&document);
        for name in files(&prose(&text)) {
            assert!(root().join(&name).exists(), "{}: {name}", document.display());
            count += 1;
        }
    }
    assert!(count >= 60, "only {count} files");
}

/// The modules and files that a document about the code names, as in `media/simulcast.rs` or `runner/media_watch`.
fn modules(text: &str) -> Vec<&str> {
    let is_path = |name: &str| {
        let inner = name.strip_suffix(".rs").unwrap_or(name);
        let parts: Vec<_> = inner.split('/').collect();
        let is_word = |part: &&str| !part.is_empty() && part.chars().all(|c| c.is_ascii_lowercase() || c == '_');
        (parts.len() > 1 || name.ends_with(".rs")) && parts.iter().all(is_word)
    };
    code(text).into_iter().filter(|name| is_path(name) && !name.starts_with("tests/")).collect()
}

/// Whether a module or a file of Rust has this name: below a crate that it begins with, or below the source of any.
fn is_module(name: &str) -> bool {
    let inner = name.strip_suffix(".rs").unwrap_or(name);
    let in_crate = inner.split_once('/').map(|(first, rest)| format!("crates/{first}/src/{rest}"));
    let anywhere = crate::common::documents::crates().into_iter().map(|path| path.join("src").join(inner));
    let places =
        in_crate.map(|path| root().join(path)).into_iter().chain(anywhere).chain([root().join("src").join(inner)]);
    places.into_iter().any(|place| place.is_dir() || place.with_extension("rs").exists())
}

/// The reasons are found from the code that they explain, so a module that moves takes its name in the documents along.
#[test]
fn modules_exist() {
    let mut count = 0;
    let reasons = pages().into_iter().filter(|page| page.starts_with(root().join("docs/src/design")));
    for document in reasons.chain([root().join("DESIGN.md")]) {
        let text = read(&document);
        for name in modules(&text) {
            assert!(is_module(name), "{}: {name}", document.display());
            count += 1;
        }
    }
    assert!(count >= 40, "only {count} modules");
}

/// CONTRIBUTING.md says where things are tested, so that nobody writes a second test for the same thing.
#[test]
fn every_integration_test_is_listed() {
    let text = read(&root().join("CONTRIBUTING.md"));
    let entries = std::fs::read_dir(root().join("tests/it")).expect("tests/it");
    let names = entries.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned());
    let files: Vec<_> = names.filter(|name| name.ends_with(".rs") && name != "main.rs").collect();
    assert!(files.len() >= 30, "{files:?}");
    for file in files {
        assert!(text.contains(&format!("`tests/it/{file}`")), "{file}");
    }
}

/// Comments in Rust name files from the root of the repository, or from the root of their crate. Those in Python name
/// them from the root of the repository.
#[test]
fn files_in_comments_exist() {
    let mut count = 0;
    for file in sources() {
        let text = read(&file);
        let is_comment =
            |line: &&str| file.extension().is_some_and(|kind| kind == "py") || line.trim().starts_with("//");
        let inner = file.strip_prefix(root()).expect("below the root");
        let own_crate = root().join(inner.iter().take(2).collect::<PathBuf>());
        for name in files(&text.lines().filter(is_comment).collect::<Vec<_>>()) {
            assert!(root().join(&name).exists() || own_crate.join(&name).exists(), "{}: {name}", inner.display());
            count += 1;
        }
    }
    assert!(count >= 30, "only {count} files");
}

/// The sources in Rust and in Python.
fn sources() -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders: Vec<_> =
        ["src", "crates", "tests", "benches", "fuzz/fuzz_targets"].map(|name| root().join(name)).into();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).expect("a directory") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                if !path.ends_with("node_modules") {
                    folders.push(path);
                }
            } else if path.extension().is_some_and(|kind| kind == "rs" || kind == "py") {
                found.push(path);
            }
        }
    }
    found
}

/// SECURITY.md names the test that checks each promise.
#[test]
fn promises_name_their_tests() {
    let text = read(&root().join("SECURITY.md"));
    let rows: Vec<_> = prose(&text).into_iter().filter(|line| line.starts_with("| ")).collect();
    let named = rows.iter().flat_map(|row| code(row)).filter(|name| name.starts_with("tests/")).count();
    assert!(named >= 20, "{named}");
}

/// A term that no page uses explains nothing.
#[test]
fn terms_of_the_glossary_are_used() {
    let glossary = root().join("docs/src/glossary.md");
    let others: String =
        pages().into_iter().filter(|page| *page != glossary).map(|page| read(&page).to_lowercase()).collect();
    let text = read(&glossary);
    let terms: Vec<_> = text.lines().filter_map(|line| line.strip_prefix("| **")?.split("**").next()).collect();
    assert!(terms.len() >= 30, "{terms:?}");
    for term in terms {
        assert!(others.contains(&term.to_lowercase()), "{term}");
    }
}
