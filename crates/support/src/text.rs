//! Text files from any editor and system, counts in sentences, and texts of others in a printable form.

mod commands;
mod printable;

use std::io;
use std::path::Path;

pub use commands::without_commands;
pub use printable::{Printable, is_control};

/// The byte order mark that editors of Windows and PowerShell write before UTF-8 text.
const BYTE_ORDER_MARK: char = '\u{feff}';

/// The reason why bytes are not text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TextError {
    /// The bytes are UTF-16, with or without a byte order mark.
    #[error(
        "it is UTF-16 text; save it as UTF-8 (`iconv -f UTF-16 -t UTF-8`, in PowerShell `Set-Content -Encoding utf8`)"
    )]
    Utf16,
    /// The bytes are neither UTF-16 nor UTF-8.
    #[error("it is not UTF-8 text (byte {0}); save it as UTF-8")]
    NotUtf8(usize),
}

/// Reads the text of a file: UTF-8 without its byte order mark, and with `\n` for every line end.
///
/// # Errors
///
/// Returns an error if the file cannot be read. The kind is `InvalidData` if it is not text ([`TextError`]).
pub fn read(path: &Path) -> io::Result<String> {
    decode(std::fs::read(path)?).map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))
}

/// Decodes the bytes of a file, as [`read`].
///
/// # Errors
///
/// Returns an error if they are not UTF-8.
pub fn decode(bytes: Vec<u8>) -> Result<String, TextError> {
    // In UTF-16 without a mark, every second byte of the first characters is zero.
    let is_utf16 = matches!(bytes[..], [0xff, 0xfe, ..] | [0xfe, 0xff, ..])
        || matches!(bytes[..], [0, other, ..] | [other, 0, ..] if other != 0);
    if is_utf16 {
        return Err(TextError::Utf16);
    }
    let mut text = String::from_utf8(bytes).map_err(|error| TextError::NotUtf8(error.utf8_error().valid_up_to()))?;
    if text.starts_with(BYTE_ORDER_MARK) {
        text.drain(..BYTE_ORDER_MARK.len_utf8());
    }
    Ok(if text.contains('\r') { text.replace("\r\n", "\n") } else { text })
}

/// Joins words: `a`, `a and b`, `a, b and c`. Empty for none.
pub fn listed(words: &[String]) -> String {
    match words {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

/// Formats a count: `1 case`, `2 cases`.
pub fn count(number: usize, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_joined() {
        let of = |words: &[&str]| listed(&words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>());
        assert_eq!([of(&[]), of(&["a"]), of(&["a", "b"]), of(&["a", "b", "c"])], ["", "a", "a and b", "a, b and c"]);
    }

    #[test]
    fn counts_have_singular_and_plural() {
        let counts = [0, 1, 2].map(|number| count(number, "case", "cases"));
        assert_eq!(counts, ["0 cases", "1 case", "2 cases"]);
    }

    #[test]
    fn text_of_every_editor_is_read() {
        let utf16 = |text: &str, mark: &[u8], bytes: fn(u16) -> [u8; 2]| {
            mark.iter().copied().chain(text.encode_utf16().flat_map(bytes)).collect::<Vec<_>>()
        };
        assert_eq!(decode(b"0\n10\n".to_vec()), Ok("0\n10\n".to_owned()));
        assert_eq!(decode(b"\xef\xbb\xbf0\r\n10\r\n".to_vec()), Ok("0\n10\n".to_owned()));
        assert_eq!(decode(Vec::new()), Ok(String::new()));
        for bytes in [
            utf16("0\n", &[0xff, 0xfe], u16::to_le_bytes),
            utf16("0\n", &[0xfe, 0xff], u16::to_be_bytes),
            utf16("0\n", &[], u16::to_le_bytes),
            utf16("0\n", &[], u16::to_be_bytes),
        ] {
            assert_eq!(decode(bytes), Err(TextError::Utf16));
        }
        assert_eq!(decode(b"caf\xe9".to_vec()), Err(TextError::NotUtf8(3)));
    }
}
