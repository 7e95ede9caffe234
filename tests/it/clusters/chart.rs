//! The chart for Helm, rendered by Helm's own library.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::{Value, json};

use super::{object, objects, validated, variable};
use crate::common::{Workspace, pypi, recorded, said};
use crate::workflows::manifest::deploy;

/// Helm's library, version 4, in a package for Python.
const HELM: &str = "helm-python-sdk==0.2.2";

/// As `helm lint --strict` and `helm template` do, for the third revision of a release.
const RENDER: &str = "import json, sys\nimport helm_python as helm\n\
    chart, values = sys.argv[1], json.loads(sys.argv[2])\n\
    report = helm.lint(chart, values, strict=True)\n\
    assert not report['errors'], report['errors']\n\
    with helm.Chart.load(chart) as it: files = it.render(values, name='nightly', namespace='tests', revision=3)\n\
    print(json.dumps(files))\n";

fn chart() -> PathBuf {
    deploy().join("helm/precall")
}

/// The objects that a chart makes of values, or why it makes none; `None` where Helm cannot be had.
fn render(chart: &Path, values: &Value) -> Option<Result<Vec<Value>, String>> {
    let mut helm = pypi::script(HELM, RENDER)?;
    let output = helm.arg(chart).arg(values.to_string()).output().expect("python3 starts");
    if !output.status.success() {
        return Some(Err(said(&output)));
    }
    let files: BTreeMap<String, String> = serde_json::from_slice(&output.stdout).expect("JSON");
    let manifests = files.iter().filter(|(name, _)| name.ends_with(".yaml"));
    Some(Ok(manifests.flat_map(|(_, manifest)| objects(manifest)).collect()))
}

/// The objects of values that the chart accepts.
fn rendered(values: &Value) -> Option<Vec<Value>> {
    render(&chart(), values).map(|result| result.unwrap_or_else(|error| panic!("{values}: {error}")))
}

/// The script of a job's container.
fn script(job: &Value) -> &str {
    job["spec"]["template"]["spec"]["containers"][0]["args"][0].as_str().expect("a script")
}

/// The specification of a job without names, its script and its variables.
fn shape(job: &Value) -> Value {
    let mut spec = job["spec"].clone();
    spec["template"].as_object_mut().expect("a template").remove("metadata");
    let pod = &mut spec["template"]["spec"];
    pod["volumes"][0]["persistentVolumeClaim"]["claimName"] = Value::Null;
    let container = pod["containers"][0].as_object_mut().expect("a container");
    for key in ["args", "env", "imagePullPolicy"] {
        container.remove(key);
    }
    spec
}

/// The variables of a job's container, by their names.
fn variables(job: &Value) -> BTreeMap<String, Value> {
    let all = job["spec"]["template"]["spec"]["containers"][0]["env"].as_array().expect("an environment");
    all.iter().map(|variable| (variable["name"].as_str().expect("a name").to_owned(), variable.clone())).collect()
}

#[test]
fn its_pods_are_those_of_the_manifest() {
    let Some(all) = rendered(&json!({})) else { return };
    let manifest = objects(&std::fs::read_to_string(deploy().join("kubernetes.yaml")).expect("the manifest"));
    for (name, own, more) in [
        ("precall", "nightly-precall-3", &["JOB_NAME"][..]),
        ("precall-merge", "nightly-precall-merge-3", &["JOB_NAME", "KEEP"][..]),
    ] {
        let (expected, job) = (object(&manifest, "Job", name), object(&all, "Job", own));
        assert_eq!(shape(job), shape(expected), "{name}");
        assert!(script(job).ends_with(script(expected)), "{name}: {}", script(job));
        let (expected, variables) = (variables(expected), variables(job));
        for (variable, value) in &expected {
            assert_eq!(variables.get(variable), Some(value), "{name}: {variable}");
        }
        let others = variables.keys().filter(|variable| !expected.contains_key(*variable)).map(String::as_str);
        let others: Vec<_> = others.collect();
        assert_eq!(others, more, "{name}");
    }
    let claim = object(&all, "PersistentVolumeClaim", "nightly-precall-results");
    assert_eq!(claim["spec"], object(&manifest, "PersistentVolumeClaim", "precall-results")["spec"]);
}

#[test]
fn with_a_schedule_both_jobs_come_at_once() {
    let mut values = json!({
        "image": { "repository": "registry.example.com/precall", "tag": "1" },
        "scenario": "/own/nightly.toml",
        "scenarios": { "nightly.toml": "[matrix]\nnetwork = [\"cable\", \"lte\"]\n" },
        "shards": 2,
        "claim": { "existing": "mine" },
        "nodeSelector": { "pool": "quiet" },
    });
    let Some(once) = rendered(&values) else { return };
    values["schedule"] = "0 3 * * *".into();
    values["timeZone"] = "Europe/Berlin".into();
    let nightly = rendered(&values).expect("as before");
    for name in ["nightly-precall", "nightly-precall-merge"] {
        let (job, cron) = (object(&once, "Job", &format!("{name}-3")), object(&nightly, "CronJob", name));
        assert_eq!(cron["spec"]["jobTemplate"]["spec"], job["spec"], "{name}");
        let schedule = (cron["spec"]["schedule"].as_str(), cron["spec"]["timeZone"].as_str());
        assert_eq!(schedule, (Some("0 3 * * *"), Some("Europe/Berlin")), "{name}");
        assert_eq!(variable(job, "PRECALL_SHARDS"), "2");
        let pod = &job["spec"]["template"]["spec"];
        assert_eq!(pod["containers"][0]["image"], "registry.example.com/precall:1");
        assert_eq!(pod["volumes"][0]["persistentVolumeClaim"]["claimName"], "mine");
        assert_eq!(pod["volumes"][3]["configMap"]["name"], "nightly-precall");
        assert_eq!(pod["containers"][0]["volumeMounts"][3]["mountPath"], "/own");
    }
    assert_eq!(object(&nightly, "ConfigMap", "nightly-precall")["data"], values["scenarios"]);
    assert!(nightly.iter().all(|object| object["kind"] != "PersistentVolumeClaim"));
    for objects in [&once, &nightly] {
        let manifest: Vec<_> = objects.iter().map(Value::to_string).collect();
        let Some((is_good, text)) = validated(&manifest.join("\n---\n")) else { return };
        assert!(is_good, "{text}");
    }
}

#[test]
fn with_a_store_there_is_no_volume_and_each_run_has_an_address() {
    use std::os::unix::fs::PermissionsExt;
    let values = json!({
        "shards": 2, "store": { "url": "s3://results/nightly", "secret": "keys" }, "serviceAccount": "results",
    });
    let Some(all) = rendered(&values) else { return };
    assert!(all.iter().all(|object| object["kind"] != "PersistentVolumeClaim"));
    let workspace = Workspace::new();
    let bin = workspace.path().join("bin");
    std::fs::create_dir(&bin).expect("made");
    std::fs::write(bin.join("precall"), "#!/bin/sh\necho \"$@\" > asked\n").expect("written");
    std::fs::set_permissions(bin.join("precall"), PermissionsExt::from_mode(0o755)).expect("a program");
    let asked = |name: &str, job_name: &str| {
        let job = object(&all, "Job", name);
        let container = &job["spec"]["template"]["spec"]["containers"][0];
        assert_eq!(container["envFrom"][0]["secretRef"]["name"], "keys");
        assert_eq!(job["spec"]["template"]["spec"]["serviceAccountName"], "results");
        assert!(job["spec"]["template"]["spec"]["volumes"][0]["emptyDir"].is_object(), "{job:#}");
        let pod = [("JOB_NAME", job_name), ("JOB_COMPLETION_INDEX", "1")];
        let output = run(job, &workspace, bin.to_str().expect("UTF-8"), &pod);
        assert_eq!(output.status.code(), Some(0), "{}", said(&output));
        std::fs::read_to_string(workspace.path().join("asked")).expect("it was called").trim().to_owned()
    };
    assert_eq!(
        asked("nightly-precall-3", "nightly-precall-29"),
        "run /scenarios/versions.toml --shard auto --slots 2 --output /results --store s3://results/nightly/29/1"
    );
    assert_eq!(
        asked("nightly-precall-merge-3", "nightly-precall-merge-29"),
        "merge s3://results/nightly/29/0 s3://results/nightly/29/1 --wait 240min --output /results --store \
         s3://results/nightly/29/merged"
    );
    let manifest: Vec<_> = all.iter().map(Value::to_string).collect();
    let Some((is_good, text)) = validated(&manifest.join("\n---\n")) else { return };
    assert!(is_good, "{text}");
}

#[test]
fn values_that_mean_nothing_and_broken_templates_are_refused() {
    if rendered(&json!({})).is_none() {
        return;
    }
    for values in [
        json!({ "shard": 3 }),
        json!({ "shards": 0 }),
        json!({ "shards": "3" }),
        json!({ "schedule": 5 }),
        json!({ "scenario": "nightly.toml" }),
        json!({ "image": { "repository": "" } }),
        json!({ "claim": { "accessMode": "Everybody" } }),
        json!({ "store": { "url": "ftp://results" } }),
    ] {
        let refused = render(&chart(), &values).expect("as before").expect_err("it means nothing");
        assert!(refused.contains("schema"), "{values}: {refused}");
    }
    let workspace = Workspace::new();
    let broken = workspace.path().join("precall");
    recorded::copy(&chart(), &broken);
    let template = broken.join("templates/run.yaml");
    let text = std::fs::read_to_string(&template).expect("a template");
    std::fs::write(&template, text.replace("precall.job", "precall.jobs")).expect("written");
    let refused = render(&broken, &json!({})).expect("as before").expect_err("there is no such template");
    assert!(refused.contains("precall.jobs"), "{refused}");
}

/// Runs the script of a job's container, with its variables but for these.
fn run(job: &Value, workspace: &Workspace, path: &str, changed: &[(&str, &str)]) -> Output {
    let mut command = Command::new("sh");
    command.args(["-c", script(job)]).current_dir(workspace.path());
    for (name, variable) in variables(job) {
        if let Some(value) = variable["value"].as_str() {
            command.env(name, value);
        }
    }
    let path = format!("{path}:{}", std::env::var("PATH").expect("a PATH"));
    // The home directory of the container is not here.
    let home = std::env::var("HOME").expect("a home directory");
    command.env("PATH", path).env("HOME", home).envs(changed.iter().copied()).output().expect("sh starts")
}

#[test]
fn a_run_has_a_directory_by_the_number_of_its_job_and_old_ones_are_removed() {
    use std::os::unix::fs::PermissionsExt;
    let Some(all) = rendered(&json!({ "shards": 1, "keep": 2 })) else { return };
    let workspace = Workspace::new();
    let results = workspace.path().join("results");
    let text = |path: &Path| path.to_str().expect("UTF-8").to_owned();
    let bin = workspace.path().join("bin");
    std::fs::create_dir(&bin).expect("made");
    std::fs::write(bin.join("precall"), "#!/bin/sh\necho \"$@\" > asked\n").expect("written");
    std::fs::set_permissions(bin.join("precall"), PermissionsExt::from_mode(0o755)).expect("a program");
    let (shared, first) = (text(&results), text(&results.join("29/0")));
    let pod = [("RESULTS", shared.as_str()), ("JOB_NAME", "nightly-precall-29"), ("JOB_COMPLETION_INDEX", "0")];
    let output = run(object(&all, "Job", "nightly-precall-3"), &workspace, &text(&bin), &pod);
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    let asked = std::fs::read_to_string(workspace.path().join("asked")).expect("it was called");
    assert_eq!(asked.trim(), format!("run /scenarios/versions.toml --shard auto --output {first} --slots 2"));

    recorded::copy(&recorded::run(), &results.join("29/0/20260102T030406-whole"));
    for other in ["7/0", "8/0", "lost+found"] {
        std::fs::create_dir_all(results.join(other)).expect("made");
    }
    let program = Path::new(env!("CARGO_BIN_EXE_precall")).parent().expect("a directory");
    let pod = [("RESULTS", shared.as_str()), ("JOB_NAME", "nightly-precall-merge-29")];
    let output = run(object(&all, "Job", "nightly-precall-merge-3"), &workspace, &text(program), &pod);
    let merged =
        std::fs::read_dir(results.join("29/merged")).unwrap_or_else(|error| panic!("{error}: {}", said(&output)));
    let runs: Vec<_> = merged.flatten().filter(|run| run.path().join("results.json").is_file()).collect();
    assert_eq!(runs.len(), 1, "{}", said(&output));
    let is_kept = ["7", "8", "29", "lost+found"].map(|name| results.join(name).exists());
    assert_eq!(is_kept, [false, true, true, true]);
}
