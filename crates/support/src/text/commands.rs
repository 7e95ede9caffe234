//! Lines that CI systems execute as commands.
//!
//! The runner of GitHub Actions trims white space before it looks for `::command …::`, and finds `##[command]` anywhere
//! in a line. The agent of Azure Pipelines finds `##vso[` anywhere, and TeamCity `##teamcity[`. The first two ignore
//! characters without a width between the signs. Indentation therefore does not disarm a command, but a visible space
//! between the signs does.

use std::borrow::Cow;

/// The signs of a command anywhere in a line.
const ANYWHERE: [&str; 3] = ["##[", "##vso[", "##teamcity["];

/// The sign of a command at the beginning of a line, if the line contains it twice.
const AT_THE_BEGINNING: &str = "::";

/// Returns `text` without a line that a CI system executes.
pub fn without_commands(text: &str) -> Cow<'_, str> {
    if !text.split('\n').any(is_command) {
        return Cow::Borrowed(text);
    }
    let lines =
        text.split_inclusive('\n').map(|line| if is_command(line) { Cow::Owned(parted(line)) } else { line.into() });
    Cow::Owned(lines.collect())
}

fn is_command(line: &str) -> bool {
    if !line.contains([':', '#']) {
        return false;
    }
    let line = visible(line).to_ascii_lowercase();
    let rest = line.trim_start().strip_prefix(AT_THE_BEGINNING);
    rest.is_some_and(|rest| rest.contains(AT_THE_BEGINNING)) || ANYWHERE.iter().any(|command| line.contains(command))
}

/// Returns the line with a space between adjacent signs.
fn parted(line: &str) -> String {
    let mut parted = String::with_capacity(line.len() + 8);
    for c in visible(line).chars() {
        if matches!(c, ':' | '#') && parted.ends_with(c) {
            parted.push(' ');
        }
        parted.push(c);
    }
    parted
}

/// Returns the visible part of a line, without characters that have no width.
fn visible(line: &str) -> String {
    let has_width = |c: &char| {
        !matches!(c,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}'
            | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0000}'..='\u{e0fff}')
    };
    line.chars().filter(has_width).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_are_disarmed() {
        for (line, printed) in [
            ("::error file=a,line=1::forged", ": :error file=a,line=1: :forged"),
            ("  \u{a0}\u{3000}::stop-commands::x", "  \u{a0}\u{3000}: :stop-commands: :x"),
            ("\u{200b}:\u{ad}:add-mask::e", ": :add-mask: :e"),
            ("a ##[error]b", "a # #[error]b"),
            ("###\u{200b}[group]b", "# # #[group]b"),
            ("a ##VSO[task.complete result=Succeeded;]b", "a # #VSO[task.complete result=Succeeded;]b"),
            ("##teamcity[buildStatus text='x']", "# #teamcity[buildStatus text='x']"),
        ] {
            assert_eq!(without_commands(line), printed, "{line}");
            assert_eq!(without_commands(&format!("a\n{line}\nb\n")), format!("a\n{printed}\nb\n"));
        }
    }

    #[test]
    fn other_lines_are_unchanged() {
        for line in ["a ::error::b", "::1 is an address", "## Heading", "#1 and #2: a", "std::io::Error: x", ""] {
            assert_eq!(without_commands(line), line);
        }
    }

    proptest::proptest! {
        #[test]
        fn no_text_becomes_a_command(text in "(:|#|\\[|vso|teamcity|[ \n\u{200b}\u{ad}a])*") {
            proptest::prop_assert!(!without_commands(&text).split('\n').any(is_command), "{:?}", without_commands(&text));
        }
    }
}
