//! Corrects a value that is not TOML.

use super::elements;
use super::scan::{depth, parts};
use crate::written::quoted;

/// A corrected value, and the mistake in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Mended {
    pub text: String,
    pub message: String,
}

impl Mended {
    fn new(text: impl Into<String>, message: impl Into<String>) -> Self {
        Self { text: text.into(), message: message.into() }
    }
}

/// Returns whether a text is a TOML value.
pub(super) fn is_value(text: &str) -> bool {
    !text.trim().is_empty() && toml_span::parse(&format!("a = {text}")).is_ok()
}

/// Corrects a value; `None` if it is valid or empty.
pub(super) fn mend(value: &str) -> Option<Mended> {
    let value = value.trim();
    if value.is_empty() || is_value(value) {
        return None;
    }
    let ended = value.trim_end_matches([';', ',']).trim_end();
    if ended.len() < value.len() && is_value(ended) {
        return Some(Mended::new(ended, format!("nothing follows a value, not even `{}`", &value[ended.len()..])));
    }
    if let Some((before, comment)) = value.split_once("//").filter(|(before, _)| is_value(before.trim_end())) {
        let text = format!("{}  # {}", before.trim_end(), comment.trim());
        return Some(Mended::new(text, "a comment begins with `#`, not with `//`"));
    }
    let several = parts(ended);
    if several.len() > 1
        && several.iter().all(|part| is_value(part))
        && !is_open(ended)
        && value.starts_with(['"', '\''])
    {
        return Some(Mended::new(format!("[{ended}]"), "several values stand in a list"));
    }
    match value.chars().next()? {
        '[' => elements::list(value),
        '{' => elements::inline_table(value),
        _ => number(ended).or_else(|| truth(ended)).or_else(|| string(ended)),
    }
}

fn number(value: &str) -> Option<Mended> {
    let is_digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if is_digits(value) && value.starts_with('0') {
        let plain = value.trim_start_matches('0');
        return Some(Mended::new(if plain.is_empty() { "0" } else { plain }, format!("{value} begins with a zero")));
    }
    let halves = |sign: char| value.split_once(sign);
    if let Some((whole, fraction)) = halves(',').filter(|(whole, fraction)| is_digits(whole) && is_digits(fraction)) {
        return Some(Mended::new(format!("{whole}.{fraction}"), format!("{value} has a decimal comma")));
    }
    let (whole, fraction) = halves('.')?;
    match (whole.is_empty(), fraction.is_empty()) {
        (true, false) if is_digits(fraction) => {
            Some(Mended::new(format!("0.{fraction}"), format!("{value} needs a zero in front")))
        }
        (false, true) if is_digits(whole) => {
            Some(Mended::new(format!("{whole}.0"), format!("{value} needs a digit behind the point")))
        }
        _ => None,
    }
}

fn truth(value: &str) -> Option<Mended> {
    let lower = value.to_lowercase();
    matches!(lower.as_str(), "true" | "false")
        .then(|| Mended::new(lower, format!("{value} is written in small letters")))
}

/// Puts quotes around any other text.
fn string(value: &str) -> Option<Mended> {
    let quotes = ['"', '\'', '`'];
    let inner = value.strip_prefix('"').and_then(|inner| inner.strip_suffix('"'));
    if let Some(inner) = inner.filter(|inner| inner.contains('\\') && !inner.contains('\'')) {
        let message = format!("a backslash in {value} begins an escape; single quotes leave it alone");
        return Some(Mended::new(format!("'{inner}'"), message)).filter(|mended| is_value(&mended.text));
    }
    // A trailing comma that is not part of the text stays outside the quotes.
    let plain = value.replace(quotes, "");
    let plain = plain.trim();
    if plain.is_empty() {
        return None;
    }
    let text = quoted(plain);
    let count = value.matches(quotes).count();
    let message = match () {
        () if count == 0 => format!("{text} needs quotes"),
        () if value.starts_with('`') => format!("`{}` is no quote of TOML's", '`'),
        () if count % 2 == 1 => format!("`{value}` has a quote on one side only"),
        () if value.starts_with(quotes) && value.ends_with(quotes) => {
            format!("the quotes in `{value}` do not belong together")
        }
        () => format!("{text} needs its quotes around all of it"),
    };
    Some(Mended::new(text, message)).filter(|mended| is_value(&mended.text))
}

/// Returns whether a value continues in the next line.
pub(super) fn is_open(value: &str) -> bool {
    depth(value) > 0
}

/// Splits the part of a list in one line.
pub(super) fn mend_parts(line: &str) -> Option<Mended> {
    let mut message = None;
    let parts: Vec<String> = parts(line)
        .into_iter()
        .map(|part| {
            let Some(mended) = mend(part) else { return part.to_owned() };
            message.get_or_insert(mended.message);
            let start = &part[..part.len() - part.trim_start().len()];
            format!("{start}{}", mended.text)
        })
        .collect();
    message.map(|message| Mended { text: parts.join(","), message })
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
        let said = values.map(|value| match mend(value) {
            Some(Mended { text, message }) => format!("{value}  ->  {text}  ({message})"),
            None => format!("{value}  ->  ?"),
        });
        insta::assert_snapshot!(said.join("\n"));
        for value in ["", "  ", "\"80 ms\"", "1", "[1, 2]", "{ a = 1 }", "true"] {
            assert_eq!(mend(value), None, "{value}");
        }
    }

    proptest::proptest! {
        #[test]
        fn corrected_value_is_toml_or_open(value in "[\\[\\]{}\"'=:\\\\,. a-c0-9%>é`-]{0,20}") {
            if let Some(mended) = mend(&value) {
                proptest::prop_assert!(mended.text != value.trim(), "{value}");
            }
        }
    }
}
