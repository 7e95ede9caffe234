//! Corrects lists and inline tables that are not TOML.

use super::line;
use super::scan::{outside, parts};
use super::value::{Mended, is_value, mend};

/// Corrects each element of a list.
pub(super) fn list(value: &str) -> Option<Mended> {
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
    message.filter(|_| is_value(&text)).map(|message| Mended { text, message })
}

fn element(part: &str, message: &mut Option<String>) -> String {
    match mend(part) {
        Some(mended) => {
            message.get_or_insert(mended.message);
            mended.text
        }
        None => part.to_owned(),
    }
}

/// Corrects each pair of an inline table.
pub(super) fn inline_table(value: &str) -> Option<Mended> {
    let inner = value.strip_prefix('{')?;
    let (inner, is_closed) = inside(inner, '}');
    let mut message = None;
    let mut pairs = Vec::new();
    for part in parts(inner).into_iter().map(str::trim).filter(|part| !part.is_empty()) {
        if toml_span::parse(part).is_ok() {
            pairs.push(part.to_owned());
            continue;
        }
        let mended = line::pair(part)?;
        message.get_or_insert(mended.message);
        pairs.push(mended.text);
    }
    if !is_closed {
        message.get_or_insert_with(|| "the table has no `}` at its end".to_owned());
    }
    let text = format!("{{ {} }}", pairs.join(", "));
    message.filter(|_| is_value(&text)).map(|message| Mended { text, message })
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
