//! The workflows in `deploy/` that a user's repository copies: the scripts of their steps run here, in a repository
//! made for the test. What is not run is what the CI systems bring: checkout, cache, artifacts, and the installation of
//! packages.

pub mod manifest;
pub mod repository;

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Output;

use crate::common::said;
use manifest::{deploy, entries, environment, manifest, scenario, scripts, text};
use repository::Repository;
use yaml_rust2::Yaml;

/// How GitHub runs a step that names no shell.
const GITHUB_SHELL: [&str; 3] = ["bash", "-e", "-c"];

/// How GitLab runs a job, in an image with bash and in one without.
const GITLAB_SHELLS: [&[&str]; 2] = [&["bash", "-eo", "pipefail", "-c"], &["sh", "-e", "-c"]];

/// A gate that takes seconds: as few repeats as there may be, of clients whose token is refused before any media flows.
const TINY_GATE: &str = "\
[gate]
from = \"2.34.2\"
to = \"2.35.2\"
network = [\"cable\"]
maxRepeats = 6
[test]
quality = false
[platform]
token = \"expired\"
";

/// Where the job with this name is run.
struct GitHub {
    workflow: Yaml,
    repository: Repository,
    url: String,
    commit: String,
}

impl GitHub {
    /// A checkout with the workflow's scenario in it.
    fn new(file: &str, scenario: &str) -> Self {
        let workflow = manifest(file);
        let repository = Repository::new(&text(&workflow["env"]["SCENARIO"]), scenario);
        let (url, commit) = repository.precall();
        Self { workflow, repository, url, commit }
    }

    /// Runs the scripts of a job in their order, each whatever came of the one before.
    fn run(&self, job: &str, values: &[(&str, &str)], more: &[(&str, &str)]) -> Vec<(String, Output)> {
        let job = &self.workflow["jobs"][job];
        let variables = [("vars.PRECALL_REPOSITORY", &*self.url), ("vars.PRECALL_COMMIT", &*self.commit)];
        let inputs = [("inputs.from", ""), ("inputs.to", "")];
        let values: Vec<_> = values.iter().copied().chain(variables).chain(inputs).collect();
        let mut environment = environment(&self.workflow, job, &values);
        environment.extend(more.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        let mut outputs = Vec::new();
        for (name, script) in scripts(job) {
            assert!(!script.contains("${{"), "{name}: an expression in a script can be made to run anything");
            outputs.push((name, self.repository.shell(&GITHUB_SHELL, &script, &environment)));
        }
        outputs
    }
}

/// The step of this name.
fn step<'a>(outputs: &'a [(String, Output)], name: &str) -> &'a Output {
    let found = outputs.iter().find(|(found, _)| found == name);
    &found.unwrap_or_else(|| panic!("no step {name}")).1
}

fn succeeded(outputs: &[(String, Output)]) {
    for (name, output) in outputs {
        assert_eq!(output.status.code(), Some(0), "{name}: {}", said(output));
    }
}

#[test]
fn the_gate_of_github_plans_what_its_scenario_and_its_inputs_say() {
    let github = GitHub::new("gate.github.yaml", &scenario("upgrade-gate.toml"));
    let dry = [("EXTRA", "--dry-run")];
    let outputs = github.run("gate", &[], &dry);
    succeeded(&outputs);
    let plan = said(step(&outputs, "Gate"));
    assert!(plan.contains("2.34.2"), "{plan}");
    // There is one number of repeats: the gate's own, and its guide has it.
    let repeats = plan.split("at most ").nth(1).and_then(|rest| rest.split(' ').next()).expect("a number");
    let guide = std::fs::read_to_string(deploy().join("../docs/src/guide/gate.md")).expect("the guide");
    assert!(guide.contains(&format!("by default {repeats} |")), "{repeats} repeats: {plan}");
    // The second job finds the binary in the cache, and builds nothing: there is nothing left to build from.
    std::fs::remove_dir_all(github.url.trim_start_matches("file://")).expect("removed");
    let outputs = github.run("gate", &[("inputs.from", "2.33.2"), ("inputs.to", "2.35.2")], &dry);
    succeeded(&outputs);
    let plan = said(step(&outputs, "Gate"));
    assert!(plan.contains("2.33.2") && plan.contains("2.35.2") && !plan.contains("2.34.2"), "{plan}");
}

#[test]
fn the_gate_of_gitlab_plans_what_its_scenario_and_its_variables_say() {
    let job = &manifest("gate.gitlab-ci.yml")["opentok-gate"];
    let repository = Repository::new(&text(&job["variables"]["SCENARIO"]), &scenario("upgrade-gate.toml"));
    let (url, commit) = repository.precall();
    repository.stub("apt-get");
    for shell in GITLAB_SHELLS {
        let output = gitlab(&repository, shell, &[("OPENTOK_FROM", "2.33.2"), ("OPENTOK_TO", "2.35.2")], &url, &commit);
        assert_eq!(output.status.code(), Some(0), "{}", said(&output));
        assert!(said(&output).contains("2.33.2"), "{}", said(&output));
    }
}

/// Runs GitLab's job without measuring anything.
fn gitlab(repository: &Repository, shell: &[&str], more: &[(&str, &str)], url: &str, commit: &str) -> Output {
    let job = &manifest("gate.gitlab-ci.yml")["opentok-gate"];
    let lines = |key: &str| job[key].as_vec().expect("lines").iter().map(text).collect::<Vec<_>>();
    let script = [lines("before_script"), lines("script")].concat().join("\n");
    let variables = entries(&job["variables"]).into_iter().map(|(name, value)| (name, text(&value)));
    let project = [("PRECALL_REPOSITORY", url), ("PRECALL_COMMIT", commit), ("EXTRA", "--dry-run")];
    let set = project.iter().chain(more).map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    repository.shell(shell, &script, &variables.chain(set).collect::<Vec<_>>())
}

#[test]
fn what_has_to_be_set_is_named() {
    let github = GitHub::new("gate.github.yaml", TINY_GATE);
    for variable in ["PRECALL_REPOSITORY", "PRECALL_COMMIT"] {
        let outputs = github.run("gate", &[], &[(variable, "")]);
        let output = step(&outputs, "Build precall, unless it is in the cache");
        assert!(!output.status.success());
        assert!(said(output).contains(&format!("{variable}: set this variable")), "{}", said(output));
    }
    let repository = Repository::new("upgrade-gate.toml", TINY_GATE);
    repository.stub("apt-get");
    for shell in GITLAB_SHELLS {
        let output = gitlab(&repository, shell, &[], "file:///nowhere", "");
        assert!(!output.status.success());
        assert!(said(&output).contains("PRECALL_COMMIT: set this CI/CD variable"), "{}", said(&output));
    }
}

/// A shell that swallowed the code would be green whatever came out.
#[test]
fn the_exit_code_of_the_gate_is_that_of_the_job() {
    let github = GitHub::new("gate.github.yaml", TINY_GATE);
    let repository = &github.repository;
    repository.stub("apt-get");
    for code in ["0", "1", "2", "3", "4"] {
        let outputs = github.run("gate", &[], &[("EXIT", code)]);
        let (name, last) = outputs.last().expect("steps");
        assert_eq!((name.as_str(), last.status.code()), ("Gate", code.parse().ok()), "{}", said(last));
        for shell in GITLAB_SHELLS {
            let output = gitlab(repository, shell, &[("EXIT", code)], &github.url, &github.commit);
            assert_eq!(output.status.code(), code.parse().ok(), "{}", said(&output));
        }
    }
}

/// Every case is in exactly one part.
#[test]
fn the_parts_of_the_matrix_are_planned() {
    let github = GitHub::new("matrix.github.yaml", &scenario("versions.toml"));
    succeeded(&github.run("build", &[], &[]));
    let shards = github.workflow["jobs"]["shard"]["strategy"]["matrix"]["shard"].as_vec().expect("shards").clone();
    let mut planned = BTreeSet::new();
    for shard in shards.iter().map(text) {
        let outputs = github.run("shard", &[("matrix.shard", &shard)], &[("EXTRA", "--dry-run")]);
        succeeded(&outputs);
        let plan = String::from_utf8_lossy(&step(&outputs, "Run this machine's part").stdout).into_owned();
        let cases: Vec<_> = plan.lines().filter(|line| line.contains("sdk=")).map(str::to_owned).collect();
        assert!(cases.len() >= 3, "{plan}");
        for case in cases {
            assert!(planned.insert(case.clone()), "{case} is in two parts");
        }
    }
}

#[test]
fn what_is_compared_runs_in_one_job() {
    let jobs = entries(&manifest("gate.github.yaml")["jobs"]);
    assert_eq!(jobs.len(), 1);
    assert!(jobs[0].1["strategy"].is_badvalue());
    let jobs = entries(&manifest("gate.gitlab-ci.yml"));
    assert_eq!(jobs.len(), 1);
    assert!(jobs[0].1["parallel"].is_badvalue());
    let matrix = manifest("matrix.github.yaml");
    let shards = matrix["jobs"]["shard"]["strategy"]["matrix"]["shard"].as_vec().expect("shards");
    let wanted: Vec<_> = (1..=shards.len()).map(|number| format!("{number}/{}", shards.len())).collect();
    assert_eq!(shards.iter().map(text).collect::<Vec<_>>(), wanted);
    let text = scenario(&text(&matrix["env"]["SCENARIO"]));
    assert!(!text.contains("[gate]"), "a comparison is sharded");
}

#[test]
fn a_job_keeps_what_it_found_whatever_came_of_it() {
    for name in ["gate.github.yaml", "matrix.github.yaml"] {
        let workflow = manifest(name);
        assert_eq!(entries(&workflow["permissions"]).len(), 1, "{name}");
        assert_eq!(workflow["permissions"]["contents"].as_str(), Some("read"), "{name}");
        for (job, steps) in entries(&workflow["jobs"]) {
            for step in steps["steps"].as_vec().expect("steps") {
                let uses = step["uses"].as_str().unwrap_or_default();
                if uses.starts_with("actions/upload-artifact@") {
                    assert_eq!(step["if"].as_str(), Some("${{ !cancelled() }}"), "{name}: {job}");
                }
                if uses.starts_with("actions/checkout@") {
                    assert_eq!(step["with"]["persist-credentials"].as_bool(), Some(false), "{name}: {job}");
                }
                let version = uses.rsplit('@').next().unwrap_or_default();
                let is_pinned = version.len() == 40 && version.chars().all(|c| c.is_ascii_hexdigit());
                assert!(uses.is_empty() || is_pinned, "{name}: {uses} can change under its name");
                // The whole of it saves nothing after a job that is red.
                assert!(!uses.starts_with("actions/cache@"), "{name}: {job}");
            }
        }
    }
    let job = &manifest("gate.gitlab-ci.yml")["opentok-gate"];
    assert_eq!((job["artifacts"]["when"].as_str(), job["cache"]["when"].as_str()), (Some("always"), Some("always")));
    let junit = job["artifacts"]["reports"]["junit"].as_str().expect("a file");
    assert!(job["script"].as_vec().expect("lines").iter().any(|line| text(line).contains(&format!("junit={junit} "))));
    let kept = job["artifacts"]["paths"][0].as_str().expect("a path");
    assert!(junit.starts_with(kept), "{junit} is not in {kept}");
}

/// Whoever copies a file follows its comments.
#[test]
fn the_files_and_variables_that_comments_name_exist() {
    let others = ["Jenkinsfile", "azure-pipelines.yml", "circleci.yml"];
    for name in ["gate.github.yaml", "gate.gitlab-ci.yml", "matrix.github.yaml"].into_iter().chain(others) {
        let text = std::fs::read_to_string(deploy().join(name)).expect("a file");
        let comments: String = text.lines().take_while(|line| line.starts_with(['#', '/'])).collect();
        let scenarios: Vec<_> = comments.split_whitespace().filter(|word| word.starts_with("scenarios/")).collect();
        assert!(!scenarios.is_empty(), "{name} does not say what to copy");
        for path in scenarios {
            let path = path.trim_end_matches([',', '.', ';']);
            assert!(deploy().join("..").join(path).is_file(), "{name}: {path}");
        }
        for variable in ["PRECALL_REPOSITORY", "PRECALL_COMMIT"] {
            assert!(comments.contains(variable), "{name} does not say what {variable} is");
        }
    }
}

mod nightly {
    use super::*;

    #[test]
    fn the_gate_ends_with_reports_that_begin_with_its_answer() {
        let github = GitHub::new("gate.github.yaml", TINY_GATE);
        let outputs = github.run("gate", &[], &[]);
        let gate = step(&outputs, "Gate");
        let read = |path: &Path| std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{path:?}: {error}"));
        let out = github.repository.path().join("out");
        let run = std::fs::read_dir(out.join("runs")).expect("runs").flatten().next().expect("a run").path();
        let results: serde_json::Value = serde_json::from_str(&read(&run.join("results.json"))).expect("JSON");
        let upgrade = &results["upgrade"];
        assert_eq!((upgrade["answer"].as_str(), gate.status.code()), (Some("cannot-tell"), Some(4)), "{}", said(gate));
        let sentence = upgrade["sentence"].as_str().expect("a sentence");
        // Up to where a format may have to escape something.
        let begins = sentence.split(['<', '>', '&', '"', '\'', '(', ':', '`']).next().expect("words");
        assert!(begins.contains("2.35.2"), "{sentence}");
        let reports = [
            said(gate),
            read(&out.join("junit.xml")),
            read(&out.join("report.html")),
            read(&github.repository.summary()),
        ];
        for report in reports {
            assert!(report.contains(begins), "{begins} is not in {report}");
        }
    }

    /// Takes long for what it adds, so it is left to the night.
    #[test]
    fn the_parts_of_the_matrix_are_judged_together() {
        let tiny = "[test]\nquality = false\n[expect]\nconnectivity.success = true\n\
            [matrix]\nnetwork = [\"cable\", \"4g\", \"lte\"]\n";
        let github = GitHub::new("matrix.github.yaml", tiny);
        succeeded(&github.run("build", &[], &[]));
        let shards = github.workflow["jobs"]["shard"]["strategy"]["matrix"]["shard"].as_vec().expect("shards").clone();
        let checkout = github.repository.path();
        let artifacts = checkout.join("artifacts");
        std::fs::create_dir(&artifacts).expect("made");
        for (number, shard) in shards.iter().map(text).enumerate() {
            succeeded(&github.run("shard", &[("matrix.shard", &shard)], &[]));
            // Each machine uploads its directory, and the last one downloads them beside one another.
            std::fs::rename(checkout.join("parts"), artifacts.join(format!("part-{number}"))).expect("uploaded");
        }
        std::fs::rename(&artifacts, checkout.join("parts")).expect("downloaded");
        let outputs = github.run("verdict", &[], &[]);
        succeeded(&outputs);
        assert!(said(step(&outputs, "Join the parts and judge them")).contains("3 passed"));
        let runs = checkout.join("runs");
        assert!(runs.join("junit.xml").is_file());
        let pages = std::fs::read_dir(&runs).expect("runs").flatten();
        assert_eq!(pages.filter(|run| run.path().join("report.html").is_file()).count(), 1);
    }
}
