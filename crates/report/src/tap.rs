//! TAP version 14 (Test Anything Protocol), for harnesses that read it.
//!
//! A case that failed or could not be measured is `not ok`; one that was interrupted or did not run is a `SKIP`. What
//! ran and why it did not pass is in a YAML block below the test.

use std::fmt::Write;

use super::test_results::{TestResult, reported_tests};
use precall_results::Recording;

/// Returns a run as TAP: a test for each case, and for the verdict and the rules over several cases.
pub(super) fn tap(run: &Recording) -> String {
    let tests = reported_tests(run);
    let mut text = format!("TAP version 14\n1..{}\n", tests.len());
    for (number, test) in (1..).zip(&tests) {
        let ok = if matches!(test.result, TestResult::Success | TestResult::Skipped) { "ok" } else { "not ok" };
        let skip = match test.result {
            TestResult::Skipped => {
                format!(" # SKIP {}", escaped(test.reasons.first().map_or("not run", String::as_str)))
            }
            _ => String::new(),
        };
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{ok} {number} - {}{skip}", escaped(&test.name));
        let mut lines = Vec::new();
        if let Some(case) = test.case {
            lines.push(format!("outcome: {}", case.outcome.as_str()));
            lines.push(format!("sdk: {}", quoted(&case.sdk.version)));
            lines.push(format!("attempts: {}", case.attempts.len()));
        }
        lines.extend(test.duration.map(|time| format!("duration_ms: {}", time.as_millis())));
        if !test.reasons.is_empty() {
            lines.push("reasons:".to_owned());
            lines.extend(test.reasons.iter().map(|reason| format!("  - {}", quoted(reason))));
        }
        if !lines.is_empty() {
            let _ = writeln!(text, "  ---\n  {}\n  ...", lines.join("\n  "));
        }
    }
    text
}

/// Returns a text as the description of a test: one line, in which no character begins a directive.
fn escaped(text: &str) -> String {
    let line: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    line.replace('\\', "\\\\").replace('#', "\\#")
}

/// Returns a text in quotes, as YAML and JSON have it.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{recorded, with_rules};

    #[test]
    fn run_is_tap() {
        insta::assert_snapshot!(tap(&with_rules()));
    }

    #[test]
    fn no_name_becomes_a_directive_or_a_line_of_its_own() {
        let mut run = recorded();
        run.result.cases[1].case = "odd # SKIP\nok 1 \\# x".to_owned();
        let text = tap(&run);
        let line = text.lines().find(|line| line.contains("odd")).expect("a line");
        assert_eq!(line, "not ok 2 - odd \\# SKIP ok 1 \\\\\\# x");
    }
}
