//! The gate on Jenkins, Azure Pipelines and CircleCI: what each system runs, and what it keeps.

use std::process::Output;

use crate::common::said;
use crate::workflows::manifest::{deploy, entries, manifest, scenario, text};
use crate::workflows::repository::{Repository, commit};
use yaml_rust2::Yaml;

/// What Azure does between the two jobs: an artifact loses the right to be run.
const ARTIFACT: &str = "mkdir -p \"$PIPELINE_WORKSPACE/precall\" && \
    install -m 644 \"$PIPELINE_WORKSPACE/precall-build/bin/precall\" \"$PIPELINE_WORKSPACE/precall/precall\"";

/// The gate of a CI system.
pub struct Gate {
    /// The file in `deploy/`.
    pub file: &'static str,
    /// How the system runs a script.
    pub shell: &'static [&'static str],
    /// The scripts, in their order.
    pub scripts: Vec<String>,
    environment: Vec<(String, String)>,
}

impl Gate {
    /// A user's repository with the gate's scenario in it.
    fn repository(&self) -> Repository {
        let scenario_file = self.environment.iter().find(|(name, _)| name == "SCENARIO").expect("a scenario");
        let repository = Repository::new(&scenario_file.1, &scenario("upgrade-gate.toml"));
        repository.stub("apt-get");
        repository
    }

    /// Runs the scripts up to the first that fails, and gives what the last one said.
    fn run(&self, repository: &Repository, more: &[(&str, &str)]) -> Output {
        let own = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let workspace = repository.home().join("pipeline");
        let mut environment = self.environment.clone();
        environment.push(own("PIPELINE_WORKSPACE", workspace.to_str().expect("UTF-8")));
        environment.extend(more.iter().map(|(name, value)| own(name, value)));
        let mut last = None;
        for script in &self.scripts {
            let output = repository.shell(self.shell, script, &environment);
            let has_failed = !output.status.success();
            last = Some(output);
            if has_failed {
                break;
            }
        }
        last.expect("scripts")
    }
}

/// Every gate of this module.
pub fn all() -> [Gate; 3] {
    [jenkins(), azure(), circleci()]
}

fn jenkinsfile() -> String {
    std::fs::read_to_string(deploy().join("Jenkinsfile")).expect("the Jenkinsfile")
}

fn jenkins() -> Gate {
    let text = jenkinsfile();
    let parts = |begin: &str, end: &str| -> Vec<String> {
        text.split(begin).skip(1).map(|rest| rest.split(end).next().unwrap_or_default().to_owned()).collect()
    };
    let scripts = parts("sh '''", "'''");
    for script in &scripts {
        // Groovy reads a string in quotes before the shell does: it joins such lines as well, and changes all else.
        assert!(!script.replace("\\\n", "").contains('\\'), "Groovy changes {script}");
    }
    let variables = parts("environment {\n", "\n    }\n").concat();
    let environment = variables.lines().map(|line| {
        let (name, value) = line.trim().split_once(" = ").unwrap_or_else(|| panic!("no variable: {line}"));
        (name.to_owned(), value.trim_matches('\'').to_owned())
    });
    Gate { file: "Jenkinsfile", shell: &["sh", "-xe", "-c"], environment: environment.collect(), scripts }
}

/// The steps of a job that have this key.
fn steps(job: &Yaml, key: &str) -> Vec<Yaml> {
    let steps = job["steps"].as_vec().expect("steps").iter();
    steps.filter(|step| !step[key].is_badvalue()).cloned().collect()
}

/// The two jobs of Azure's pipeline: one builds precall, the other runs the gate.
fn azure_jobs() -> [Yaml; 2] {
    let jobs = manifest("azure-pipelines.yml")["jobs"].as_vec().expect("jobs").clone();
    <[Yaml; 2]>::try_from(jobs).unwrap_or_else(|jobs| panic!("two jobs: {jobs:?}"))
}

fn azure() -> Gate {
    let scripts = |job: &Yaml| steps(job, "bash").iter().map(|step| text(&step["bash"])).collect::<Vec<_>>();
    let [build, gate] = azure_jobs();
    let variables = entries(&manifest("azure-pipelines.yml")["variables"]);
    Gate {
        file: "azure-pipelines.yml",
        shell: &["bash", "--noprofile", "--norc", "-c"],
        scripts: [scripts(&build), vec![ARTIFACT.to_owned()], scripts(&gate)].concat(),
        environment: variables.into_iter().map(|(name, value)| (name, text(&value))).collect(),
    }
}

fn circleci() -> Gate {
    let job = &manifest("circleci.yml")["jobs"]["opentok-gate"];
    let scripts = steps(job, "run").iter().map(|step| text(&step["run"]["command"])).collect();
    let variables = entries(&job["environment"]).into_iter().map(|(name, value)| {
        // Who starts it by hand, and gives no parameters.
        let value = match text(&value).as_str() {
            "<< pipeline.trigger_source >>" => "api".to_owned(),
            parameter if parameter.starts_with("<< pipeline.parameters.") => String::new(),
            value => value.to_owned(),
        };
        (name, value)
    });
    let environment = variables.collect();
    Gate { file: "circleci.yml", shell: &["bash", "-eo", "pipefail", "-c"], scripts, environment }
}

#[test]
fn each_plans_what_its_scenario_and_its_variables_say() {
    for gate in all() {
        let repository = gate.repository();
        let (url, commit) = repository.precall();
        let set = [("PRECALL_REPOSITORY", &*url), ("PRECALL_COMMIT", &*commit), ("EXTRA", "--dry-run")];
        let output = gate.run(&repository, &set);
        assert_eq!(output.status.code(), Some(0), "{}: {}", gate.file, said(&output));
        assert!(said(&output).contains("2.34.2"), "{}: {}", gate.file, said(&output));
        // The second time the binary is there, and nothing is built: there is nothing left to build from.
        std::fs::remove_dir_all(url.trim_start_matches("file://")).expect("removed");
        let set = [&set[..], &[("OPENTOK_FROM", "2.33.2"), ("OPENTOK_TO", "2.35.2")][..]].concat();
        let output = gate.run(&repository, &set);
        assert_eq!(output.status.code(), Some(0), "{}: {}", gate.file, said(&output));
        let plan = said(&output);
        assert!(plan.contains("2.33.2") && plan.contains("2.35.2"), "{}: {plan}", gate.file);
    }
}

#[test]
fn the_exit_code_of_the_gate_is_that_of_the_step() {
    for gate in all() {
        let repository = gate.repository();
        let (url, commit) = repository.precall();
        for code in ["0", "1", "2", "3", "4"] {
            let set = [("PRECALL_REPOSITORY", &*url), ("PRECALL_COMMIT", &*commit), ("EXIT", code)];
            let output = gate.run(&repository, &set);
            assert_eq!(output.status.code(), code.parse().ok(), "{}: {}", gate.file, said(&output));
        }
    }
}

#[test]
fn what_has_to_be_set_is_named() {
    for gate in all() {
        let repository = gate.repository();
        for variable in ["PRECALL_REPOSITORY", "PRECALL_COMMIT"] {
            let all = [("PRECALL_REPOSITORY", "file:///nowhere"), ("PRECALL_COMMIT", "0123abc"), (variable, "")];
            let output = gate.run(&repository, &all);
            assert!(!output.status.success(), "{}", gate.file);
            assert!(said(&output).contains(&format!("{variable}: set this ")), "{}: {}", gate.file, said(&output));
        }
    }
}

#[test]
fn what_is_compared_runs_in_one_job() {
    for word in ["parallel {", "parallel(", "matrix {"] {
        assert!(!jenkinsfile().contains(word), "{word}");
    }
    let [_, gate] = azure_jobs();
    assert!(gate["strategy"].is_badvalue());
    let jobs = entries(&manifest("circleci.yml")["jobs"]);
    assert_eq!(jobs.len(), 1);
    assert!(jobs[0].1["parallelism"].is_badvalue());
    for gate in all() {
        let gates = gate.scripts.iter().filter(|script| script.contains(" gate \"$SCENARIO\""));
        assert_eq!(gates.count(), 1, "{}", gate.file);
    }
}

#[test]
fn a_gate_keeps_what_it_found_whatever_came_of_it() {
    for gate in all() {
        let last = gate.scripts.last().expect("scripts");
        assert!(last.contains("--report junit=out/junit.xml ") && last.contains("--output out/runs"), "{}", gate.file);
    }
    let jenkinsfile = jenkinsfile();
    let (_, always) = jenkinsfile.split_once("always {\n").expect("what follows each build");
    assert!(always.contains("junit testResults: 'out/junit.xml', allowEmptyResults: true"));
    assert!(always.contains("archiveArtifacts artifacts: 'out/**', allowEmptyArchive: true"));
    let [build, gate] = azure_jobs();
    let kept = [steps(&gate, "publish"), steps(&gate, "task")].concat();
    assert_eq!(kept.len(), 2);
    for step in &kept {
        assert_eq!(step["condition"].as_str(), Some("succeededOrFailed()"), "{step:?}");
    }
    assert_eq!(kept[1]["inputs"]["testResultsFiles"].as_str(), Some("out/junit.xml"));
    assert_eq!(steps(&build, "publish")[0]["artifact"], steps(&gate, "download")[0]["artifact"]);
    assert_eq!(gate["dependsOn"].as_str(), Some("build"));
    let job = &manifest("circleci.yml")["jobs"]["opentok-gate"];
    assert_eq!(steps(job, "store_test_results")[0]["store_test_results"]["path"].as_str(), Some("out/junit.xml"));
    assert_eq!(steps(job, "store_artifacts")[0]["store_artifacts"]["path"].as_str(), Some("out"));
    let (restored, saved) = (steps(job, "restore_cache"), steps(job, "save_cache"));
    assert_eq!(restored[0]["restore_cache"]["keys"][0], saved[0]["save_cache"]["key"]);
}

#[test]
fn a_push_to_circleci_that_changes_nothing_that_is_watched_ends_at_once() {
    let gate = circleci();
    let repository = gate.repository();
    repository.program("circleci-agent", "echo \"$*\" > \"$HOME/asked\"");
    let asked = repository.home().join("asked");
    let has_ended = |trigger: &str| {
        let mut environment = gate.environment.clone();
        environment.push(("TRIGGER".to_owned(), trigger.to_owned()));
        let output = repository.shell(gate.shell, &gate.scripts[0], &environment);
        assert_eq!(output.status.code(), Some(0), "{}", said(&output));
        let text = std::fs::read_to_string(&asked).unwrap_or_default();
        let _ = std::fs::remove_file(&asked);
        text.trim() == "step halt"
    };
    // Git does not know the main branch: better a gate too many.
    assert!(!has_ended("webhook"));
    let main = "git update-ref refs/remotes/origin/HEAD HEAD";
    let output = repository.shell(gate.shell, main, &[]);
    assert!(output.status.success(), "{}", said(&output));
    assert!(has_ended("webhook"));
    assert!(!has_ended("scheduled_pipeline") && !has_ended("api"), "nobody pushed anything");
    std::fs::write(repository.path().join("other.txt"), "").expect("written");
    commit(&repository.path());
    assert!(has_ended("webhook"));
    std::fs::write(repository.path().join("package.json"), "{}").expect("written");
    commit(&repository.path());
    assert!(!has_ended("webhook"));
}
