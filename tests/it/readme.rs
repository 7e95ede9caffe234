//! What the README says: its links lead somewhere, its scenarios can be read, and the networks that it advises exist.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_path_buf()
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The lines of a document that are not in a block of code.
fn prose(text: &str) -> Vec<&str> {
    let mut is_code = false;
    let is_prose = |line: &&str| {
        let is_fence = line.trim_start_matches(['>', ' ']).starts_with("```");
        is_code ^= is_fence;
        !is_code && !is_fence
    };
    text.lines().filter(is_prose).collect()
}

/// The places of a document that links can lead to, as GitHub and GitLab name them.
fn anchors(text: &str) -> BTreeSet<String> {
    let headings = prose(text)
        .into_iter()
        .filter_map(|line| line.trim_start_matches('#').strip_prefix(' ').filter(|_| line.starts_with('#')));
    let anchor = |heading: &str| {
        let kept = heading.chars().filter(|c| c.is_alphanumeric() || [' ', '-', '_'].contains(c));
        kept.collect::<String>().to_lowercase().replace(' ', "-")
    };
    headings.map(anchor).collect()
}

#[test]
fn links_lead_somewhere() {
    let mut count = 0;
    for document in ["README.md", "docs/platform.md", "deploy/README.md", "CONTRIBUTING.md", "DESIGN.md", "SECURITY.md"]
    {
        let path = root().join(document);
        let text = read(&path);
        for link in prose(&text).iter().flat_map(|line| line.split("](").skip(1)) {
            let link = link.split(')').next().unwrap_or_default();
            if link.starts_with("https:") {
                continue;
            }
            let (file, anchor) = link.split_once('#').unwrap_or((link, ""));
            let target = if file.is_empty() { path.clone() } else { path.with_file_name("").join(file) };
            assert!(target.exists(), "{document}: {link}");
            assert!(anchor.is_empty() || anchors(&read(&target)).contains(anchor), "{document}: {link}");
            count += 1;
        }
    }
    assert!(count >= 60, "only {count} links");
}

/// The blocks of code in this language.
fn blocks<'a>(text: &'a str, language: &str) -> Vec<&'a str> {
    let fence = format!("```{language}\n");
    text.split(fence.as_str()).skip(1).map(|rest| rest.split("```").next().unwrap_or_default()).collect()
}

#[test]
fn its_scenarios_can_be_read() {
    let readme = read(&root().join("README.md"));
    let directory = tempfile::tempdir().expect("a directory");
    let blocks = blocks(&readme, "toml");
    assert!(blocks.len() >= 4);
    for block in blocks {
        let path = directory.path().join("readme.toml");
        let is_whole = ["[[case]]", "[matrix]", "[gate]"].iter().any(|table| block.contains(table));
        let case = if is_whole { "" } else { "\n[[case]]\nname = \"a\"\n" };
        std::fs::write(&path, format!("{block}{case}")).expect("written");
        precall_scenario::load(&path).unwrap_or_else(|error| panic!("{error}\n{block}"));
    }
}

#[test]
fn the_demo_in_it_is_the_file() {
    let readme = read(&root().join("README.md"));
    let demo = read(&root().join("scenarios/demo.toml"));
    let without_its_head: String = demo.split_inclusive('\n').skip_while(|line| !line.starts_with("name")).collect();
    assert!(blocks(&readme, "toml").contains(&without_its_head.as_str()), "{without_its_head}");
}

#[test]
fn the_networks_that_it_advises_exist() {
    let readme = read(&root().join("README.md"));
    let (_, section) = readme.split_once("\n## Which network?\n").expect("the section");
    let (section, _) = section.split_once("\n## ").expect("a next one");
    let rows = section.lines().filter(|line| line.starts_with("| ")).filter_map(|line| line.split('|').nth(2));
    let named: Vec<_> = rows.flat_map(|row| row.split('`').skip(1).step_by(2)).collect();
    assert!(named.len() >= 10, "{named:?}");
    let catalogue = read(&root().join("crates/scenario/src/catalogue.toml"));
    for name in named {
        assert!(catalogue.contains(&format!("[profiles.{name}]")), "{name}");
    }
}

/// SECURITY.md names the test that holds each promise.
#[test]
fn the_tests_that_hold_promises_exist() {
    let text = read(&root().join("SECURITY.md"));
    let named: Vec<_> = text
        .split('`')
        .skip(1)
        .step_by(2)
        .filter(|name| name.starts_with("tests/") || name.starts_with("fuzz/"))
        .collect();
    assert!(named.len() >= 20, "{named:?}");
    for name in named {
        assert!(root().join(name).exists(), "{name}");
    }
}
