//! Texts as they appear in ids.

/// Formats a text for ids: letters and digits of any script, `.`, `_`, `-`, `@`. `2 %` becomes `2pct`, `^2.27` becomes
/// `_2.27`.
pub fn label(text: &str) -> String {
    let is_plain = |c: char| c.is_alphanumeric() || matches!(c, '.' | '-' | '@');
    let words = text.split_whitespace().collect::<Vec<_>>();
    // The space between a number and its unit is removed; between words it becomes `_`.
    let joined = words.join(if text.starts_with(|c: char| c.is_ascii_digit()) { "" } else { "_" });
    joined.replace('%', "pct").chars().map(|c| if is_plain(c) { c } else { '_' }).collect()
}
