//! Explains the errors of the TOML parser in words that need no knowledge of TOML.

use toml_span::{Error, ErrorKind};

use super::scan::{code, line_at};

/// The explanation of an error.
pub(super) struct SyntaxExplanation {
    pub message: String,
    pub label: &'static str,
    pub help: String,
    /// Whether the line can be omitted without loss, because it repeats another one.
    pub is_repeated: bool,
}

/// Returns the explanation of an error for which there is no correction.
pub(super) fn explanation(error: &Error, text: &str) -> SyntaxExplanation {
    let line = text.get(line_at(text, error.span.start)).unwrap_or_default();
    let written = code(line).trim();
    let number = |at: usize| text.get(..at).unwrap_or(text).matches('\n').count() + 1;
    let plain = |message: String, label, help: &str| SyntaxExplanation {
        message,
        label,
        help: help.to_owned(),
        is_repeated: false,
    };
    match &error.kind {
        ErrorKind::DuplicateKey { key, first } => {
            let message = format!("`{key}` already has a value, in line {}", number(first.start));
            SyntaxExplanation {
                message,
                label: "repeated",
                help: "keep one of the two lines".to_owned(),
                is_repeated: true,
            }
        }
        ErrorKind::DuplicateTable { name, first } => {
            let message = format!("the table `{name}` already exists, in line {}", number(first.start));
            match name.as_str() {
                "case" => plain(message, "repeated", "write [[case]], with two brackets, for each of the cases"),
                _ => plain(message, "repeated", "move these keys below the first one, and remove this line"),
            }
        }
        ErrorKind::RedefineAsArray => {
            let message = format!("{written} is a list of tables, and the file has a table of that name");
            plain(message, "one of two", "write two brackets around the name each time, or one each time")
        }
        ErrorKind::DottedKeyInvalidType { first } => {
            let message = format!("this line needs a table, and line {} has a plain value", number(first.start));
            plain(message, "one of two", "keep one: the plain value, or the keys of the table")
        }
        ErrorKind::UnterminatedString => {
            plain("a string that begins here does not end".to_owned(), "no end", "write the same quotes at its end")
        }
        ErrorKind::InvalidCharInString('\n') => plain(
            "a string does not end in its line".to_owned(),
            "no end",
            "write the same quote at its end as at its beginning",
        ),
        ErrorKind::InvalidCharInString(c) => {
            let message = format!("a string contains the control character U+{:04X}", u32::from(*c));
            plain(message, "not allowed", "remove it, or write it as `\\u` with four digits")
        }
        ErrorKind::InvalidEscape(_) | ErrorKind::InvalidHexEscape(_) | ErrorKind::InvalidEscapeValue(_) => {
            let message = "a backslash begins an unknown escape here".to_owned();
            plain(message, "unknown escape", "write single quotes around the string, or `\\\\` for a backslash")
        }
        ErrorKind::ExceededDepthLimit => {
            plain("tables and lists are nested too deeply".to_owned(), "too deep", "a scenario needs no more than five")
        }
        ErrorKind::MultilineStringKey => plain(
            "a key is a string of several lines".to_owned(),
            "not a key",
            "write a key as one word, without quotes",
        ),
        ErrorKind::Unexpected(c) => plain(
            format!("`{c}` is not valid here"),
            "not expected",
            "write each line as `key = value`, with strings in quotes",
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
            let help = format!("write `{key} = ` and a value, with strings in quotes, or remove the line");
            SyntaxExplanation { message: format!("`{key}` has no value"), label: "no value", help, is_repeated: false }
        }
        ErrorKind::UnexpectedEof => plain(
            "the file ends in the middle of a value".to_owned(),
            "no end",
            "close what is open: `]`, `}` or a quote",
        ),
        _ if written.starts_with('[') && !written.contains('=') => {
            let message = format!("`{written}` is not the name of a table");
            plain(message, "not a table", "write [name] for a table, [[case]] for each case")
        }
        _ if written.is_empty() => {
            plain("a value does not end".to_owned(), "no end", "close what is open above: `]`, `}` or a quote")
        }
        _ => {
            let message = format!("`{written}` is not a line of TOML");
            plain(message, "not TOML", "write each line as `key = value`, with strings in quotes, or as [table]")
        }
    }
}
