//! Secrets that are recognized by their value, because this process has them.

use std::collections::{BTreeSet, VecDeque};
use std::ops::Range;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use aho_corasick::AhoCorasick;
use base64::Engine;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::scan::Scan;

/// The length of the shortest searched value. Shorter ones occur in texts by chance.
const MIN_BYTES: usize = 6;

/// The length from which a value in lower case is searched. Otherwise words such as `secret` would be removed from
/// every sentence.
const MIN_WORD: usize = 12;

/// The length of the shortest searched line of a secret with several lines.
const MIN_LINE: usize = 16;

/// The number of values that are kept for good. The user's own come first.
const FIRST: usize = 64;

/// The number of further values. Cases and sessions create new ones all the time, and old ones are no longer valid.
const LATEST: usize = 256;

/// The characters that `encodeURIComponent` does not encode.
const COMPONENT: AsciiSet =
    NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~').remove(b'!').remove(b'\'');

static KNOWN: Mutex<Known> = Mutex::new(Known { first: Vec::new(), latest: VecDeque::new(), finder: Finder::Stale });

/// The values and their search automaton.
struct Known {
    first: Vec<String>,
    latest: VecDeque<String>,
    finder: Finder,
}

/// The search automaton, built when it is needed.
enum Finder {
    Stale,
    Ready(Option<Arc<AhoCorasick>>),
}

/// Redacts a value from now on, wherever it occurs.
pub(in crate::secrets) fn remember(secret: &str) {
    let is_text_of_lines = secret.contains('\n');
    let values: Vec<_> = match is_text_of_lines {
        true => {
            secret.lines().map(str::trim).filter(|line| line.len() >= MIN_LINE && !line.starts_with("---")).collect()
        }
        false => vec![secret],
    };
    let values = values.into_iter().filter(|value| is_telling(value));
    let mut known = lock();
    for value in values {
        known.add(value);
    }
}

/// Returns whether a value can be distinguished from chance occurrences and from numbers, which must stay numbers in
/// JSON. Tokens are recognized by their shape; there are too many of them to keep.
fn is_telling(value: &str) -> bool {
    let is_word = value.len() < MIN_WORD && value.bytes().all(|byte| byte.is_ascii_lowercase());
    let is_number =
        value.parse::<f64>().is_ok() || !value.bytes().any(|byte| byte.is_ascii_alphabetic() || !byte.is_ascii());
    let is_token = value.starts_with("T1==") || (value.starts_with("eyJ") && value.matches('.').count() >= 2);
    value.len() >= MIN_BYTES && !is_word && !is_number && !is_token
}

/// Returns whether a text contains one of the values.
pub(super) fn holds(text: &str) -> bool {
    text.len() >= MIN_BYTES && finder().is_some_and(|finder| finder.is_match(text))
}

/// Finds all values in a text.
pub(super) fn find(scan: Scan<'_>, found: &mut Vec<Range<usize>>) {
    let Some(finder) = finder() else { return };
    // In JSON a value is escaped. An unescaped occurrence is structure, or cuts an escape sequence.
    let is_text = |range: &Range<usize>| {
        let bytes = scan.text[range.clone()].as_bytes();
        let has_bare_quote = (0..bytes.len()).any(|at| bytes[at] == b'"' && (at == 0 || bytes[at - 1] != b'\\'));
        let is_cut = |at: usize| scan.after_escape(at) > at;
        !scan.is_json || !(has_bare_quote || is_cut(range.start) || is_cut(range.end))
    };
    found.extend(finder.find_overlapping_iter(scan.text).map(|found| found.range()).filter(is_text));
}

fn lock() -> MutexGuard<'static, Known> {
    // Data of a thread that panicked is consistent, since each change is a single push.
    KNOWN.lock().unwrap_or_else(PoisonError::into_inner)
}

fn finder() -> Option<Arc<AhoCorasick>> {
    let mut known = lock();
    if let Finder::Ready(finder) = &known.finder {
        return finder.clone();
    }
    let forms: BTreeSet<_> = known.first.iter().chain(&known.latest).flat_map(|value| forms(value)).collect();
    // The automaton fails only if the values exceed the memory, and their number is limited.
    let finder = (!forms.is_empty()).then(|| AhoCorasick::new(forms).ok()).flatten().map(Arc::new);
    known.finder = Finder::Ready(finder.clone());
    finder
}

impl Known {
    fn add(&mut self, value: &str) {
        if self.first.iter().chain(&self.latest).any(|known| known == value) {
            return;
        }
        if self.first.len() < FIRST {
            self.first.push(value.to_owned());
        } else {
            if self.latest.len() == LATEST {
                self.latest.pop_front();
            }
            self.latest.push_back(value.to_owned());
        }
        self.finder = Finder::Stale;
    }
}

/// Returns the forms of a value in a text: unchanged, percent-encoded, escaped as in JSON, or in base64, alone or
/// inside other data.
fn forms(value: &str) -> Vec<String> {
    let json = serde_json::Value::from(value).to_string();
    let json = json[1..json.len() - 1].to_owned();
    let percent = utf8_percent_encode(value, &COMPONENT).to_string();
    let form: String = url::form_urlencoded::byte_serialize(value.as_bytes()).collect();
    let mut forms = vec![value.to_owned(), json.replace('/', "\\/"), json, percent.to_ascii_lowercase(), percent, form];
    for before in 0..3 {
        // Characters that also encode neighbouring bytes are unknown.
        let bytes = [vec![0; before], value.as_bytes().to_vec()].concat();
        let (skipped, whole) = ([0, 2, 3][before], bytes.len() * 8 / 6);
        for encoded in [STANDARD_NO_PAD.encode(&bytes), URL_SAFE_NO_PAD.encode(&bytes)] {
            forms.push(encoded[skipped..whole].to_owned());
        }
    }
    forms.retain(|form| form.len() >= MIN_BYTES);
    forms
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chance_occurrences_are_not_searched() {
        for value in
            ["", "abc12", "secret", "password", "123456", "1e100000", "12,34-56", "T1==YWJj", "eyJhbGciOi.e30.x"]
        {
            assert!(!is_telling(value), "{value}");
        }
        for value in ["s3cret", "Secret", "hunter2", "a secret that nobody guesses", "пароль"] {
            assert!(is_telling(value), "{value}");
        }
    }

    #[test]
    fn first_and_latest_values_are_kept() {
        let mut known = Known { first: Vec::new(), latest: VecDeque::new(), finder: Finder::Stale };
        for number in 0..FIRST + LATEST + 10 {
            known.add(&number.to_string());
            known.add(&number.to_string());
        }
        assert_eq!((known.first.len(), known.latest.len()), (FIRST, LATEST));
        assert_eq!((known.first[0].as_str(), known.latest[0].as_str()), ("0", "74"));
    }

    #[test]
    fn base64_is_recognized_at_every_offset() {
        let value = "open sesame";
        for before in ["", "a", "ab", "abc", "Aladdin:"] {
            for after in ["", "?", "??", "???"] {
                let encoded = STANDARD_NO_PAD.encode(format!("{before}{value}{after}"));
                assert!(forms(value).iter().any(|form| encoded.contains(form)), "{before}{value}{after}");
            }
        }
    }
}
