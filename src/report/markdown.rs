//! Markdown, for a step summary or a comment on a pull request.

use std::fmt::Write;

use super::figures::{Figures, counts, finding, is_flaky, missed, why};
use super::format::{self, or_none};
use super::media::{COLUMNS, MediaRow};
use crate::event::{CaseResult, MeasuredLink, Recording};
use crate::network::Direction;
use crate::outcome::Outcome;

/// The most cases that a table shows; those that did not pass come first.
const MAX_ROWS: usize = 100;

/// A run in Markdown (GitHub's): what it came to, a table of its cases, what was missed, and the networks that there were.
pub(super) fn markdown(run: &Recording) -> String {
    let result = &run.result;
    let mut text = String::new();
    // Writing to a string cannot fail.
    let _ =
        writeln!(text, "## {} {}: {}\n", mark(result.outcome), escape(&result.run.scenario), result.outcome.as_str());
    let environment = &result.run.environment;
    let _ = writeln!(
        text,
        "{} in {:.0} s · {} · {}, {} · precall {}\n",
        counts(result),
        result.seconds,
        escape(&environment.browser),
        escape(&environment.os),
        format::count(environment.cpus, "CPU", "CPUs"),
        escape(&environment.precall)
    );
    for warning in &run.warnings {
        let _ = writeln!(text, "> ⚠ {}\n", escape(warning));
    }
    let mut cases: Vec<_> = result.cases.iter().collect();
    if cases.len() > MAX_ROWS {
        cases.sort_by_key(|case| case.outcome == Outcome::Passed);
    }
    let shown = &cases[..cases.len().min(MAX_ROWS)];
    table(&mut text, shown);
    if shown.len() < cases.len() {
        let _ = writeln!(text, "\n… and {} more, of {} cases in all.", cases.len() - shown.len(), cases.len());
    }
    for case in shown {
        details(&mut text, case);
    }
    networks(&mut text, shown);
    text
}

fn table(text: &mut String, cases: &[&CaseResult]) {
    if cases.is_empty() {
        return;
    }
    text.push_str(
        "| | case | verdict | connectivity | audio MOS | video MOS | bitrate | loss audio / video | RTT | advice |\n",
    );
    text.push_str("|---|---|---|---|--:|--:|--:|--:|--:|---|\n");
    for case in cases {
        let figures = Figures::of(case);
        let flaky = if is_flaky(case) { " (flaky)" } else { "" };
        let _ = writeln!(
            text,
            "| {} | {} | {}{flaky} | {} | {} | {} | {} | {} / {} | {} | {} |",
            mark(case.outcome),
            escape(&case.case),
            case.outcome.as_str(),
            escape(&figures.connectivity),
            figures.audio_mos,
            figures.video_mos,
            figures.bitrate,
            figures.audio_loss,
            figures.video_loss,
            figures.round_trip_time,
            escape(&figures.advice)
        );
    }
}

fn details(text: &mut String, case: &CaseResult) {
    if why(case).is_empty() && case.findings.is_empty() {
        return;
    }
    let _ = writeln!(text, "\n**{}** {}\n", escape(&case.case), case.outcome.as_str());
    for reason in &case.reasons {
        let _ = writeln!(text, "- {}", escape(reason));
    }
    for checked in case.expectations.iter().filter(|checked| !checked.passed) {
        let _ = writeln!(text, "- {} ({})", escape(&missed(checked)), checked.expectation.source);
    }
    for found in &case.findings {
        let _ = writeln!(text, "- {}", escape(&finding(found)));
    }
}

fn networks(text: &mut String, cases: &[&CaseResult]) {
    if cases.is_empty() {
        return;
    }
    text.push_str("\n<details><summary>Networks, asked and measured</summary>\n\n");
    text.push_str("| case | direction | asked | rate, busiest second | rate, mean | delay, mean | dropped |\n");
    text.push_str("|---|---|---|--:|--:|--:|--:|\n");
    for case in cases {
        let measured = &case.measured_network;
        for (name, direction, link) in [("up", Direction::Up, &measured.up), ("down", Direction::Down, &measured.down)]
        {
            let asked = match case.network_applied {
                true => format::link_over_time(&case.network, direction),
                false => format!("not applied ({})", case.platform.kind),
            };
            let MeasuredLink { peak_rate, mean_rate, mean_delay_ms, loss_ratio } = link;
            let _ = writeln!(
                text,
                "| {} | {name} | {} | {} | {} | {} | {} |",
                escape(&case.case),
                escape(&asked),
                or_none(*peak_rate, format::bitrate),
                or_none(*mean_rate, format::bitrate),
                or_none(*mean_delay_ms, |ms| format!("{ms:.1} ms")),
                or_none(*loss_ratio, |loss| format::ratio(loss.get())),
            );
        }
    }
    media(text, cases);
    text.push_str("\n</details>\n");
}

/// How media travelled, if the page said so.
fn media(text: &mut String, cases: &[&CaseResult]) {
    if cases.iter().all(|case| case.media.is_none()) {
        return;
    }
    let _ = writeln!(text, "\n| case | {} |\n|---{}|", COLUMNS.join(" | "), "|---".repeat(COLUMNS.len()));
    for case in cases {
        for row in MediaRow::of(case) {
            let cells = row.cells().map(|cell| escape(&cell));
            let _ = writeln!(text, "| {} | {} |", escape(&case.case), cells.join(" | "));
        }
    }
}

/// A sign that is seen from afar.
fn mark(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Passed => "✅",
        Outcome::Failed | Outcome::Errored | Outcome::Hung => "❌",
        Outcome::Inconclusive | Outcome::Infrastructure | Outcome::Interrupted => "⚠️",
    }
}

/// `text` so that it stays text, and in its cell: punctuation that Markdown could take for markup is escaped, as CommonMark
/// allows of any; what HTML would take for markup is an entity.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.trim().chars() {
        match c {
            '\n' => escaped.push_str("<br>"),
            '\r' | '\t' => escaped.push(' '),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '&' => escaped.push_str("&amp;"),
            // Mentions people, and issues.
            '@' => escaped.push_str("&#64;"),
            '#' => escaped.push_str("&#35;"),
            // A link by itself, without any markup.
            ':' => escaped.push_str("&#58;"),
            '|' | '\\' | '`' | '*' | '_' | '~' | '[' | ']' | '!' | '$' => {
                escaped.push('\\');
                escaped.push(c);
            }
            c => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::fixture::recorded;

    #[test]
    fn a_run_in_markdown() {
        insta::assert_snapshot!(markdown(&recorded()));
    }

    #[test]
    fn of_many_cases_those_that_did_not_pass_are_shown_first() {
        let mut run = recorded();
        let (good, bad) = (run.result.cases[0].clone(), run.result.cases[1].clone());
        run.result.cases = std::iter::repeat_n(good, 200).chain([bad]).collect();
        let text = markdown(&run);
        assert!(text.contains("… and 101 more, of 201 cases in all.") && text.contains("| failed |"), "{text}");
    }

    #[test]
    fn markup_stays_text() {
        assert_eq!(
            escape("a|b\n<b>`x`</b> [l](http://e) @me #1"),
            r"a\|b<br>&lt;b&gt;\`x\`&lt;/b&gt; \[l\](http&#58;//e) &#64;me &#35;1"
        );
    }
}
