//! The pods of `deploy/kubernetes.yaml` by other ways: a base for kustomize, and a chart for Helm. The programs that
//! people use read both.

mod chart;
mod kustomize;

use serde_json::Value;
use yaml_rust2::{Yaml, YamlLoader};

use crate::common::{Workspace, pypi, said};
use crate::workflows::manifest::text;

/// What knows every field of Kubernetes.
const KUBERNETES_VALIDATE: &str = "kubernetes-validate==1.37.0";

/// YAML without the order of its keys.
fn json(yaml: &Yaml) -> Value {
    match yaml {
        Yaml::Hash(entries) => entries.iter().map(|(key, value)| (text(key), json(value))).collect(),
        Yaml::Array(values) => values.iter().map(json).collect(),
        Yaml::Integer(number) => Value::from(*number),
        Yaml::Boolean(value) => Value::from(*value),
        Yaml::String(string) => Value::from(string.as_str()),
        Yaml::Null => Value::Null,
        other => panic!("{other:?}"),
    }
}

/// The objects of a manifest.
fn objects(manifest: &str) -> Vec<Value> {
    let documents = YamlLoader::load_from_str(manifest).unwrap_or_else(|error| panic!("{error}: {manifest}"));
    documents.iter().map(json).filter(|object| !object.is_null()).collect()
}

/// The object of this kind and name.
fn object<'a>(objects: &'a [Value], kind: &str, name: &str) -> &'a Value {
    let found = objects.iter().find(|object| object["kind"] == kind && object["metadata"]["name"] == name);
    found.unwrap_or_else(|| panic!("no {kind} {name} in {objects:#?}"))
}

/// The value of a variable of a job's container.
fn variable<'a>(job: &'a Value, name: &str) -> &'a Value {
    let all = job["spec"]["template"]["spec"]["containers"][0]["env"].as_array().expect("an environment");
    let found = all.iter().find(|variable| variable["name"] == name);
    &found.unwrap_or_else(|| panic!("no {name} in {all:?}"))["value"]
}

/// What Kubernetes' own schemas say of a manifest; `None` where they cannot be had.
fn validated(manifest: &str) -> Option<(bool, String)> {
    let mut validate = pypi::program(KUBERNETES_VALIDATE, "kubernetes-validate")?;
    let workspace = Workspace::new();
    let path = workspace.path().join("manifest.yaml");
    std::fs::write(&path, manifest).expect("written");
    let output = validate.arg("--strict").arg(path).output().expect("kubernetes-validate starts");
    Some((output.status.success(), said(&output)))
}
