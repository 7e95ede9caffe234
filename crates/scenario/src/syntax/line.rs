//! A line that is no TOML, as it is right.

use super::scan::{is_key, outside};
use super::value::{self, Mended, is_open, is_value};
use crate::written::quoted;
use precall_results::Metric;

/// Characters that look like others, with what they stand for.
const LOOKALIKES: [(&str, &str); 19] = [
    ("\u{201c}", "\""),
    ("\u{201d}", "\""),
    ("\u{201e}", "\""),
    ("\u{201f}", "\""),
    ("\u{ab}", "\""),
    ("\u{bb}", "\""),
    ("\u{2033}", "\""),
    ("\u{ff02}", "\""),
    ("\u{2018}", "'"),
    ("\u{2019}", "'"),
    ("\u{201a}", "'"),
    ("\u{2032}", "'"),
    ("\u{ff1d}", "="),
    ("\u{a0}", " "),
    ("\u{202f}", " "),
    ("\u{2009}", " "),
    ("\u{3000}", " "),
    ("\u{200b}", ""),
    ("\u{feff}", ""),
];

/// A line mended; `None` where it is right, or nobody can say what it means. In a list, a line has elements.
pub(super) fn mend(code: &str, is_in_list: bool) -> Option<Mended> {
    let code = code.trim();
    let plain = with_plain_characters(code);
    if let Some(plain) = plain {
        return Some(match mend_plain(&plain.text, is_in_list) {
            Some(mended) => Mended { message: plain.message, ..mended },
            None => plain,
        });
    }
    mend_plain(code, is_in_list)
}

fn mend_plain(code: &str, is_in_list: bool) -> Option<Mended> {
    if code.is_empty() {
        return None;
    }
    for sign in ["//", "--", "/*", ";"] {
        if let Some(comment) = code.strip_prefix(sign) {
            let text = format!("# {}", comment.trim_end_matches("*/").trim());
            return Some(Mended { text, message: format!("a comment begins with `#`, not with `{sign}`") });
        }
    }
    if is_in_list {
        return value::mend_parts(code);
    }
    header(code).or_else(|| pair(code))
}

/// The characters that TOML has in place of those that look like them.
fn with_plain_characters(code: &str) -> Option<Mended> {
    // In a string that is one they are what they are.
    let is_outside = |(from, _): &&(&str, &str)| from.chars().any(|from| outside(code).any(|(_, c)| c == from));
    let found: Vec<_> = LOOKALIKES.iter().filter(is_outside).collect();
    let (first, meant) = found.first()?;
    let name = match *meant {
        "\"" | "'" => format!("`{first}` is a typographic quote"),
        " " | "" => {
            format!("there is a space that is none of TOML's (U+{:04X})", first.chars().next().map_or(0, u32::from))
        }
        _ => format!("`{first}` only looks like `{meant}`"),
    };
    let text = found.iter().fold(code.to_owned(), |text, (from, to)| text.replace(from, to));
    Some(Mended { text: text.trim().to_owned(), message: name })
}

/// `[case.network]`, `[[case]]`.
fn header(code: &str) -> Option<Mended> {
    if !code.starts_with('[') || outside(code).any(|(_, c)| c == '=') {
        return None;
    }
    let opened = code.chars().take_while(|c| *c == '[').count();
    let closed = code.chars().rev().take_while(|c| *c == ']').count();
    let inner = code.trim_matches(['[', ']', ' ', ';', ',', ':']);
    let name = if is_key(inner) { inner.to_owned() } else { dotted(inner)? };
    let depth = opened.max(closed).min(2);
    let text = format!("{}{name}{}", "[".repeat(depth), "]".repeat(depth));
    let message = match () {
        () if opened != closed => format!("`{code}` has more brackets on one side than on the other"),
        () if name != inner => format!("`{inner}` is no table's name: its parts stand between dots"),
        () => format!("`{code}` is no table's name"),
    };
    (text != code).then_some(Mended { text, message })
}

/// A name whose parts something else than dots divides.
fn dotted(name: &str) -> Option<String> {
    let parts: Vec<_> =
        name.split(['.', ' ', '/', ':', '>', '-']).map(str::trim).filter(|part| !part.is_empty()).collect();
    let name = parts.join(".");
    is_key(&name).then_some(name)
}

/// Signs between a key and its value, the longer before those that they begin with.
const SIGNS: [&str; 6] = ["==", ":=", "=>", "->", "=", ":"];

/// `key = value`.
pub(super) fn pair(code: &str) -> Option<Mended> {
    if let Some(mended) = comparison(code) {
        return Some(mended);
    }
    let Some((key, sign, value)) = divided(code) else { return without_sign(code) };
    let name = key_of(key)?;
    if value.is_empty() {
        // A key with a colon and nothing behind it begins a table in YAML.
        let is_case = ["case", "cases", "scenarios"].contains(&name.as_str());
        let text = if is_case { "[[case]]".to_owned() } else { format!("[{name}]") };
        let message = format!("`{code}` is YAML; a table is written {text}");
        return (sign == ":").then_some(Mended { text, message });
    }
    let mended = value::mend(value);
    let message = match (sign, &mended) {
        (":", _) => {
            let language = if key.trim_start().starts_with('"') { "JSON" } else { "YAML" };
            format!("`{code}` is {language}; TOML has `=` between a key and its value")
        }
        ("=", _) if name != key.trim() => format!("`{}` is no key", key.trim()),
        ("=", Some(mended)) => mended.message.clone(),
        ("=", None) => return None,
        _ => format!("`{sign}` is not the sign between a key and its value"),
    };
    let text = mended.map_or_else(|| value.to_owned(), |mended| mended.text);
    (is_value(&text) || is_open(&text)).then(|| Mended { text: format!("{name} = {text}"), message })
}

/// `video.bitrate >= 200 kbit/s`: what is expected of a metric is a text that begins with the operator.
fn comparison(code: &str) -> Option<Mended> {
    const OPERATORS: [(&str, &str); 9] = [
        (">=", ">="),
        ("<=", "<="),
        ("=>", ">="),
        ("=<", "<="),
        ("!=", "!="),
        ("≥", ">="),
        ("≤", "<="),
        (">", ">"),
        ("<", "<"),
    ];
    let (at, _) = outside(code).find(|(_, c)| "=<>!≥≤:".contains(*c))?;
    let (sign, operator) = OPERATORS.iter().find(|(sign, _)| code[at..].starts_with(sign))?;
    let key = code[..at].trim();
    // `delay => 80 ms` is another language's way to give a value.
    let is_metric = |name: &&str| name.rsplit('.').next() == key.rsplit('.').next();
    if !is_key(key) || (*sign == "=>" && !Metric::expected_names().iter().any(is_metric)) {
        return None;
    }
    let value = code[at + sign.len()..].replace(['"', '\'', '`'], "");
    let text = format!("{key} = {}", quoted(&format!("{operator} {}", value.trim())));
    Some(Mended { text, message: format!("`{code}` has its operator outside of the value") })
}

/// Divides a line at the sign between key and value.
fn divided(code: &str) -> Option<(&str, &'static str, &str)> {
    let (at, _) = outside(code).find(|(at, c)| {
        let is_arrow = *c == '-' && code[*at..].starts_with("->");
        matches!(c, '=' | ':') || is_arrow
    })?;
    let sign = SIGNS.iter().find(|sign| code[at..].starts_with(*sign))?;
    // `= >= 200`, and `=>= 200`, have an operator behind the sign.
    let sign = if *sign == "=>" && code[at..].starts_with("=>=") { "=" } else { *sign };
    Some((&code[..at], sign, code[at + sign.len()..].trim()))
}

/// A key as it is right: without what other languages put around it, and in one word.
fn key_of(key: &str) -> Option<String> {
    let key = key.trim();
    let bare =
        ["let ", "const ", "var ", "set ", "export "].iter().find_map(|word| key.strip_prefix(word)).unwrap_or(key);
    // The dash of an item in a list of YAML.
    if bare.starts_with("- ") || bare.is_empty() {
        return None;
    }
    let is_quoted =
        bare.len() > 1 && ['"', '\''].iter().any(|quote| bare.starts_with(*quote) && bare.ends_with(*quote));
    let inner = bare.trim_matches(['"', '\'']).trim();
    match (is_key(inner), is_quoted) {
        // The dots in quotes belong to the name.
        (true, true) if inner.contains('.') => return Some(key.to_owned()),
        (true, _) => return Some(inner.to_owned()),
        (false, true) if is_key(bare) => return Some(bare.to_owned()),
        _ => {}
    }
    let bare = inner;
    let mut words = bare.split_whitespace();
    let first = words.next()?.to_owned();
    let joined = words.fold(first, |mut name, word| {
        let mut letters = word.chars();
        name.extend(letters.next().into_iter().flat_map(char::to_uppercase));
        name.push_str(letters.as_str());
        name
    });
    is_key(&joined).then_some(joined)
}

/// `delay 80 ms`: a key and a value with nothing between them.
fn without_sign(code: &str) -> Option<Mended> {
    let (key, value) = code.split_once(char::is_whitespace)?;
    let value = value.trim();
    let text = value::mend(value).map_or_else(|| value.to_owned(), |mended| mended.text);
    let is_good = is_key(key) && is_value(&text);
    is_good.then(|| Mended {
        text: format!("{key} = {text}"),
        message: format!("`{code}` has no `=` between key and value"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_mended_as_they_are_meant() {
        let lines = [
            "delay = 80 ms",
            "video.bitrate = >= 200 kbit/s",
            "video.bitrate => 200 kbit/s",
            "audio.mos > 3",
            "delay => 80 ms",
            "profile = 3g",
            "name: g",
            "network:",
            "cases:",
            "cases:",
            "\"delay\": \"80 ms\",",
            "delay 80 ms",
            "delay == \"80 ms\"",
            "delay := 80 ms",
            "packet loss = \"2 %\"",
            "[case",
            "[[case]",
            "case]]",
            "[case network]",
            "[case/network]",
            "// a comment",
            "-- a comment",
            "; a comment",
            "delay = “80 ms”",
            "delay = ‘80 ms’",
            "delay\u{a0}= \"80 ms\"",
            "delay ＝ \"80 ms\"",
            "let delay = \"80 ms\"",
            "name: \"g\"  ",
            "- name: g",
            "word",
            "= 3",
            "delay =",
            "network = [3g, wifi-hotel]",
            "up = { rate = 400 kbit/s }",
            "video.reason = Bandwidth too low.",
            "version = 2.35.2",
        ];
        let said = lines.map(|line| match mend(line, false) {
            Some(Mended { text, message }) => format!("{line}  ->  {text}  ({message})"),
            None => format!("{line}  ->  ?"),
        });
        insta::assert_snapshot!(said.join("\n"));
        assert_eq!(mend("3g, \"lte\",", true).map(|mended| mended.text).as_deref(), Some("\"3g\", \"lte\","));
    }

    proptest::proptest! {
        #[test]
        fn no_line_panics(line in "\\PC{0,30}", is_in_list: bool) {
            let _ = mend(&line, is_in_list);
        }
    }
}
