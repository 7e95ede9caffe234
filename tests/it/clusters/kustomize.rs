//! The base and the overlay for kustomize.

use std::process::Command;

use super::{object, objects, validated, variable};
use crate::common::said;
use crate::workflows::manifest::deploy;

fn read(name: &str) -> String {
    let path = deploy().join(name);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// What kubectl makes of a directory in `deploy/kustomize`.
fn built(directory: &str) -> Option<String> {
    let path = deploy().join("kustomize").join(directory);
    match Command::new("kubectl").arg("kustomize").arg(&path).output() {
        Ok(output) => {
            assert!(output.status.success(), "{}: {}", path.display(), said(&output));
            Some(String::from_utf8(output.stdout).expect("UTF-8"))
        }
        Err(error) => {
            println!("skipped: kubectl is not installed ({error}); Kubernetes has a package kubectl for Debian");
            None
        }
    }
}

/// Without kubectl, which not every machine has.
#[test]
fn the_manifest_has_the_objects_of_the_base() {
    let base = ["claim", "run", "merge"].map(|name| objects(&read(&format!("kustomize/base/{name}.yaml"))));
    assert_eq!(objects(&read("kubernetes.yaml")), base.concat());
}

#[test]
fn the_manifest_is_what_kubectl_makes_of_the_base() {
    let Some(built) = built("base") else { return };
    let written = read("kubernetes.yaml");
    let head: String = written.split_inclusive('\n').take_while(|line| line.starts_with('#')).collect();
    let wanted = format!("{head}{built}");
    if std::env::var_os("UPDATE_DEPLOY").is_some() {
        std::fs::write(deploy().join("kubernetes.yaml"), &wanted).expect("written");
    }
    assert!(read("kubernetes.yaml") == wanted, "UPDATE_DEPLOY=1 cargo test --test it kustomize writes it");
}

#[test]
fn the_overlay_has_its_own_image_scenario_and_number_of_pods() {
    let Some(built) = built("overlays/example") else { return };
    let all = objects(&built);
    let (run, merge) = (object(&all, "Job", "precall"), object(&all, "Job", "precall-merge"));
    let shards = run["spec"]["completions"].as_i64().expect("a number");
    assert_eq!(run["spec"]["parallelism"], shards);
    for job in [run, merge] {
        assert_eq!(variable(job, "PRECALL_SHARDS"), shards.to_string().as_str());
        assert_eq!(job["metadata"]["namespace"], "precall");
        let pod = &job["spec"]["template"]["spec"];
        assert_eq!(pod["containers"][0]["image"], "registry.example.com/precall:1");
        let claims = pod["volumes"].as_array().expect("volumes").iter();
        assert_eq!(claims.filter(|volume| volume["persistentVolumeClaim"].is_object()).count(), 1, "{pod:#}");
    }
    let pod = &run["spec"]["template"]["spec"];
    let volumes = pod["volumes"].as_array().expect("volumes");
    let own = volumes.iter().find(|volume| volume["name"] == "scenarios").expect("the scenarios");
    let scenarios = object(&all, "ConfigMap", own["configMap"]["name"].as_str().expect("a name"));
    let mounts = pod["containers"][0]["volumeMounts"].as_array().expect("mounts");
    let mount = mounts.iter().find(|mount| mount["name"] == "scenarios").expect("a mount");
    let path = format!("{}/nightly.toml", mount["mountPath"].as_str().expect("a path"));
    assert_eq!(variable(run, "SCENARIO"), path.as_str());
    assert_eq!(scenarios["data"]["nightly.toml"], read("kustomize/overlays/example/nightly.toml"));
    let scenario = deploy().join("kustomize/overlays/example/nightly.toml");
    precall_scenario::load(&scenario).unwrap_or_else(|error| panic!("{error}"));
    // What is not changed is as in the base.
    let base = objects(&read("kubernetes.yaml"));
    let unchanged = &object(&base, "Job", "precall")["spec"]["template"]["spec"];
    for key in ["securityContext", "automountServiceAccountToken", "restartPolicy"] {
        assert_eq!(pod[key], unchanged[key], "{key}");
    }
}

#[test]
fn the_overlay_without_a_shared_volume_has_a_store() {
    let Some(built) = built("overlays/object-store") else { return };
    let all = objects(&built);
    assert!(all.iter().all(|object| object["kind"] != "PersistentVolumeClaim"));
    let base = objects(&read("kubernetes.yaml"));
    for name in ["precall", "precall-merge"] {
        let (job, before) = (object(&all, "Job", name), object(&base, "Job", name));
        let (pod, before) = (&job["spec"]["template"]["spec"], &before["spec"]["template"]["spec"]);
        let container = &pod["containers"][0];
        let script = container["args"][0].as_str().expect("a script");
        assert!(script.contains("--store \"$STORE/"), "{script}");
        assert_eq!(container["envFrom"][0]["secretRef"]["name"], "precall-store");
        for volume in pod["volumes"].as_array().expect("volumes") {
            assert!(volume["emptyDir"]["sizeLimit"].is_string(), "{volume}");
        }
        for key in ["securityContext", "automountServiceAccountToken", "restartPolicy"] {
            assert_eq!(pod[key], before[key], "{name}: {key}");
        }
        assert_eq!(container["securityContext"], before["containers"][0]["securityContext"], "{name}");
    }
    let Some((is_good, text)) = validated(&built) else { return };
    assert!(is_good, "{text}");
}

#[test]
fn kubernetes_knows_every_field() {
    let manifest = read("kubernetes.yaml");
    let Some((is_good, text)) = validated(&manifest) else { return };
    assert!(is_good, "{text}");
    if let Some(overlay) = built("overlays/example") {
        let (is_good, text) = validated(&overlay).expect("as before");
        assert!(is_good, "{text}");
    }
    for (from, to) in [("completions: 5", "completions: five"), ("backoffLimit: 6", "backofLimit: 6")] {
        assert!(manifest.contains(from), "{from}");
        let (is_good, text) = validated(&manifest.replace(from, to)).expect("as before");
        assert!(!is_good, "{to} is accepted: {text}");
    }
}
