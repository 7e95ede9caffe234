//! Corrects expectations with their operator outside of the string.

use super::correction::Correction;
use super::scan::{is_key, outside};
use crate::written::quoted;
use precall_results::Metric;

/// Corrects `video.bitrate >= 200 kbit/s`: an expectation is a string that begins with the operator.
pub(super) fn comparison(code: &str) -> Option<Correction> {
    const OPERATORS: [(&str, &str); 9] = [
        (">=", ">="),
        ("<=", "<="),
        ("=>", ">="),
        ("=<", "<="),
        ("!=", "!="),
        ("≥", ">="),
        ("≤", "<="),
        (">", ">"),
        ("<", "<"),
    ];
    let (at, _) = outside(code).find(|(_, c)| "=<>!≥≤:".contains(*c))?;
    let (separator, operator) = OPERATORS.iter().find(|(separator, _)| code[at..].starts_with(separator))?;
    let key = code[..at].trim();
    // `delay => 80 ms` is a value in another language.
    let is_metric = |name: &&str| name.rsplit('.').next() == key.rsplit('.').next();
    if !is_key(key) || (*separator == "=>" && !Metric::expected_names().iter().any(is_metric)) {
        return None;
    }
    let value = code[at + separator.len()..].replace(['"', '\'', '`'], "");
    let text = format!("{key} = {}", quoted(&format!("{operator} {}", value.trim())));
    Some(Correction { text, message: format!("`{code}` has its operator outside of the value") })
}
