//! The files that a run of scenarios depends on.

use std::collections::BTreeSet;
use std::path::PathBuf;

use super::error::JobError;
use super::request::CaseRequest;
use super::scenario_files::scenario_files;
use super::sdk_choice::SdkChoice;
use precall_scenario::{ModuleSpec, Scenario, SdkSpec, load};

/// Returns the files and directories whose changes change a run: its scenarios and what they extend, builds on disk,
/// and files that the command of a server names. Of a scenario that is wrong, only its own file.
///
/// # Errors
///
/// When no scenario is named, or a directory cannot be read.
pub fn watched_files(request: &CaseRequest) -> Result<Vec<PathBuf>, JobError> {
    let mut found = BTreeSet::new();
    let files = scenario_files(&request.scenarios)?;
    for file in &files {
        found.insert(file.clone());
        if let Ok(scenario) = load(file) {
            found.extend(named_by(&scenario));
        }
    }
    found.extend(request.sdks.iter().filter_map(|sdk| match sdk.value() {
        SdkChoice::Build(path) => Some(path.clone()),
        SdkChoice::Releases(_) => None,
    }));
    found.extend(request.modules.iter().filter_map(module_path));
    Ok(found.into_iter().filter_map(|path| path.canonicalize().ok()).collect::<BTreeSet<_>>().into_iter().collect())
}

fn named_by(scenario: &Scenario) -> Vec<PathBuf> {
    let mut named = scenario.files.clone();
    for case in &scenario.cases {
        named.extend(sdk_path(&case.sdk));
        named.extend(case.test.modules.iter().filter_map(module_path));
        let Some(call) = &case.call else { continue };
        named.extend(call.participants.iter().filter_map(|participant| sdk_path(participant.sdk.as_ref()?)));
        if let Some(app) = &call.app {
            // The command is a shell's, of which the words are enough: a word that is no file is not watched.
            let words = app.start.as_deref().unwrap_or_default().split_whitespace();
            let paths = words.map(|word| app.directory.join(word.trim_matches(['"', '\''])));
            named.extend(paths.filter(|path| path.is_file()));
        }
    }
    named
}

fn sdk_path(sdk: &SdkSpec) -> Option<PathBuf> {
    match sdk {
        SdkSpec::Path(path) => Some(path.clone()),
        SdkSpec::Npm { .. } => None,
    }
}

fn module_path(module: &ModuleSpec) -> Option<PathBuf> {
    match module {
        ModuleSpec::Path(path) => Some(path.clone()),
        ModuleSpec::BuiltIn | ModuleSpec::Npm { .. } => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn builds_servers_and_extended_files_are_watched() {
        let directory = tempfile::tempdir().expect("a directory");
        let root = directory.path().canonicalize().expect("there");
        let write = |name: &str, text: &str| std::fs::write(root.join(name), text).expect("written");
        write("common.toml", "seed = 2\n");
        write("server.js", "");
        write("build.js", "");
        let app = "extends = \"common.toml\"\n[app]\nstart = \"node server.js --quiet\"\nurl = \"http://localhost:{port}/\"\n\
                   [sdk]\npath = \"build.js\"\n[[participant]]\nname = \"a\"\n";
        write("app.toml", app);
        let request = CaseRequest { scenarios: vec![root.join("app.toml")], ..CaseRequest::default() };
        let names = |request: &CaseRequest| {
            let files = watched_files(request).expect("files");
            files
                .iter()
                .map(|path| path.file_name().expect("a name").to_string_lossy().into_owned())
                .collect::<Vec<_>>()
        };
        assert_eq!(names(&request), ["app.toml", "build.js", "common.toml", "server.js"]);
        write("app.toml", "nonsense = 1");
        assert_eq!(names(&request), ["app.toml"]);
    }
}
