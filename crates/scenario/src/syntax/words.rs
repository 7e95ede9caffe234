//! Explains the errors of the TOML parser in words that need no knowledge of TOML.

use toml_span::{Error, ErrorKind};

use super::scan::{code, line_at};

/// The explanation of an error.
pub(super) struct Explanation {
    pub message: String,
    pub label: &'static str,
    pub help: String,
    /// Whether the line can be omitted without loss, because it repeats another one.
    pub is_repeated: bool,
}

/// Returns the explanation of an error for which there is no correction.
pub(super) fn explanation(error: &Error, text: &str) -> Explanation {
    let line = text.get(line_at(text, error.span.start)).unwrap_or_default();
    let written = code(line).trim();
    let number = |at: usize| text.get(..at).unwrap_or(text).matches('\n').count() + 1;
    let plain =
        |message: String, label, help: &str| Explanation { message, label, help: help.to_owned(), is_repeated: false };
    match &error.kind {
        ErrorKind::DuplicateKey { key, first } => {
            let message = format!("`{key}` has a value already, in line {}", number(first.start));
            Explanation { message, label: "once more", help: "keep one of the two lines".to_owned(), is_repeated: true }
        }
        ErrorKind::DuplicateTable { name, first } => {
            let message = format!("the table `{name}` is there already, in line {}", number(first.start));
            match name.as_str() {
                "case" => plain(message, "once more", "write [[case]], with two brackets, for each of the cases"),
                _ => plain(message, "once more", "put these keys below the first one, and take this line out"),
            }
        }
        ErrorKind::RedefineAsArray => {
            let message = format!("{written} is a list of tables, and the file has a table of that name");
            plain(message, "one of two", "write two brackets around the name each time, or one each time")
        }
        ErrorKind::DottedKeyInvalidType { first } => {
            let message = format!("what this line says of a table has a plain value in line {}", number(first.start));
            plain(message, "one of two", "keep one: the plain value, or the keys of the table")
        }
        ErrorKind::UnterminatedString => {
            plain("a text that begins here does not end".to_owned(), "no end", "write the same quotes behind it")
        }
        ErrorKind::InvalidCharInString('\n') => {
            plain("a text does not end in its line".to_owned(), "no end", "write the same quote behind it as in front")
        }
        ErrorKind::InvalidCharInString(c) => {
            let message = format!("a text holds the control character U+{:04X}", u32::from(*c));
            plain(message, "not allowed", "take it out, or write it as `\\u` with four digits")
        }
        ErrorKind::InvalidEscape(_) | ErrorKind::InvalidHexEscape(_) | ErrorKind::InvalidEscapeValue(_) => {
            let message = "a backslash begins an escape here that there is not".to_owned();
            plain(message, "no escape", "write single quotes around the text, or `\\\\` for a backslash")
        }
        ErrorKind::ExceededDepthLimit => plain(
            "tables and lists stand too deep in one another".to_owned(),
            "too deep",
            "a scenario needs no more than five",
        ),
        ErrorKind::MultilineStringKey => {
            plain("a key is a text of several lines".to_owned(), "not a key", "write a key as one word, without quotes")
        }
        ErrorKind::Unexpected(c) => plain(
            format!("`{c}` cannot stand here"),
            "not expected",
            "write each line as `key = value`, with text in quotes",
        ),
        _ if written.starts_with('{') && text.trim_start().starts_with('{') => plain(
            "this is JSON".to_owned(),
            "not TOML",
            "a scenario is TOML: see `scenarios/demo.toml`, or `precall networks 3g`",
        ),
        _ if written.starts_with('<') || written.starts_with("---") => {
            plain("this is another format".to_owned(), "not TOML", "a scenario is TOML: see `scenarios/demo.toml`")
        }
        _ if written.starts_with("- ") => {
            let message = format!("`{written}` is an item of a list in YAML");
            plain(
                message,
                "not TOML",
                "begin each item with its table, such as [[case]], and write `key = value` below it",
            )
        }
        _ if written.ends_with('=') => {
            let key = written.trim_end_matches('=').trim();
            let help = format!("write `{key} = ` and a value, with text in quotes, or take the line out");
            Explanation { message: format!("`{key}` has no value"), label: "no value", help, is_repeated: false }
        }
        ErrorKind::UnexpectedEof => plain(
            "the file ends in the middle of a value".to_owned(),
            "no end",
            "close what is open: `]`, `}` or a quote",
        ),
        _ if written.starts_with('[') && !written.contains('=') => {
            let message = format!("`{written}` is no table's name");
            plain(message, "not a table", "write [name] for a table, [[case]] for each case")
        }
        _ if written.is_empty() => {
            plain("a value does not end".to_owned(), "no end", "close what is open above: `]`, `}` or a quote")
        }
        _ => {
            let message = format!("`{written}` is no line of TOML");
            plain(message, "not TOML", "write each line as `key = value`, with text in quotes, or as [table]")
        }
    }
}
