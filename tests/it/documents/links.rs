//! Links and anchors.

use std::collections::BTreeSet;
use std::path::Path;

use crate::common::documents::{all, pages, prose, read, root};

/// The places of a document that links can lead to: its headings, as GitHub, GitLab and mdBook name them, and anchors.
fn anchors(text: &str) -> BTreeSet<String> {
    let lines = prose(text);
    let headings = lines
        .iter()
        .filter(|line| line.starts_with('#'))
        .filter_map(|line| line.trim_start_matches('#').strip_prefix(' '));
    let of_heading = |heading: &str| {
        let kept = heading.chars().filter(|c| c.is_alphanumeric() || [' ', '-', '_'].contains(c));
        kept.collect::<String>().to_lowercase().replace(' ', "-")
    };
    let named = lines.iter().filter_map(|line| line.strip_prefix("<a id=\"")?.strip_suffix("\"></a>"));
    headings.map(of_heading).chain(named.map(str::to_owned)).collect()
}

/// The links of a document, without those to other sites.
fn links(text: &str) -> Vec<&str> {
    let lines = prose(text);
    let links = lines.iter().flat_map(|line| line.split("](").skip(1));
    let links = links.map(|link| link.split(')').next().unwrap_or_default());
    links.filter(|link| !link.starts_with("https:")).collect()
}

/// Checks one link of a document.
fn check(document: &Path, link: &str) {
    let (file, anchor) = link.split_once('#').unwrap_or((link, ""));
    let target = if file.is_empty() { document.to_owned() } else { document.with_file_name("").join(file) };
    assert!(target.exists(), "{}: {link}", document.display());
    let is_known = || anchors(&read(&target)).contains(anchor);
    assert!(anchor.is_empty() || is_known(), "{}: {link}", document.display());
}

#[test]
fn lead_somewhere() {
    let mut count = 0;
    for document in all() {
        let text = read(&document);
        for link in links(&text) {
            check(&document, link);
            count += 1;
        }
    }
    assert!(count >= 200, "only {count} links");
}

/// The book shows only pages that its table of contents names.
#[test]
fn the_contents_name_every_page() {
    let contents = root().join("docs/src/SUMMARY.md");
    let text = read(&contents);
    let named: BTreeSet<_> = links(&text).into_iter().map(|link| contents.with_file_name(link)).collect();
    let pages: BTreeSet<_> = pages().into_iter().filter(|page| *page != contents).collect();
    assert_eq!(named, pages);
}

/// A decision keeps its number for good, so that comments can name it.
#[test]
fn the_index_has_every_decision() {
    let text = read(&root().join("DESIGN.md"));
    let (_, index) = text.split_once("\n## Decisions\n").expect("the index");
    let rows = index.lines().filter(|line| line.contains("#decision-"));
    for (place, row) in rows.enumerate() {
        let number = place + 1;
        assert!(row.starts_with(&format!("{number}. [")), "{row}");
        assert!(row.ends_with(&format!("#decision-{number})")), "{row}");
    }
    let anchors: usize = pages().iter().map(|page| read(page).matches("<a id=\"decision-").count()).sum();
    assert_eq!(index.matches("#decision-").count(), anchors);
}
