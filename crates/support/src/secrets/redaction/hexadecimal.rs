//! API secrets of OpenTok projects, which are hexadecimal.

use std::ops::Range;

use super::scan::Scan;

/// The length of the API secret of an OpenTok project, in characters. Digests in hexadecimal are longer.
const SECRET_DIGITS: usize = 40;

/// Finds words of 40 hexadecimal digits.
pub(super) fn find(scan: Scan<'_>, found: &mut Vec<Range<usize>>) {
    let mut at = 0;
    while at < scan.len() {
        let end = scan.run(at, |byte| byte.is_ascii_alphanumeric());
        if end - at >= SECRET_DIGITS {
            // The `n` of an escaped `\n` in front is not a part of the word.
            let start = scan.after_escape(at).min(end);
            let word = &scan.text.as_bytes()[start..end];
            if word.len() == SECRET_DIGITS && word.iter().all(u8::is_ascii_hexdigit) {
                found.push(start..end);
            }
        }
        at = end + 1;
    }
}
