//! The action for GitHub: the scripts of its steps, with the inputs that a workflow gives it.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::process::Output;

use crate::common::recorded::copy;
use crate::common::said;
use crate::workflows::manifest::{deploy, entries, environment, manifest, scenario, text};
use crate::workflows::repository::Repository;
use yaml_rust2::Yaml;

/// How GitHub runs a step of an action with `shell: bash`.
const SHELL: [&str; 6] = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c"];

const BUILD: [&str; 2] = ["Name the build in the cache", "Build precall, unless it is in the cache"];
const CHROME: &str = "Find Chrome, or install it";
const RUN: &str = "Run precall";
const COMMENT: &str = "Comment on the pull request";

/// The action in a job of a user's repository.
struct Action {
    action: Yaml,
    repository: Repository,
    /// Where GitHub has fetched the sources of precall to, with the action.
    sources: PathBuf,
}

impl Action {
    fn new() -> Self {
        let repository = Repository::new("upgrade-gate.toml", &scenario("upgrade-gate.toml"));
        let (url, _) = repository.precall();
        let sources = PathBuf::from(url.trim_start_matches("file://"));
        copy(&deploy().join("action"), &sources.join("deploy/action"));
        Self { action: manifest("action/action.yml"), repository, sources }
    }

    /// A file of GitHub's, beside the checkout.
    fn file(&self, name: &str) -> String {
        self.repository.home().join(name).to_str().expect("UTF-8").to_owned()
    }

    /// Runs the script of a step, with these inputs, and the others as they are by default.
    fn step(&self, name: &str, inputs: &[(&str, &str)], more: &[(&str, &str)]) -> Output {
        let steps = self.action["runs"]["steps"].as_vec().expect("steps");
        let step = steps.iter().find(|step| step["name"].as_str() == Some(name));
        let step = step.unwrap_or_else(|| panic!("no step {name}"));
        let mut values = vec![("github.event.pull_request.number".to_owned(), "5".to_owned())];
        for (input, about) in entries(&self.action["inputs"]) {
            let given = inputs.iter().find(|(known, _)| *known == input).map(|(_, value)| (*value).to_owned());
            values.push((format!("inputs.{input}"), given.unwrap_or_else(|| text(&about["default"]))));
        }
        for (input, _) in inputs {
            assert!(values.iter().any(|(name, _)| *name == format!("inputs.{input}")), "there is no input {input}");
        }
        let values: Vec<_> = values.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let mut variables = environment(&Yaml::BadValue, step, &values);
        let action = self.sources.join("deploy/action");
        let (outputs, temporary) = (self.file("output"), self.file(""));
        let github = [
            ("GITHUB_ACTION_PATH", action.to_str().expect("UTF-8")),
            ("GITHUB_OUTPUT", outputs.as_str()),
            ("GITHUB_REPOSITORY", "owner/name"),
            ("GITHUB_RUN_ID", "7"),
            ("GITHUB_SERVER_URL", "https://example.com"),
            ("RUNNER_TEMP", temporary.as_str()),
        ];
        let set = github.iter().chain(more).map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        variables.extend(set);
        std::fs::write(&outputs, "").expect("written");
        self.repository.shell(&SHELL, &text(&step["run"]), &variables)
    }

    /// What the last step gave the steps after it.
    fn output(&self, name: &str) -> Option<String> {
        let outputs = std::fs::read_to_string(self.file("output")).expect("outputs");
        let found = outputs.lines().find_map(|line| line.strip_prefix(&format!("{name}=")));
        found.map(str::to_owned)
    }
}

fn succeeded(output: &Output) {
    assert_eq!(output.status.code(), Some(0), "{}", said(output));
}

#[test]
fn it_builds_the_commit_that_it_is_of_and_plans_a_gate() {
    let action = Action::new();
    succeeded(&action.step(BUILD[0], &[], &[]));
    let key = action.output("key").expect("a key");
    succeeded(&action.step(BUILD[1], &[], &[]));
    succeeded(&action.step(CHROME, &[], &[]));
    let inputs = [("from", "2.33.2"), ("to", "2.35.2"), ("arguments", "--dry-run\n")];
    let output = action.step(RUN, &inputs, &[]);
    succeeded(&output);
    assert!(said(&output).contains("2.33.2") && !said(&output).contains("2.34.2"), "{}", said(&output));
    // The build has left the sources as they were, so that the next job finds it in the cache.
    succeeded(&action.step(BUILD[0], &[], &[]));
    assert_eq!(action.output("key").as_deref(), Some(&*key));
    std::fs::write(action.sources.join("src/other.rs"), "").expect("written");
    succeeded(&action.step(BUILD[0], &[], &[]));
    assert_ne!(action.output("key").as_deref(), Some(&*key), "another commit");
}

#[test]
fn it_builds_another_commit_that_is_named_whole() {
    let action = Action::new();
    let (url, commit) = action.repository.precall();
    let inputs = [("repository", &*url), ("commit", &*commit)];
    succeeded(&action.step(BUILD[0], &inputs, &[]));
    assert_eq!(action.output("key"), Some(commit.clone()));
    // Nothing is left to build from but that commit.
    let nowhere = [("GITHUB_ACTION_PATH", "/nowhere")];
    succeeded(&action.step(BUILD[1], &inputs, &nowhere));
    succeeded(&action.step(CHROME, &inputs, &nowhere));
    for (only, missing) in [(inputs[0], "commit"), (inputs[1], "repository")] {
        let output = action.step(BUILD[0], &[only], &[]);
        assert!(!output.status.success());
        assert!(said(&output).contains(&format!("set the input {missing} as well")), "{}", said(&output));
    }
}

/// Stands in for a precall that the runner has. It tells what it was asked for, and leaves two runs.
const STAND_IN: &str = "printf '%s\\n' \"$@\" > \"$HOME/asked\"\n\
    mkdir -p precall-reports/runs/20260101T000000-old precall-reports/runs/20260102T000000-new\n\
    echo '# The report' > precall-reports/report.md\n\
    exit \"${CODE:-0}\"";

#[test]
fn its_outputs_are_the_exit_code_and_the_run() {
    let action = Action::new();
    let binary = action.repository.program("precall-of-the-runner", STAND_IN);
    let binary = binary.to_str().expect("UTF-8");
    for code in ["0", "1", "2", "3", "4"] {
        let inputs = [("binary", binary), ("command", "run")];
        let output = action.step(RUN, &inputs, &[("CODE", code)]);
        assert_eq!(output.status.code(), code.parse().ok(), "{}", said(&output));
        assert_eq!(action.output("exit-code").as_deref(), Some(code));
        assert_eq!(action.output("run").as_deref(), Some("precall-reports/runs/20260102T000000-new"));
    }
    let nothing = action.repository.program("precall-that-fails", "exit 3");
    let output = action.step(RUN, &[("binary", nothing.to_str().expect("UTF-8")), ("reports", "elsewhere")], &[]);
    assert_eq!(output.status.code(), Some(3), "{}", said(&output));
    assert_eq!(action.output("run").as_deref(), Some(""));
}

/// Whoever can name a branch or start a workflow can write an input.
#[test]
fn an_input_is_one_argument_and_never_a_command() {
    let action = Action::new();
    let binary = action.repository.program("precall-of-the-runner", STAND_IN);
    let inputs = [
        ("binary", binary.to_str().expect("UTF-8")),
        ("scenario", "a b.toml; touch planted"),
        ("from", "$(touch planted)"),
        ("to", "`touch planted`"),
        ("arguments", "--network\n3g, cable; touch planted\n\n"),
        ("reports", "pre call"),
    ];
    succeeded(&action.step(RUN, &inputs, &[]));
    let asked = std::fs::read_to_string(action.file("asked")).expect("it was called");
    let expected = [
        "gate",
        "a b.toml; touch planted",
        "--from",
        "$(touch planted)",
        "--to",
        "`touch planted`",
        "--network",
        "3g, cable; touch planted",
        "--report",
        "github",
        "--report",
        "junit=pre call/junit.xml",
        "--report",
        "html=pre call/report.html",
        "--report",
        "markdown=pre call/report.md",
        "--output",
        "pre call/runs",
    ];
    assert_eq!(asked.lines().collect::<Vec<_>>(), expected);
    assert!(!action.repository.path().join("planted").exists());
    for (command, from) in [("merge", ""), ("run", "2.34.2")] {
        let inputs = [inputs[0], ("command", command), ("from", from)];
        let output = action.step(RUN, &inputs, &[]);
        assert_eq!(output.status.code(), Some(2), "{}", said(&output));
        assert!(said(&output).contains("::error::the input"), "{}", said(&output));
    }
}

#[test]
fn the_report_becomes_one_comment() {
    let action = Action::new();
    let binary = action.repository.program("precall-of-the-runner", STAND_IN);
    succeeded(&action.step(RUN, &[("binary", binary.to_str().expect("UTF-8"))], &[]));
    // Stands in for GitHub's program: it lists the comments that `ids` has, and tells what it is asked to write.
    let script = "case \"$*\" in\n\
        *--paginate*) cat \"$HOME/ids\" ;;\n\
        *) echo \"$*\" > \"$HOME/asked\"; cp \"${6#body=@}\" \"$HOME/body\" ;;\n\
        esac\n\
        exit \"${CODE:-0}\"";
    action.repository.program("gh", script);
    let write = |ids: &str| {
        std::fs::write(action.file("ids"), ids).expect("written");
        succeeded(&action.step(COMMENT, &[], &[]));
        std::fs::read_to_string(action.file("asked")).expect("it was asked to write")
    };
    let first = write("");
    assert!(first.starts_with("api --method POST repos/owner/name/issues/5/comments --field body=@"), "{first}");
    let body = std::fs::read_to_string(action.file("body")).expect("a comment");
    assert!(body.starts_with("<!-- precall: gate upgrade-gate.toml -->\n# The report\n"), "{body}");
    assert!(body.contains("(https://example.com/owner/name/actions/runs/7)"), "{body}");
    // The next push writes it anew. Nobody asked for more than one, but there may be some.
    let again = write("12\n13\n");
    assert!(again.starts_with("api --method PATCH repos/owner/name/issues/comments/12 --field body=@"), "{again}");
    // A comment that may not be written is no reason for a red job.
    let output = action.step(COMMENT, &[], &[("CODE", "1")]);
    succeeded(&output);
    assert!(said(&output).contains("::warning::"), "{}", said(&output));
}

#[test]
fn it_uses_what_the_workflows_use_and_puts_no_expression_into_a_script() {
    let uses = |yaml: &Yaml| yaml["uses"].as_str().map(str::to_owned);
    let jobs = entries(&manifest("gate.github.yaml")["jobs"]);
    let known: BTreeSet<_> = jobs[0].1["steps"].as_vec().expect("steps").iter().filter_map(uses).collect();
    let action = manifest("action/action.yml");
    let mut count = 0;
    for step in action["runs"]["steps"].as_vec().expect("steps") {
        match uses(step) {
            Some(other) => {
                assert!(known.contains(&other), "{other} is in no workflow");
                count += 1;
            }
            None => {
                let script = text(&step["run"]);
                assert!(!script.contains("${{"), "an expression in a script can be made to run anything: {script}");
                assert_eq!(step["shell"].as_str(), Some("bash"), "{script}");
            }
        }
        let is_last = step["name"].as_str() == Some(COMMENT) || step["with"]["if-no-files-found"].as_str().is_some();
        let condition = step["if"].as_str().unwrap_or_default();
        assert_eq!(condition.contains("!cancelled()"), is_last, "{step:?}");
    }
    assert_eq!(count, 3);
    let text = std::fs::read_to_string(deploy().join("action/action.yml")).expect("the action");
    for (input, about) in entries(&action["inputs"]) {
        assert!(about["description"].as_str().is_some() && !about["default"].is_badvalue(), "{input}");
        assert!(text.contains(&format!("inputs.{input}")), "no step reads {input}");
    }
}
