//! The workflows as their CI systems read them.

use std::path::{Path, PathBuf};

use yaml_rust2::yaml::Hash;
use yaml_rust2::{Yaml, YamlLoader};

/// The directory with the files to copy.
pub fn deploy() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("deploy")
}

/// A file of `deploy/`, parsed.
pub fn manifest(name: &str) -> Yaml {
    let path = deploy().join(name);
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let mut documents = YamlLoader::load_from_str(&text).unwrap_or_else(|error| panic!("{name}: {error}"));
    assert_eq!(documents.len(), 1, "{name}");
    documents.remove(0)
}

/// A ready scenario.
pub fn scenario(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios").join(name);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The entries of a mapping; none where there is no mapping.
pub fn entries(yaml: &Yaml) -> Vec<(String, Yaml)> {
    let hash: Option<&Hash> = yaml.as_hash();
    let entries = hash.into_iter().flatten();
    entries.map(|(key, value)| (key.as_str().expect("a name").to_owned(), value.clone())).collect()
}

/// A scalar as text.
pub fn text(yaml: &Yaml) -> String {
    match yaml {
        Yaml::String(text) => text.clone(),
        Yaml::Integer(number) => number.to_string(),
        Yaml::Boolean(value) => value.to_string(),
        other => panic!("{other:?} is no text"),
    }
}

/// The steps of a job of a GitHub workflow that have a script, in their order: the name and the script.
pub fn scripts(job: &Yaml) -> Vec<(String, String)> {
    let steps = job["steps"].as_vec().expect("steps");
    let scripts = steps.iter().filter(|step| !step["run"].is_badvalue());
    scripts.map(|step| (text(&step["name"]), text(&step["run"]))).collect()
}

/// The environment that GitHub gives a job's steps, where its expressions have these values.
pub fn environment(workflow: &Yaml, job: &Yaml, values: &[(&str, &str)]) -> Vec<(String, String)> {
    let all = [entries(&workflow["env"]), entries(&job["env"])].concat();
    all.into_iter().map(|(name, value)| (name, evaluated(&text(&value), values))).collect()
}

/// A value with its expressions replaced.
fn evaluated(text: &str, values: &[(&str, &str)]) -> String {
    let Some((before, rest)) = text.split_once("${{") else { return text.to_owned() };
    let (expression, after) = rest.split_once("}}").expect("an expression ends");
    let known = values.iter().find(|(name, _)| *name == expression.trim());
    let (_, value) = known.unwrap_or_else(|| panic!("nothing is known of {expression}"));
    format!("{before}{value}{}", evaluated(after, values))
}
