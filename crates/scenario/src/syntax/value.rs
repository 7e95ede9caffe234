//! Corrects values, pairs of a key and a value, lists and inline tables that are not TOML. They contain one another.

use super::comparison::comparison;
use super::correction::{Correction, is_open, is_value};
use super::key::key_of;
use super::scalar::{boolean, number, string};
use super::scan::{is_key, outside, parts};

/// Corrects a value; `None` if it is valid or empty.
pub(super) fn correct(value: &str) -> Option<Correction> {
    let value = value.trim();
    if value.is_empty() || is_value(value) {
        return None;
    }
    let ended = value.trim_end_matches([';', ',']).trim_end();
    if ended.len() < value.len() && is_value(ended) {
        return Some(Correction::new(ended, format!("no `{}` follows a value", &value[ended.len()..])));
    }
    if let Some((before, comment)) = value.split_once("//").filter(|(before, _)| is_value(before.trim_end())) {
        let text = format!("{}  # {}", before.trim_end(), comment.trim());
        return Some(Correction::new(text, "a comment begins with `#`, not with `//`"));
    }
    let several = parts(ended);
    if several.len() > 1
        && several.iter().all(|part| is_value(part))
        && !is_open(ended)
        && value.starts_with(['"', '\''])
    {
        return Some(Correction::new(format!("[{ended}]"), "several values need a list"));
    }
    match value.chars().next()? {
        '[' => list(value),
        '{' => inline_table(value),
        _ => number(ended).or_else(|| boolean(ended)).or_else(|| string(ended)),
    }
}

/// Corrects the elements of a list that are in one line.
pub(super) fn correct_parts(line: &str) -> Option<Correction> {
    let mut message = None;
    let parts: Vec<String> = parts(line)
        .into_iter()
        .map(|part| {
            let Some(corrected) = correct(part) else { return part.to_owned() };
            message.get_or_insert(corrected.message);
            let start = &part[..part.len() - part.trim_start().len()];
            format!("{start}{}", corrected.text)
        })
        .collect();
    message.map(|message| Correction { text: parts.join(","), message })
}

/// Corrects each element of a list.
fn list(value: &str) -> Option<Correction> {
    let inner = value.strip_prefix('[')?;
    let (inner, is_closed) = inside(inner, ']');
    let mut message = None;
    let elements: Vec<String> = parts(inner)
        .into_iter()
        .map(str::trim)
        .filter(|part| !part.is_empty())
        .flat_map(|part| {
            if let Some(strings) = side_by_side(part) {
                message.get_or_insert_with(|| "a comma is missing between two elements of the list".to_owned());
                return strings;
            }
            vec![element(part, &mut message)]
        })
        .collect();
    if !is_closed {
        message.get_or_insert_with(|| "the list has no `]` at its end".to_owned());
    }
    let text = format!("[{}]", elements.join(", "));
    message.filter(|_| is_value(&text)).map(|message| Correction { text, message })
}

fn element(part: &str, message: &mut Option<String>) -> String {
    match correct(part) {
        Some(corrected) => {
            message.get_or_insert(corrected.message);
            corrected.text
        }
        None => part.to_owned(),
    }
}

/// Corrects each pair of an inline table.
fn inline_table(value: &str) -> Option<Correction> {
    let inner = value.strip_prefix('{')?;
    let (inner, is_closed) = inside(inner, '}');
    let mut message = None;
    let mut pairs = Vec::new();
    for part in parts(inner).into_iter().map(str::trim).filter(|part| !part.is_empty()) {
        if toml_span::parse(part).is_ok() {
            pairs.push(part.to_owned());
            continue;
        }
        let corrected = pair(part)?;
        message.get_or_insert(corrected.message);
        pairs.push(corrected.text);
    }
    if !is_closed {
        message.get_or_insert_with(|| "the table has no `}` at its end".to_owned());
    }
    let text = format!("{{ {} }}", pairs.join(", "));
    message.filter(|_| is_value(&text)).map(|message| Correction { text, message })
}

/// Returns the text before the closing bracket, and whether there is one.
fn inside(text: &str, close: char) -> (&str, bool) {
    let text = text.trim_end_matches([';', ',']).trim_end();
    match outside(text).last() {
        Some((at, last)) if last == close => (&text[..at], true),
        _ => (text, false),
    }
}

/// Corrects two or more strings without a comma between them.
fn side_by_side(part: &str) -> Option<Vec<String>> {
    let quote = part.chars().next().filter(|quote| matches!(quote, '"' | '\''))?;
    let pieces: Vec<_> = part.split(quote).collect();
    // Every second piece is between two strings.
    let between = pieces.iter().step_by(2).all(|piece| piece.trim().is_empty());
    let strings: Vec<_> = pieces.iter().skip(1).step_by(2).map(|text| format!("{quote}{text}{quote}")).collect();
    (between && pieces.len() % 2 == 1 && strings.len() > 1 && strings.iter().all(|text| is_value(text)))
        .then_some(strings)
}

/// Separators of a key and its value. A longer one comes before its prefix.
const SEPARATORS: [&str; 6] = ["==", ":=", "=>", "->", "=", ":"];

/// Corrects `key = value`.
pub(super) fn pair(code: &str) -> Option<Correction> {
    if let Some(corrected) = comparison(code) {
        return Some(corrected);
    }
    let Some((key, separator, value)) = split_pair(code) else { return without_separator(code) };
    let name = key_of(key)?;
    if value.is_empty() {
        // In YAML a key with a colon and no value begins a table.
        let is_case = ["case", "cases", "scenarios"].contains(&name.as_str());
        let text = if is_case { "[[case]]".to_owned() } else { format!("[{name}]") };
        let message = format!("`{code}` is YAML; a table is written {text}");
        return (separator == ":").then_some(Correction { text, message });
    }
    let corrected = correct(value);
    let message = match (separator, &corrected) {
        (":", _) => {
            let language = if key.trim_start().starts_with('"') { "JSON" } else { "YAML" };
            format!("`{code}` is {language}; TOML has `=` between a key and its value")
        }
        ("=", _) if name != key.trim() => format!("`{}` is not a valid key", key.trim()),
        ("=", Some(corrected)) => corrected.message.clone(),
        ("=", None) => return None,
        _ => format!("`{separator}` is not the separator between a key and its value"),
    };
    let text = corrected.map_or_else(|| value.to_owned(), |corrected| corrected.text);
    (is_value(&text) || is_open(&text)).then(|| Correction { text: format!("{name} = {text}"), message })
}

/// Splits a line at the separator of key and value.
fn split_pair(code: &str) -> Option<(&str, &'static str, &str)> {
    let (at, _) = outside(code).find(|(at, c)| {
        let is_arrow = *c == '-' && code[*at..].starts_with("->");
        matches!(c, '=' | ':') || is_arrow
    })?;
    let separator = SEPARATORS.iter().find(|separator| code[at..].starts_with(*separator))?;
    // In `= >= 200` and `=>= 200` an operator follows the separator `=`.
    let separator = if *separator == "=>" && code[at..].starts_with("=>=") { "=" } else { *separator };
    Some((&code[..at], separator, code[at + separator.len()..].trim()))
}

/// Corrects `delay 80 ms`: a key and a value without a separator.
fn without_separator(code: &str) -> Option<Correction> {
    let (key, value) = code.split_once(char::is_whitespace)?;
    let value = value.trim();
    let text = correct(value).map_or_else(|| value.to_owned(), |corrected| corrected.text);
    let is_good = is_key(key) && is_value(&text);
    is_good.then(|| Correction {
        text: format!("{key} = {text}"),
        message: format!("`{code}` has no `=` between key and value"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_corrected() {
        let values = [
            "80 ms",
            "3g",
            ">= 200 kbit/s",
            ">= \"200 kbit/s\"",
            "2.35.2",
            "2%",
            "\"80 ms",
            "80 ms\"",
            "\"80 ms'",
            "`80 ms`",
            "True",
            "007",
            "3,5",
            ".5",
            "5.",
            "\"80 ms\";",
            "\"80 ms\",",
            "\"80 ms\" // one way",
            "\"C:\\builds\\x.js\"",
            "[3g, lte]",
            "[\"3g\" \"lte\"]",
            "[\"3g\", \"lte\"",
            "[\"3g\", lte",
            "[2.34.2, 2.35.2]",
            "{ rate = 400 kbit/s, loss = \"2 %\" }",
            "{ rate: \"1 Mbit/s\" }",
            "{ rate = \"1 Mbit/s\"",
            "[{ at: 3 s }]",
            "80,5 ms",
            "npm:opentok-network-test-js@3.1.6",
            "\"a\" \"b\"",
            "\">= 3\", \"<= 4\"",
        ];
        let report = values.map(|value| match correct(value) {
            Some(Correction { text, message }) => format!("{value}  ->  {text}  ({message})"),
            None => format!("{value}  ->  ?"),
        });
        insta::assert_snapshot!(report.join("\n"));
        for value in ["", "  ", "\"80 ms\"", "1", "[1, 2]", "{ a = 1 }", "true"] {
            assert_eq!(correct(value), None, "{value}");
        }
    }

    proptest::proptest! {
        #[test]
        fn corrected_value_is_toml(value in "[\\[\\]{}\"'=:\\\\,. a-c0-9%>é`-]{0,20}") {
            if let Some(corrected) = correct(&value) {
                proptest::prop_assert!(corrected.text != value.trim() && is_value(&corrected.text), "{value}");
            }
        }
    }
}
