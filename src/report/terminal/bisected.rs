//! What a search over releases came to.

use std::fmt::Write;

use super::comparison::comparison;
use crate::comparison::{Bisected, Change};

/// A search over releases for people: its ends held against one another, and the first release in which something changed.
///
/// `width` is that of the terminal in characters, `None` for as wide as it needs; `colour` paints verdicts.
pub fn bisected(bisected: &Bisected, width: Option<u16>, colour: bool) -> String {
    let mut text = comparison(&bisected.ends, width, colour);
    text.push('\n');
    // Writing to a string cannot fail.
    if !bisected.tried.is_empty() {
        let tried = bisected.tried.iter().map(|tried| format!("{} {}", tried.release, tried.found.in_words()));
        let _ = writeln!(text, "tried: {}", tried.collect::<Vec<_>>().join(", "));
    }
    if bisected.changes.is_empty() {
        let (good, bad) = (&bisected.ends.a.label, &bisected.ends.b.label);
        let advice = match bisected.ends.change {
            Change::Inconclusive => "these repeats are too few to see a change; set `repeat` to six or more",
            _ => "the last column says what could have been seen; repeat more often to see less",
        };
        let _ = writeln!(text, "from {good} to {bad} nothing changed that was looked for: {advice}");
        return text;
    }
    for target in &bisected.first_changes {
        let (figure, change) = (target.figure.as_str(), target.change.as_str());
        let _ = writeln!(
            text,
            "{}, {figure}: {change} in {}; {} was the last before",
            target.cell,
            bisected.first_bad.join(" or "),
            bisected.last_good
        );
    }
    for target in bisected.changes.iter().filter(|target| !bisected.first_changes.contains(target)) {
        let (figure, change) = (target.figure.as_str(), target.change.as_str());
        let _ = writeln!(
            text,
            "{}, {figure}: {change} later, or not seen there yet; `--figure {figure}` looks for it alone",
            target.cell
        );
    }
    text
}
