//! Secrets that are recognised by their value, because this process has them.

use std::collections::{BTreeSet, VecDeque};
use std::ops::Range;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use aho_corasick::AhoCorasick;
use base64::Engine;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::scan::Scan;

/// The shortest value that is looked for: anything shorter stands in texts by chance.
const MIN_BYTES: usize = 6;

/// A word in lower case is looked for from this length on: nobody is helped when `secret` is taken out of every sentence.
const MIN_WORD: usize = 12;

/// The shortest line of a secret of several lines that is looked for.
const MIN_LINE: usize = 16;

/// How many values are kept for good: those of the user, which come first.
const FIRST: usize = 64;

/// How many are kept besides. Cases and sessions make new ones all the time, and what they made long ago is good for nothing.
const LATEST: usize = 256;

/// What `encodeURIComponent` leaves as it is.
const COMPONENT: AsciiSet =
    NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~').remove(b'!').remove(b'\'');

static KNOWN: Mutex<Known> = Mutex::new(Known { first: Vec::new(), latest: VecDeque::new(), finder: Finder::Stale });

/// The values, and what finds them.
struct Known {
    first: Vec<String>,
    latest: VecDeque<String>,
    finder: Finder,
}

/// What finds the values. It is made when it is next needed.
enum Finder {
    Stale,
    Ready(Option<Arc<AhoCorasick>>),
}

/// Has a value redacted from now on, wherever it stands.
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

/// Whether a value can be told from what stands in texts by chance, and from numbers, which have to stay numbers in JSON. Tokens are
/// recognised by their shape; there are too many of them to remember.
fn is_telling(value: &str) -> bool {
    let is_word = value.len() < MIN_WORD && value.bytes().all(|byte| byte.is_ascii_lowercase());
    let is_number =
        value.parse::<f64>().is_ok() || !value.bytes().any(|byte| byte.is_ascii_alphabetic() || !byte.is_ascii());
    let is_token = value.starts_with("T1==") || (value.starts_with("eyJ") && value.matches('.').count() >= 2);
    value.len() >= MIN_BYTES && !is_word && !is_number && !is_token
}

/// Whether a text holds one of the values.
pub(super) fn holds(text: &str) -> bool {
    text.len() >= MIN_BYTES && finder().is_some_and(|finder| finder.is_match(text))
}

/// Finds all values in a text.
pub(super) fn find(scan: Scan<'_>, found: &mut Vec<Range<usize>>) {
    let Some(finder) = finder() else { return };
    // In JSON a value stands escaped. What looks like it without is structure, or cuts an escape sequence.
    let is_text = |range: &Range<usize>| {
        let bytes = scan.text[range.clone()].as_bytes();
        let has_bare_quote = (0..bytes.len()).any(|at| bytes[at] == b'"' && (at == 0 || bytes[at - 1] != b'\\'));
        let is_cut = |at: usize| scan.after_escape(at) > at;
        !scan.is_json || !(has_bare_quote || is_cut(range.start) || is_cut(range.end))
    };
    found.extend(finder.find_overlapping_iter(scan.text).map(|found| found.range()).filter(is_text));
}

fn lock() -> MutexGuard<'static, Known> {
    // What a thread that panicked left is whole: each change is one push.
    KNOWN.lock().unwrap_or_else(PoisonError::into_inner)
}

fn finder() -> Option<Arc<AhoCorasick>> {
    let mut known = lock();
    if let Finder::Ready(finder) = &known.finder {
        return finder.clone();
    }
    let forms: BTreeSet<_> = known.first.iter().chain(&known.latest).flat_map(|value| forms(value)).collect();
    // It fails when there are more than fits into memory, of which there cannot be so many.
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

/// A value as it can stand in a text: as it is, percent-encoded, escaped as in JSON, or in base64, by itself or with something around it.
fn forms(value: &str) -> Vec<String> {
    let json = serde_json::Value::from(value).to_string();
    let json = json[1..json.len() - 1].to_owned();
    let percent = utf8_percent_encode(value, &COMPONENT).to_string();
    let form: String = url::form_urlencoded::byte_serialize(value.as_bytes()).collect();
    let mut forms = vec![value.to_owned(), json.replace('/', "\\/"), json, percent.to_ascii_lowercase(), percent, form];
    for before in 0..3 {
        // Of the characters in which bytes around the value have a part, nothing is known.
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
    fn what_stands_in_texts_by_chance_is_not_looked_for() {
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
    fn the_first_values_are_kept_and_of_the_others_the_latest() {
        let mut known = Known { first: Vec::new(), latest: VecDeque::new(), finder: Finder::Stale };
        for number in 0..FIRST + LATEST + 10 {
            known.add(&number.to_string());
            known.add(&number.to_string());
        }
        assert_eq!((known.first.len(), known.latest.len()), (FIRST, LATEST));
        assert_eq!((known.first[0].as_str(), known.latest[0].as_str()), ("0", "74"));
    }

    #[test]
    fn base64_is_known_at_each_place_of_a_text() {
        let value = "open sesame";
        for before in ["", "a", "ab", "abc", "Aladdin:"] {
            for after in ["", "?", "??", "???"] {
                let encoded = STANDARD_NO_PAD.encode(format!("{before}{value}{after}"));
                assert!(forms(value).iter().any(|form| encoded.contains(form)), "{before}{value}{after}");
            }
        }
    }
}
