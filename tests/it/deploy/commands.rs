//! What documents and manifests say of the command line.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::common::{Workspace, documents, said};

/// Every subcommand and flag that a manifest or a document names is one that there is.
#[test]
fn what_is_written_of_precall_is_in_its_help() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let manifests = files(&root.join("deploy"));
    let scenarios =
        std::fs::read_dir(root.join("scenarios")).expect("scenarios/").map(|entry| entry.expect("an entry").path());
    let scenarios = scenarios.filter(|path| path.is_file());
    let mut helps = Helps::new();
    let mut count = 0;
    for path in manifests.into_iter().chain(scenarios).chain(documents::all()) {
        let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        for words in commands(&text) {
            count += helps.check(&path, &words);
        }
    }
    assert!(count >= 80, "only {count} flags");
}

/// The files below a directory.
fn files(directory: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(directory).unwrap_or_else(|error| panic!("{}: {error}", directory.display()));
    let paths = entries.map(|entry| entry.expect("an entry").path());
    paths.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

/// The words after `precall` wherever it is called: in code spans, at a prompt, in a script.
fn commands(text: &str) -> Vec<Vec<String>> {
    let joined = text.replace("\\\n", " ");
    let calls = joined.lines().flat_map(|line| {
        let is_called = |before: &str| before.is_empty() || before.ends_with(['`', '/', ' ', '"']);
        let places = line.match_indices("precall ").filter(move |(at, _)| is_called(&line[..*at]));
        places.map(|(at, found)| {
            let rest = &line[at + found.len()..];
            // A code span ends with its mark; a command with what joins it to the next, or with a remark.
            let end = rest.find(['`', ';', '|']).unwrap_or(rest.len());
            let end = rest.find(" # ").map_or(end, |remark| remark.min(end));
            rest[..end].split_whitespace().map(|word| word.trim_matches(['"', ',', ':', '.', ')']).to_owned()).collect()
        })
    });
    calls.collect()
}

/// The help of subcommands, asked for once each.
struct Helps {
    workspace: Workspace,
    of: BTreeMap<String, String>,
}

impl Helps {
    fn new() -> Self {
        let workspace = Workspace::new();
        let all = said(&workspace.precall(&["--help"]).output().expect("it runs"));
        Self { workspace, of: BTreeMap::from([(String::new(), all)]) }
    }

    /// Checks the flags of a call, and counts them. What is no subcommand is prose.
    fn check(&mut self, path: &Path, words: &[String]) -> usize {
        // `cargo install … precall --git …` names the package.
        let Some(command) = words.first().filter(|word| !word.starts_with('-')) else { return 0 };
        let flags: Vec<_> = words.iter().filter(|word| word.starts_with("--")).collect();
        if !self.of[""].lines().any(|line| line.trim_start().starts_with(&format!("{command} "))) {
            assert!(flags.is_empty(), "{}: there is no `precall {command}`", path.display());
            return 0;
        }
        // `baseline save` and its like have flags of their own.
        let second = words.get(1).filter(|_| ["baseline", "browser"].contains(&command.as_str())).cloned();
        let name: Vec<_> = [command.clone()].into_iter().chain(second).collect();
        let workspace = &self.workspace;
        let help = self.of.entry(name.join(" ")).or_insert_with(|| {
            let all: Vec<_> = name.iter().map(String::as_str).chain(["--help"]).collect();
            said(&workspace.precall(&all).output().expect("it runs"))
        });
        for flag in &flags {
            let flag = flag.split('=').next().unwrap_or(flag).trim_end_matches(['`', '…']);
            assert!(
                help.split_whitespace().any(|word| word.trim_end_matches([',', '.', ']']) == flag),
                "{}: precall {} has no {flag}",
                path.display(),
                name.join(" ")
            );
        }
        flags.len()
    }
}
