//! The dashboard for Grafana and the alerts for Prometheus: they ask for metrics that a report has, and promtool reads
//! them.

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::{Value, json};

use crate::common::{Workspace, debian, recorded, said};
use crate::workflows::manifest::deploy;

fn read(name: &str) -> String {
    let path = deploy().join(name);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn dashboard() -> Value {
    serde_json::from_str(&read("grafana-dashboard.json")).expect("JSON")
}

/// The expressions of the dashboard's panels, with every variable set to all.
fn expressions() -> Vec<String> {
    let board = dashboard();
    let panels = board["panels"].as_array().expect("panels").iter();
    let targets = panels.flat_map(|panel| panel["targets"].as_array().expect("targets"));
    let texts = targets.map(|target| target["expr"].as_str().expect("an expression"));
    let all =
        |text: &str| ["$scenario", "$sdk", "$case"].iter().fold(text.to_owned(), |it, name| it.replace(name, ".*"));
    texts.map(all).collect()
}

/// The families of metrics that a text names.
fn families(text: &str) -> BTreeSet<&str> {
    let words = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
    words.filter(|word| word.starts_with("precall_")).collect()
}

/// Runs promtool in a directory; `None` where there is none.
fn promtool(directory: &Path, arguments: &[&str]) -> Option<(bool, String)> {
    let output = debian::program("prometheus", "promtool")?.args(arguments).current_dir(directory).output();
    let output = output.expect("promtool runs");
    Some((output.status.success(), said(&output)))
}

#[test]
fn every_metric_is_one_of_a_report() {
    let workspace = Workspace::new();
    let run = recorded::run();
    let arguments = ["report", run.to_str().expect("UTF-8"), "--format", "openmetrics", "--output", "-"];
    let output = workspace.precall(&arguments).output().expect("precall runs");
    assert!(output.status.success(), "{}", said(&output));
    let report = String::from_utf8(output.stdout).expect("UTF-8");
    let of_metrics = precall_results::Metric::ALL.iter().filter_map(|metric| Some(metric.row().gauge?.name));
    // A family is absent if no case of a run has a figure for it.
    let known: BTreeSet<_> = families(&report).into_iter().chain(of_metrics).collect();
    assert!(known.len() >= 20, "{known:?}");
    let expressions = expressions().join("\n");
    let (rules, tests) = (read("prometheus-rules.yml"), read("prometheus-rules.test.yml"));
    for (name, text) in [("dashboard", &expressions), ("rules", &rules), ("tests", &tests)] {
        let named = families(text);
        assert!(!named.is_empty(), "{name}");
        let unknown: Vec<_> = named.difference(&known).collect();
        assert!(unknown.is_empty(), "{name}: {unknown:?}");
    }
}

#[test]
fn the_dashboard_is_whole() {
    let board = dashboard();
    let panels = board["panels"].as_array().expect("panels");
    let ids: BTreeSet<_> = panels.iter().map(|panel| panel["id"].as_i64().expect("an id")).collect();
    assert!(panels.len() >= 10 && ids.len() == panels.len());
    let mut taken = BTreeSet::new();
    for panel in panels {
        let title = panel["title"].as_str().expect("a title");
        assert_eq!(panel["datasource"]["uid"], "${datasource}", "{title}");
        let place = |key: &str| panel["gridPos"][key].as_i64().expect("a place");
        assert!(place("x") + place("w") <= 24, "{title}");
        for x in place("x")..place("x") + place("w") {
            for y in place("y")..place("y") + place("h") {
                assert!(taken.insert((x, y)), "{title} is over another panel");
            }
        }
    }
    // Every variable that an expression has is one of the dashboard, and the other way round.
    let variables = board["templating"]["list"].as_array().expect("variables");
    let names: BTreeSet<_> = variables.iter().map(|variable| variable["name"].as_str().expect("a name")).collect();
    let text = board["panels"].to_string();
    let is_outside = |c: char| !c.is_ascii_alphanumeric();
    let words = text.split('$').skip(1).map(|rest| rest.trim_start_matches('{'));
    let used: BTreeSet<_> = words.map(|rest| rest.split(is_outside).next().unwrap_or_default()).collect();
    assert_eq!(used, names);
}

#[test]
fn prometheus_reads_every_expression() {
    let check = |expressions: &[String]| {
        let workspace = Workspace::new();
        let rules = expressions.iter().enumerate();
        let rules: Vec<_> =
            rules.map(|(number, text)| json!({ "record": format!("panel:{number}"), "expr": text })).collect();
        // JSON is YAML.
        let file = json!({ "groups": [{ "name": "dashboard", "rules": rules }] });
        std::fs::write(workspace.path().join("rules.yml"), file.to_string()).expect("written");
        promtool(workspace.path(), &["check", "rules", "rules.yml"])
    };
    let mut expressions = expressions();
    let Some((is_good, text)) = check(&expressions) else { return };
    assert!(is_good && text.contains(&format!("{} rules found", expressions.len())), "{text}");
    expressions.push("sum by (case precall_video_mos".to_owned());
    assert!(!check(&expressions).expect("as before").0, "a fault is accepted");
}

#[test]
fn the_alerts_begin_and_end_as_their_tests_say() {
    let workspace = Workspace::new();
    let rules = read("prometheus-rules.yml");
    std::fs::write(workspace.path().join("prometheus-rules.test.yml"), read("prometheus-rules.test.yml"))
        .expect("written");
    let test = |rules: &str| {
        std::fs::write(workspace.path().join("prometheus-rules.yml"), rules).expect("written");
        promtool(workspace.path(), &["test", "rules", "prometheus-rules.test.yml"])
    };
    let Some((is_good, text)) = test(&rules) else { return };
    assert!(is_good, "{text}");
    // Every alert is noticed when it does not come.
    let alerts: Vec<_> = rules.lines().filter_map(|line| line.trim().strip_prefix("- alert: ")).collect();
    assert!(alerts.len() >= 5, "{alerts:?}");
    for alert in alerts {
        let without = rules.replace(&format!("- alert: {alert}\n"), &format!("- alert: No{alert}\n"));
        assert!(!test(&without).expect("as before").0, "no test wants {alert}");
    }
    for (from, to) in [("|hung\"", "\""), ("- 0.3", "- 2"), ("36 * 3600", "48 * 3600")] {
        assert!(rules.contains(from), "{from}");
        assert!(!test(&rules.replace(from, to)).expect("as before").0, "{to} changes nothing");
    }
}
