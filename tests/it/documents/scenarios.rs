//! Scenarios in the documents.

use precall_scenario as scenario;

use crate::common::documents::{all, blocks, read, root};

#[test]
fn can_be_read() {
    let directory = tempfile::tempdir().expect("a directory");
    let mut count = 0;
    for document in all() {
        let text = read(&document);
        for block in blocks(&text, "toml") {
            let path = directory.path().join("document.toml");
            // A project file is read by the test of its page.
            if block.starts_with("# precall.toml\n") {
                continue;
            }
            let is_whole = ["[[case]]", "[matrix]", "[gate]"].iter().any(|table| block.contains(table));
            let case = if is_whole { "" } else { "\n[[case]]\nname = \"a\"\n" };
            std::fs::write(&path, format!("{block}{case}")).expect("written");
            scenario::load(&path).unwrap_or_else(|error| panic!("{}: {error}\n{block}", document.display()));
            count += 1;
        }
    }
    assert!(count >= 5, "only {count} scenarios");
}

#[test]
fn the_demo_is_the_file() {
    let page = read(&root().join("docs/src/reference/scenario.md"));
    let demo = read(&root().join("scenarios/demo.toml"));
    let without_its_head: String = demo.split_inclusive('\n').skip_while(|line| !line.starts_with("name")).collect();
    assert!(blocks(&page, "toml").contains(&without_its_head.as_str()), "{without_its_head}");
}
