//! The parts of the documents that follow from the program: metrics, keys of scenarios, networks, options of commands.
//! They stand between `<!-- generated: NAME -->` and `<!-- end -->`. `UPDATE_DOCUMENTS=1 cargo test --test it
//! generated` writes them anew.

use precall_results::{CaseKind, Metric, MetricKind, MetricUnit, MinimumEffect};
use serde_json::Value;

use crate::common::Workspace;
use crate::common::documents::{read, root};

/// Compares a block of a page with what it should say; or writes it, when that is asked for.
fn hold(page: &str, name: &str, content: &str) {
    let path = root().join("docs/src/reference").join(page);
    let text = read(&path);
    let begin = format!("<!-- generated: {name} -->\n");
    let (before, rest) = text.split_once(&begin).expect("the block begins");
    let (found, after) = rest.split_once("<!-- end -->\n").expect("the block ends");
    let expected = format!("\n{}\n\n", content.trim_end());
    if found == expected {
        return;
    }
    if std::env::var_os("UPDATE_DOCUMENTS").is_some() {
        std::fs::write(&path, format!("{before}{begin}{expected}<!-- end -->\n{after}")).expect("written");
    } else {
        panic!("{page}: `{name}` is out of date; run `UPDATE_DOCUMENTS=1 cargo test --test it generated`");
    }
}

/// A table in Markdown.
fn table(head: &[&str], rows: impl IntoIterator<Item = Vec<String>>) -> String {
    let line = |cells: &[String]| format!("| {} |\n", cells.join(" | "));
    let head: Vec<_> = head.iter().map(|cell| (*cell).to_owned()).collect();
    let rows = rows.into_iter().map(|cells| line(&cells)).collect::<String>();
    format!("{}|{}\n{rows}", line(&head), "---|".repeat(head.len()))
}

fn code(text: &str) -> String {
    format!("`{text}`")
}

fn range(metric: Metric) -> String {
    let unit = metric.unit();
    let shown = |value: f64| match unit {
        MetricUnit::Percent => format!("{} %", value * 100.0),
        _ => value.to_string(),
    };
    match (metric.row().range, metric.kind()) {
        (None, _) => "–".to_owned(),
        (Some(_), MetricKind::Resolution) => "up to 1920x1080".to_owned(),
        (Some((low, high)), _) if high.is_infinite() => format!("from {}", shown(low)),
        (Some((low, high)), _) => format!("{} to {}", shown(low), shown(high)),
    }
}

/// Which kinds of cases have a metric, in words.
fn measured_in(metric: Metric) -> String {
    let kinds = [(CaseKind::NetworkTest, "network tests"), (CaseKind::Call, "calls")];
    let of = kinds.into_iter().filter(|(kind, _)| metric.applies_to(*kind)).map(|(_, name)| name);
    of.collect::<Vec<_>>().join(", ")
}

#[test]
fn metrics_are_those_of_the_table() {
    let value = |metric: Metric| match metric.kind() {
        MetricKind::Word(words) => words.iter().map(|word| code(word)).collect::<Vec<_>>().join(", "),
        kind => kind.name().to_owned(),
    };
    let row = |metric: Metric| {
        let description = metric.row().description.to_owned();
        vec![code(metric.as_str()), description, value(metric), range(metric), measured_in(metric)]
    };
    let head = ["metric", "what it is", "value", "range", "measured in"];
    hold("metrics.md", "metrics", &table(&head, Metric::expected().map(row)));
}

#[test]
fn comparisons_look_at_the_metrics_of_the_table() {
    let effect = |metric: Metric| match metric.row().minimum_effect {
        Some(MinimumEffect::Relative(share)) => format!("{} %", share * 100.0),
        Some(MinimumEffect::Absolute(change)) => match metric.kind() {
            MetricKind::Ratio | MetricKind::Boolean => {
                let points = change * 100.0;
                format!("{points} percentage {}", if points == 1.0 { "point" } else { "points" })
            }
            _ => {
                let unit = metric.unit();
                let decimals = usize::from((change * unit.per_unit()).fract() != 0.0);
                unit.write(change, decimals)
            }
        },
        None => String::new(),
    };
    let row = |metric: Metric| {
        let better = if metric.more_is_better() { "higher" } else { "lower" };
        let label = metric.label().to_owned();
        vec![code(metric.as_str()), label, better.to_owned(), effect(metric), measured_in(metric)]
    };
    let head = ["metric", "in sentences", "better", "smallest change that counts", "measured in"];
    hold("metrics.md", "compared", &table(&head, Metric::compared().map(row)));
}

/// What a key can have, in words.
fn value_in_words(schema: &Value) -> String {
    if let Some(choices) = schema["enum"].as_array() {
        return choices.iter().map(|choice| code(&choice.to_string())).collect::<Vec<_>>().join(", ");
    }
    if let Some(any) = schema["anyOf"].as_array() {
        let mut parts: Vec<_> = any.iter().map(value_in_words).collect();
        parts.dedup();
        return parts.join(" or ");
    }
    let limits = |schema: &Value| match (schema["minimum"].as_f64(), schema["maximum"].as_f64()) {
        (Some(low), Some(high)) => format!(", {low} to {high}"),
        (Some(low), None) => format!(", from {low}"),
        _ => String::new(),
    };
    match schema["type"].as_str() {
        Some("array") => format!("list of: {}", value_in_words(&schema["items"])),
        Some("boolean") => "true or false".to_owned(),
        Some("object") => "table".to_owned(),
        Some(kind) => format!("{kind}{}", limits(schema)),
        None if schema["$ref"].is_string() => "table".to_owned(),
        None => "anything".to_owned(),
    }
}

/// Adds a row for each key below a table; definitions are followed once.
fn add_keys(root: &Value, schema: &Value, above: &str, rows: &mut Vec<Vec<String>>) {
    let named = schema["$ref"].as_str().and_then(|path| path.strip_prefix("#/$defs/"));
    let schema = named.map_or(schema, |name| &root["$defs"][name]);
    for (key, inner) in schema["properties"].as_object().into_iter().flatten() {
        let name = if above.is_empty() { key.clone() } else { format!("{above}.{key}") };
        let meaning = inner["description"].as_str().unwrap_or_default().replace('|', "\\|");
        rows.push(vec![code(&name), value_in_words(inner), meaning]);
        // The tables of a case are those of the file, and the axes of a matrix are all of its keys.
        if !["case", "matrix", "profiles"].contains(&name.as_str()) && !["up", "down", "step"].contains(&key.as_str()) {
            add_keys(root, inner, &name, rows);
        }
    }
}

#[test]
fn keys_are_those_of_the_schema() {
    let schema = precall_scenario::schema();
    let mut rows = Vec::new();
    add_keys(&schema, &schema, "", &mut rows);
    assert!(rows.len() > 80, "{} keys", rows.len());
    rows.sort();
    hold("scenario-keys.md", "scenario-keys", &table(&["key", "value", "meaning"], rows));
}

#[test]
fn networks_are_those_of_the_catalogue() {
    let mut text = String::new();
    let all = precall_scenario::catalogue();
    let mut groups: Vec<_> = all.iter().map(|network| network.group).collect();
    groups.dedup();
    let mut seen = Vec::new();
    for group in groups {
        if seen.contains(&group) {
            continue;
        }
        seen.push(group);
    }
    seen.sort();
    for group in seen {
        let rows = all.iter().filter(|network| network.group == group).map(|network| {
            let keys = network.toml.lines().skip(1).filter(|line| !is_about(line));
            let keys = joined(keys).into_iter().map(|key| code(&key)).collect::<Vec<_>>().join("<br>");
            vec![code(&network.name), network.description.clone(), keys, network.source.clone()]
        });
        let rows = table(&["network", "what it is", "keys", "source"], rows);
        text += &format!("## {}\n\n{}\n\n{rows}\n", group.title(), group.advice());
    }
    hold("catalogue.md", "networks", &text);
}

fn is_about(line: &str) -> bool {
    line.starts_with("description =") || line.starts_with("source =") || line.starts_with('#')
}

/// The keys of a profile, each in one line.
fn joined<'a>(lines: impl Iterator<Item = &'a str>) -> Vec<String> {
    let mut keys: Vec<String> = Vec::new();
    for line in lines {
        match keys.last_mut() {
            Some(last) if line.starts_with([' ', ']']) => *last += &format!(" {}", line.trim()),
            _ => keys.push(line.to_owned()),
        }
    }
    keys
}

#[test]
fn options_are_those_of_the_help() {
    let workspace = Workspace::new();
    let help = |arguments: &[&str]| {
        let output = workspace.precall(arguments).arg("--help").env("COLUMNS", "100").output().expect("precall runs");
        String::from_utf8(output.stdout).expect("UTF-8")
    };
    let commands = |text: &str| {
        let (_, list) = text.split_once("Commands:\n").unwrap_or_default();
        let names = list.lines().take_while(|line| line.starts_with("  ")).filter(|line| !line.starts_with("   "));
        let names = names.filter_map(|line| line.split_whitespace().next()).filter(|name| *name != "help");
        names.map(str::to_owned).collect::<Vec<_>>()
    };
    let mut text = String::new();
    let mut left: Vec<Vec<String>> = commands(&help(&[])).into_iter().map(|name| vec![name]).rev().collect();
    while let Some(command) = left.pop() {
        let words: Vec<_> = command.iter().map(String::as_str).collect();
        let shown = help(&words);
        let (shown, _) = shown.split_once("\nExit codes:").unwrap_or((&shown, ""));
        text += &format!("## precall {}\n\n```text\n{}\n```\n\n", command.join(" "), shown.trim_end());
        for inner in commands(shown).into_iter().rev() {
            left.push([command.clone(), vec![inner]].concat());
        }
    }
    hold("commands.md", "commands", &text);
}
