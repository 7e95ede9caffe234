use std::collections::BTreeSet;

use super::*;
use crate::fixture::recorded;

/// Checks a text against the grammar and the rules of OpenMetrics 1.0, as far as they apply to gauges.
pub(crate) fn hold(text: &str) {
    let body = text.strip_suffix("# EOF\n").expect("it ends with # EOF");
    assert!(!body.lines().any(|line| line == "# EOF") && !body.contains("\n\n") && !body.contains('\r'));
    let (mut families, mut seen) = (BTreeSet::new(), BTreeSet::new());
    let (mut name, mut kind, mut has_samples, mut meta) = (String::new(), String::new(), true, Vec::new());
    for line in body.lines() {
        if let Some(rest) = line.strip_prefix("# ") {
            let mut words = rest.splitn(3, ' ');
            let (what, of, value) =
                (words.next().expect("a word"), words.next().expect("a name"), words.next().expect("a value"));
            if what == "TYPE" {
                assert!(has_samples, "{name} has no samples");
                assert!(families.insert(of.to_owned()), "{of} comes twice");
                assert!(["gauge", "counter", "info", "stateset"].contains(&value), "{line}");
                (name, kind, has_samples, meta) = (of.to_owned(), value.to_owned(), false, Vec::new());
            } else {
                assert!(of == name && !has_samples, "{line} is not before its family's samples");
                assert!(
                    what != "UNIT"
                        || (of.ends_with(&format!("_{value}")) && ["gauge", "counter"].contains(&kind.as_str()))
                );
            }
            assert!(["TYPE", "UNIT", "HELP"].contains(&what) && !meta.contains(&what.to_owned()), "{line}");
            meta.push(what.to_owned());
            continue;
        }
        has_samples = true;
        let open = line.find('{').expect("labels");
        let suffix = line[..open].strip_prefix(&name).expect("a sample of its family");
        assert_eq!(
            suffix,
            match kind.as_str() {
                "counter" => "_total",
                "info" => "_info",
                _ => "",
            }
        );
        let (labels, value) = labels(&line[open + 1..]);
        let names: BTreeSet<_> = labels.iter().map(|(name, _)| name).collect();
        assert_eq!(names.len(), labels.len(), "a label comes twice in {line}");
        let value: f64 = value.parse().expect("a number");
        assert!(value.is_finite() && (kind != "counter" || value >= 0.0) && (kind != "info" || value == 1.0), "{line}");
        assert!(kind != "stateset" || (names.contains(&name) && (value == 0.0 || value == 1.0)), "{line}");
        assert!(seen.insert(line.rsplit_once(' ').expect("a value").0.to_owned()), "{line} comes twice");
    }
}

/// Parses `name="value",…} rest`.
fn labels(text: &str) -> (Vec<(String, String)>, &str) {
    let (mut found, mut rest) = (Vec::new(), text);
    loop {
        let (name, after) = rest.split_once("=\"").expect("a label");
        assert!(name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_'), "{name}");
        assert!(name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_'), "{name}");
        let (mut value, mut escaped, mut end) = (String::new(), false, None);
        for (at, c) in after.char_indices() {
            match (escaped, c) {
                (true, 'n') => value.push('\n'),
                (true, '\\' | '"') => value.push(c),
                (true, c) => panic!("\\{c} is no escape"),
                (false, '"') => {
                    end = Some(at);
                    break;
                }
                (false, '\\') => {
                    escaped = true;
                    continue;
                }
                (false, c) => value.push(c),
            }
            escaped = false;
        }
        found.push((name.to_owned(), value));
        rest = &after[end.expect("the value ends") + 1..];
        match rest.split_at(1) {
            (",", after) => rest = after,
            ("}", after) => return (found, after.strip_prefix(' ').expect("a value")),
            (c, _) => panic!("{c} after a label"),
        }
    }
}

#[test]
fn a_run_as_metrics() {
    hold(&openmetrics(&recorded()));
    let mut run = recorded();
    run.result.cases.truncate(2);
    let text = openmetrics(&run);
    hold(&text);
    insta::assert_snapshot!(text);
}

#[test]
fn label_values_are_escaped() {
    let mut run = recorded();
    run.result.run.scenario = "a\"} 1\n# EOF\n\\".to_owned();
    run.result.cases[0].measured = Default::default();
    let text = openmetrics(&run);
    hold(&text);
    let (found, _) = labels(text.lines().find_map(|line| line.strip_prefix("precall_run_info{")).expect("info"));
    assert_eq!(found[0], ("scenario".to_owned(), run.result.run.scenario));
}
