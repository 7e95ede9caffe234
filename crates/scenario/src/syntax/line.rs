//! Corrects a line that is not TOML.

use super::correction::Correction;
use super::key::dotted;
use super::scan::{is_key, outside};
use super::value::{correct_parts, pair};

/// Characters that look like TOML's, with their replacements.
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

/// Corrects a line; `None` if it is valid, or its meaning is not clear. Inside a list a line has elements.
pub(super) fn correct(code: &str, is_in_list: bool) -> Option<Correction> {
    let code = code.trim();
    let plain = with_plain_characters(code);
    if let Some(plain) = plain {
        return Some(match correct_plain(&plain.text, is_in_list) {
            Some(corrected) => Correction { message: plain.message, ..corrected },
            None => plain,
        });
    }
    correct_plain(code, is_in_list)
}

fn correct_plain(code: &str, is_in_list: bool) -> Option<Correction> {
    if code.is_empty() {
        return None;
    }
    for separator in ["//", "--", "/*", ";"] {
        if let Some(comment) = code.strip_prefix(separator) {
            let text = format!("# {}", comment.trim_end_matches("*/").trim());
            return Some(Correction { text, message: format!("a comment begins with `#`, not with `{separator}`") });
        }
    }
    if is_in_list {
        return correct_parts(code);
    }
    header(code).or_else(|| pair(code))
}

/// Replaces characters that look like TOML's.
fn with_plain_characters(code: &str) -> Option<Correction> {
    // Inside a string they stay.
    let is_outside = |(from, _): &&(&str, &str)| from.chars().any(|from| outside(code).any(|(_, c)| c == from));
    let found: Vec<_> = LOOKALIKES.iter().filter(is_outside).collect();
    let (first, meant) = found.first()?;
    let name = match *meant {
        "\"" | "'" => format!("`{first}` is a typographic quote"),
        " " | "" => {
            format!("there is a space that TOML does not have (U+{:04X})", first.chars().next().map_or(0, u32::from))
        }
        _ => format!("`{first}` only looks like `{meant}`"),
    };
    let text = found.iter().fold(code.to_owned(), |text, (from, to)| text.replace(from, to));
    Some(Correction { text: text.trim().to_owned(), message: name })
}

/// Corrects `[case.network]` and `[[case]]`.
fn header(code: &str) -> Option<Correction> {
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
        () if name != inner => format!("`{inner}` is not the name of a table: dots separate its parts"),
        () => format!("`{code}` is not the name of a table"),
    };
    (text != code).then_some(Correction { text, message })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_corrected() {
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
        let report = lines.map(|line| match correct(line, false) {
            Some(Correction { text, message }) => format!("{line}  ->  {text}  ({message})"),
            None => format!("{line}  ->  ?"),
        });
        insta::assert_snapshot!(report.join("\n"));
        assert_eq!(correct("3g, \"lte\",", true).map(|corrected| corrected.text).as_deref(), Some("\"3g\", \"lte\","));
    }

    proptest::proptest! {
        #[test]
        fn arbitrary_line_does_not_panic(line in "\\PC{0,30}", is_in_list: bool) {
            let _ = correct(&line, is_in_list);
        }
    }
}
