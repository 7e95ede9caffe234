//! Texts that a page may have chosen: shortened, and without secrets.

use super::limits::MAX_NAME_CHARS;
use precall_support::secrets::redact;

/// Keeps the first characters of a text, `most` of them at most.
pub(super) fn cut(text: &mut String, most: usize) {
    if let Some((end, _)) = text.char_indices().nth(most) {
        text.truncate(end);
        text.push('…');
    }
}

/// Cleans words that a page may have chosen: without secrets, and shortened.
pub(super) fn words(text: &str) -> String {
    let mut text = redact(text);
    cut(&mut text, MAX_NAME_CHARS);
    text
}
