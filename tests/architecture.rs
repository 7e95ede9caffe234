//! Dependencies between modules point one way: each may use those before it in this list, and no other.

use std::collections::BTreeSet;
use std::path::Path;

/// The modules in the order of `DESIGN.md`, each with what it may use of the crate. The lists say what is allowed, so
/// that a new arrow is a decision and not an accident.
const ALLOWED: [(&str, &[&str]); 37] = [
    ("chance", &[]),
    ("environment", &[]),
    ("exit", &[]),
    ("files", &["environment"]),
    ("text", &[]),
    ("output", &["environment", "text"]),
    ("package", &[]),
    ("statistics", &["chance"]),
    ("units", &[]),
    ("outcome", &["exit"]),
    ("fault", &["units"]),
    ("firewall", &["fault"]),
    ("network", &["chance", "units"]),
    ("scenario", &["fault", "files", "firewall", "network", "package", "text", "units"]),
    ("plan", &["network", "scenario", "statistics", "text", "units"]),
    ("credentials", &[]),
    ("directories", &["environment"]),
    ("npm", &["credentials", "directories", "environment", "package"]),
    ("cloud", &["credentials", "environment", "scenario", "text"]),
    ("score", &["scenario"]),
    ("verdict", &["network", "outcome", "scenario", "score", "statistics", "units"]),
    ("event", &["fault", "firewall", "network", "outcome", "scenario", "score", "statistics", "units", "verdict"]),
    ("comparison", &["event", "exit", "network", "outcome", "scenario", "statistics", "text"]),
    ("rescore", &["event", "outcome", "scenario", "score", "verdict"]),
    ("explain", &["event", "network", "scenario", "score", "statistics", "units"]),
    ("platform", &["credentials", "fault"]),
    ("path", &["chance", "credentials", "fault", "network", "platform", "units"]),
    ("sdk", &["credentials", "directories", "environment", "files", "npm", "package", "scenario"]),
    ("browser", &["chance", "credentials", "directories", "environment", "npm", "output", "units"]),
    ("page", &["credentials", "event", "files", "scenario", "score"]),
    (
        "runner",
        &[
            "browser",
            "chance",
            "cloud",
            "comparison",
            "credentials",
            "event",
            "exit",
            "fault",
            "firewall",
            "network",
            "outcome",
            "page",
            "path",
            "plan",
            "platform",
            "scenario",
            "score",
            "sdk",
            "units",
            "verdict",
        ],
    ),
    ("fidelity", &["browser", "chance", "network", "page", "path", "platform", "runner", "statistics", "units"]),
    ("record", &["credentials", "event", "files", "network", "outcome", "output", "scenario", "score", "text"]),
    (
        "report",
        &[
            "comparison",
            "environment",
            "event",
            "explain",
            "files",
            "network",
            "outcome",
            "output",
            "platform",
            "scenario",
            "score",
            "statistics",
            "text",
            "units",
            "verdict",
        ],
    ),
    ("doctor", &["browser", "directories", "fidelity", "npm", "sdk"]),
    (
        "cli",
        &[
            "browser",
            "chance",
            "cloud",
            "comparison",
            "credentials",
            "doctor",
            "environment",
            "event",
            "exit",
            "explain",
            "fidelity",
            "files",
            "network",
            "outcome",
            "output",
            "path",
            "plan",
            "platform",
            "record",
            "report",
            "rescore",
            "runner",
            "scenario",
            "sdk",
            "text",
            "units",
        ],
    ),
    ("lib", &[]),
];

/// Every `crate::module` that a source file names.
fn used_by(file: &Path) -> BTreeSet<String> {
    let text = std::fs::read_to_string(file).expect("a source file");
    text.split("crate::")
        .skip(1)
        .map(|rest| rest.chars().take_while(|c| c.is_ascii_lowercase() || *c == '_').collect::<String>())
        .filter(|module| !module.is_empty())
        .collect()
}

fn sources(directory: &Path, found: &mut Vec<std::path::PathBuf>) {
    for entry in std::fs::read_dir(directory).expect("a directory") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

#[test]
fn modules_use_only_what_they_may() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    sources(&root, &mut files);
    assert!(files.len() > 50, "the sources were not found");
    let mut wrong = Vec::new();
    for file in files {
        let inner = file.strip_prefix(&root).expect("below src");
        let module = inner.components().next().expect("a part").as_os_str().to_string_lossy().replace(".rs", "");
        if module == "lib" || module == "main" {
            continue;
        }
        let Some((_, allowed)) = ALLOWED.iter().find(|(name, _)| *name == module) else {
            wrong.push(format!("{module} is not in the list"));
            continue;
        };
        for used in used_by(&file) {
            if used != module && !allowed.contains(&used.as_str()) {
                wrong.push(format!("{} uses {used}", inner.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn no_module_depends_on_itself_through_others() {
    // A list in which each module uses only earlier ones cannot hold a cycle.
    let order: Vec<_> = ALLOWED.iter().map(|(name, _)| *name).collect();
    for (index, (name, allowed)) in ALLOWED.iter().enumerate() {
        for used in *allowed {
            let at = order.iter().position(|known| known == used);
            assert!(at.is_some_and(|at| at < index), "{name} uses {used}, which does not come before it");
        }
    }
}
