//! Corrects keys and the names of tables.

use super::scan::is_key;

/// Corrects a name with separators other than dots.
pub(super) fn dotted(name: &str) -> Option<String> {
    let parts: Vec<_> =
        name.split(['.', ' ', '/', ':', '>', '-']).map(str::trim).filter(|part| !part.is_empty()).collect();
    let name = parts.join(".");
    is_key(&name).then_some(name)
}

/// Corrects a key: without the marks of other languages, and as one word.
pub(super) fn key_of(key: &str) -> Option<String> {
    let key = key.trim();
    let bare =
        ["let ", "const ", "var ", "set ", "export "].iter().find_map(|word| key.strip_prefix(word)).unwrap_or(key);
    // The dash of a list item in YAML.
    if bare.starts_with("- ") || bare.is_empty() {
        return None;
    }
    let is_quoted =
        bare.len() > 1 && ['"', '\''].iter().any(|quote| bare.starts_with(*quote) && bare.ends_with(*quote));
    let inner = bare.trim_matches(['"', '\'']).trim();
    match (is_key(inner), is_quoted) {
        // Dots in quotes are part of the name.
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
