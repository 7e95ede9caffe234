//! Every ready scenario can be read, says what it is for, and is in the documents.

use std::path::Path;

#[test]
fn ready_scenarios_are_good() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let page = std::fs::read_to_string(root.join("docs/src/reference/ready-scenarios.md")).expect("the page");
    let mut count = 0;
    for entry in std::fs::read_dir(root.join("scenarios")).expect("scenarios/") {
        let path = entry.expect("an entry").path();
        // Beside them is what they name.
        if path.is_dir() {
            continue;
        }
        let name = path.file_name().expect("a name").to_string_lossy().into_owned();
        let scenario = precall_scenario::load(&path).unwrap_or_else(|error| panic!("{error}"));
        assert!(!scenario.cases.is_empty());
        let text = std::fs::read_to_string(&path).expect("text");
        assert!(text.starts_with("# "), "{name} does not say what it is for");
        assert!(page.contains(&name), "{name} is not in docs/src/reference/ready-scenarios.md");
        count += 1;
    }
    assert!(count > 0);
}
