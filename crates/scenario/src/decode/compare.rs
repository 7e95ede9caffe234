//! Decodes `[compare]`.

use crate::diagnostic::Fix;
use crate::node::{Node, NodeValue};
use crate::problems::Problems;
use crate::suggest::{closest, suggestion};
use crate::written::{self, quoted};
use precall_netem::units::Ratio;
use precall_results::{CompareSpec, Metric};

/// Decodes the table: `level`, and for each figure the smallest change that counts.
pub(super) fn decode(node: &Node, problems: &mut Problems) -> CompareSpec {
    let mut spec = CompareSpec::default();
    walk("", node, &mut spec, problems);
    spec
}

fn walk(path: &str, node: &Node, spec: &mut CompareSpec, problems: &mut Problems) {
    let NodeValue::Table(table) = &node.value else {
        problems.add(&node.span, "`compare` is not a table", "not a table", "write [compare] with figures below it");
        return;
    };
    for (key, (span, value)) in table {
        let name = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
        let figure = Metric::from_compared_name(&name);
        let is_above = Metric::compared().any(|figure| figure.as_str().starts_with(&format!("{name}.")));
        match figure {
            Some(figure) => effect(figure, value, spec, problems),
            None if name == "level" => level(value, spec, problems),
            None if is_above && matches!(value.value, NodeValue::Table(_)) => walk(&name, value, spec, problems),
            None => {
                let known: Vec<_> = Metric::compared().map(|figure| figure.as_str()).chain(["level"]).collect();
                let help = suggestion(&name, &known);
                // Only the last part of the name is at `span`.
                let meant = closest(&name, &known).and_then(|meant| match path {
                    "" => Some(meant),
                    path => meant.strip_prefix(path)?.strip_prefix('.'),
                });
                let fix = meant.map(|text| Fix { span: span.clone(), text: text.to_owned() });
                problems.add_fixed(span, format!("`{name}` is not compared"), "unknown figure", help, fix);
            }
        }
    }
}

fn effect(figure: Metric, node: &Node, spec: &mut CompareSpec, problems: &mut Problems) {
    let text = match &node.value {
        NodeValue::Text(text) => text.clone(),
        NodeValue::Integer(number) => number.to_string(),
        NodeValue::Float(number) => number.to_string(),
        _ => node.kind().to_owned(),
    };
    match figure.parse_effect(&text) {
        Ok(effect) => {
            spec.minimum_effects.insert(figure, effect);
        }
        Err(error) => {
            let name = figure.as_str();
            let message = format!("`compare.{name}`: {}", error.reason);
            match written::quantity(&text, figure.effect_example(), |text| figure.parse_effect(text)) {
                Some(meant) => {
                    let text = quoted(&meant);
                    let help = format!("write `{name} = {text}`");
                    problems.add_fixed(&node.span, message, "not a change", help, Some(Fix::of(node, text)));
                }
                None => {
                    let help = format!(
                        "write the smallest change that counts, as in `{name} = {:?}`",
                        figure.effect_example()
                    );
                    problems.add(&node.span, message, "not a change", help);
                }
            }
        }
    }
}

fn level(node: &Node, spec: &mut CompareSpec, problems: &mut Problems) {
    let read = |text: &str| text.parse::<Ratio>();
    let text = match &node.value {
        NodeValue::Text(text) => text.clone(),
        _ => written::bare_number(node).and_then(|number| written::with_unit(number, "1 %")).unwrap_or_default(),
    };
    let level = read(&text).ok().filter(|_| matches!(node.value, NodeValue::Text(_)));
    if let Some(level) = level.map(Ratio::get).filter(|level| LEVELS.contains(level)) {
        spec.level = level;
        return;
    }
    let meant = written::quantity(&text, "1 %", read);
    let meant =
        meant.filter(|text| read(text).is_ok_and(|level| LEVELS.contains(&level.get()))).map(|text| quoted(&text));
    let help = match &meant {
        Some(meant) => format!("write `level = {meant}`"),
        None => "write the probability of a false alarm in a cell, 0.01 % to 20 %, as in `level = \"1 %\"`".to_owned(),
    };
    let fix = meant.map(|meant| Fix::of(node, meant));
    problems.add_fixed(&node.span, "`compare.level` is out of range", "out of range", help, fix);
}

/// The allowed probabilities of a false alarm.
const LEVELS: std::ops::RangeInclusive<f64> = 0.0001..=0.2;

#[cfg(test)]
mod tests {
    use std::path::Path;

    use crate::parse;
    use precall_results::{CompareSpec, Metric, MinimumEffect};

    const CASE: &str = "[[case]]\nname = \"a\"\n";

    #[test]
    fn smallest_changes_are_decoded() {
        let text = format!(
            "{CASE}[compare]\nlevel = \"1 %\"\nvideo.bitrate = \"10 %\"\nvideo.mos = 0.25\nroundTripTime = \"5 ms\""
        );
        let compare = parse(&text, Path::new("test.toml")).expect("good").compare;
        assert_eq!(compare.level, 0.01);
        assert_eq!(compare.minimum_effect(Metric::VideoBitrate), MinimumEffect::Relative(0.1));
        assert_eq!(compare.minimum_effect(Metric::VideoMos), MinimumEffect::Absolute(0.25));
        assert_eq!(compare.minimum_effect(Metric::LinkRoundTripTime), MinimumEffect::Absolute(0.005));
        assert_eq!(Some(compare.minimum_effect(Metric::Seconds)), Metric::Seconds.row().minimum_effect);
        assert_eq!(parse(CASE, Path::new("test.toml")).expect("good").compare, CompareSpec::default());
    }

    #[test]
    fn errors_have_places() {
        let text = format!(
            "{CASE}[compare]\nlevel = \"50 %\"\nvideo.bitrat = \"10 %\"\nvideo.mos = \"bad\"\nhangs = true\naudio = 3\n"
        );
        insta::assert_snapshot!(parse(&text, Path::new("test.toml")).expect_err("wrong").render(false));
    }
}
