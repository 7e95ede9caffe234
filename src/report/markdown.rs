//! Markdown, for a step summary or a comment on a pull request.

use super::figures::{Figures, counts, finding, is_flaky, missed, why};
use super::format::{self, or_none};
use super::media::{COLUMNS, MediaRow};
use crate::event::{CaseResult, MeasuredLink, Recording};
use crate::network::Direction;
use crate::outcome::Outcome;

/// The most cases that a table shows; those that did not pass come first.
const MAX_ROWS: usize = 100;
/// The most bytes of a report. GitHub takes 65,536 characters in a comment, and 1 MiB in a step's summary; what surrounds the report
/// has to fit as well.
const MAX_BYTES: usize = 64_000;
/// How many of them the table of cases may take, and that with what is said of each case.
const MAX_TABLE: usize = 30_000;
const MAX_DETAILS: usize = 52_000;
/// The most characters of one text that a page or a browser wrote.
const MAX_TEXT: usize = 1_000;
/// How many bytes of a report its head may take, which holds the warnings.
const MAX_HEAD: usize = 8_000;

/// A run in Markdown (GitHub's): what it came to, a table of its cases, what was missed, and the networks that there were. What does
/// not fit into a comment on GitHub is left out, and counted.
pub(super) fn markdown(run: &Recording) -> String {
    let result = &run.result;
    let mut page = Page { text: head(run) };
    warnings(&mut page, &run.warnings);
    let mut cases: Vec<(&CaseResult, String)> = result.cases.iter().map(|case| (case, row(case))).collect();
    let length: usize = cases.iter().map(|(_, row)| row.len()).sum();
    if cases.len() > MAX_ROWS || page.text.len() + length > MAX_TABLE {
        cases.sort_by_key(|(case, _)| case.outcome == Outcome::Passed);
    }
    let shown = table(&mut page, &cases);
    let shown: Vec<&CaseResult> = cases[..shown].iter().map(|(case, _)| *case).collect();
    details(&mut page, &shown);
    networks(&mut page, &shown);
    media(&mut page, &shown);
    page.text
}

/// A report that grows only so far.
struct Page {
    text: String,
}

impl Page {
    /// Adds a part if it fits below so many bytes in all; says whether it did.
    fn add(&mut self, part: &str, most: usize) -> bool {
        let fits = self.text.len() + part.len() <= most;
        if fits {
            self.text.push_str(part);
        }
        fits
    }
}

fn head(run: &Recording) -> String {
    let result = &run.result;
    let environment = &result.run.environment;
    let verdict = result.upgrade.as_ref().map(|upgrade| {
        let misses = upgrade
            .missed_by_old
            .iter()
            .map(|missed| format!("Only the old build misses {}; that does not fail the new one.\n\n", escape(missed)));
        format!("**{} {}**\n\n{}", mark(result.outcome), escape(&upgrade.sentence), misses.collect::<String>())
    });
    format!(
        "{}## {} {}: {}\n\n{} in {:.0} s · {} · {}, {} · precall {}\n\n",
        verdict.unwrap_or_default(),
        mark(result.outcome),
        escape(&result.run.scenario),
        result.outcome.as_str(),
        counts(result),
        result.seconds,
        escape(&environment.browser),
        escape(&environment.os),
        format::count(environment.cpus, "CPU", "CPUs"),
        escape(&environment.precall)
    )
}

fn warnings(page: &mut Page, warnings: &[String]) {
    let texts = warnings.iter().map(|warning| format!("> ⚠ {}\n\n", escape(warning)));
    let shown = texts.take_while(|text| page.add(text, MAX_HEAD)).count();
    if shown < warnings.len() {
        let left = format::count(warnings.len() - shown, "warning", "warnings");
        page.text.push_str(&format!("> … and {left} more.\n\n"));
    }
}

/// Writes the table of cases; gives how many of them are in it.
fn table(page: &mut Page, cases: &[(&CaseResult, String)]) -> usize {
    if cases.is_empty() {
        return 0;
    }
    page.text.push_str(
        "| | case | verdict | connectivity | audio MOS | video MOS | bitrate | loss audio / video | RTT | advice |\n\
         |---|---|---|---|--:|--:|--:|--:|--:|---|\n",
    );
    let shown = cases.iter().take(MAX_ROWS).take_while(|(_, row)| page.add(row, MAX_TABLE)).count();
    let left = &cases[shown..];
    if !left.is_empty() {
        let bad = left.iter().filter(|(case, _)| case.outcome != Outcome::Passed).count();
        let bad = if bad > 0 { format!(", {bad} of which did not pass") } else { String::new() };
        page.text.push_str(&format!("\n… and {} more, of {} cases in all{bad}.\n", left.len(), cases.len()));
    }
    shown
}

fn row(case: &CaseResult) -> String {
    let figures = Figures::of(case);
    format!(
        "| {} | {} | {}{} | {} | {} | {} | {} | {} / {} | {} | {} |\n",
        mark(case.outcome),
        escape(&case.case),
        case.outcome.as_str(),
        if is_flaky(case) { " (flaky)" } else { "" },
        escape(&figures.connectivity),
        figures.audio_mos,
        figures.video_mos,
        figures.bitrate,
        figures.audio_loss,
        figures.video_loss,
        figures.round_trip_time,
        escape(&figures.advice)
    )
}

/// Writes what speaks against each case.
fn details(page: &mut Page, cases: &[&CaseResult]) {
    let said: Vec<_> = cases.iter().filter_map(|case| detail(case)).collect();
    let shown = said.iter().take_while(|text| page.add(text, MAX_DETAILS)).count();
    if shown < said.len() {
        let cases = format::count(said.len() - shown, "case", "cases");
        page.text.push_str(&format!("\n… and what is to be said of {cases} more.\n"));
    }
}

fn detail(case: &CaseResult) -> Option<String> {
    if why(case).is_empty() && case.findings.is_empty() {
        return None;
    }
    let missed = case.expectations.iter().filter(|checked| !checked.passed).map(|checked| {
        let place = checked.expectation.source.to_string();
        format!("{} ({})", escape(&missed(checked, Some(case))), escape(&place))
    });
    let reasons = case.reasons.iter().map(|reason| escape(reason));
    let findings = case.findings.iter().map(|found| escape(&finding(found)));
    let lines: String = reasons.chain(missed).chain(findings).map(|line| format!("- {line}\n")).collect();
    Some(format!("\n**{}** {}\n\n{lines}", escape(&case.case), case.outcome.as_str()))
}

fn networks(page: &mut Page, cases: &[&CaseResult]) {
    let head = "\n<details><summary>Networks, asked and measured</summary>\n\n\
                | case | direction | asked | rate, busiest second | rate, mean | delay, mean | dropped |\n\
                |---|---|---|--:|--:|--:|--:|\n";
    folded_table(page, head, cases.iter().map(|case| network_rows(case)).collect());
}

/// How media travelled, of the cases that tell.
fn media(page: &mut Page, cases: &[&CaseResult]) {
    let head = format!(
        "\n<details><summary>How media travelled</summary>\n\n| case | {} |\n|---{}|\n",
        COLUMNS.join(" | "),
        "|---".repeat(COLUMNS.len())
    );
    let rows = cases.iter().filter(|case| case.media.is_some()).map(|case| media_rows(case)).collect();
    folded_table(page, &head, rows);
}

/// A table that is folded away, each case with its rows: as many cases as fit, and how many are left out.
fn folded_table(page: &mut Page, head: &str, rows: Vec<String>) {
    const END: &str = "\n</details>\n";
    /// The longest line that says what is left out.
    const MAX_NOTE: usize = 80;
    let most = MAX_BYTES - END.len() - MAX_NOTE;
    // A table without a row says nothing.
    let Some((first, rest)) = rows.split_first() else { return };
    if !page.add(&format!("{head}{first}"), most) {
        return;
    }
    let shown = rest.iter().take_while(|rows| page.add(rows, most)).count();
    if shown < rest.len() {
        let cases = format::count(rest.len() - shown, "case", "cases");
        page.text.push_str(&format!("\n… and those of {cases} more.\n"));
    }
    page.text.push_str(END);
}

fn network_rows(case: &CaseResult) -> String {
    let measured = &case.measured_network;
    let ways = [("up", Direction::Up, &measured.up), ("down", Direction::Down, &measured.down)];
    let rows = ways.into_iter().map(|(name, direction, link)| {
        let asked = match case.network_applied {
            true => format::link_over_time(&case.network, direction),
            false => format!("not applied ({})", case.platform.kind),
        };
        let MeasuredLink { peak_rate, mean_rate, mean_delay_ms, loss_ratio } = link;
        format!(
            "| {} | {name} | {} | {} | {} | {} | {} |\n",
            escape(&case.case),
            escape(&asked),
            or_none(*peak_rate, format::bitrate),
            or_none(*mean_rate, format::bitrate),
            or_none(*mean_delay_ms, |ms| format!("{ms:.1} ms")),
            or_none(*loss_ratio, |loss| format::ratio(loss.get())),
        )
    });
    rows.collect()
}

fn media_rows(case: &CaseResult) -> String {
    let row = |row: MediaRow| {
        let cells = row.cells().map(|cell| escape(&cell));
        format!("| {} | {} |\n", escape(&case.case), cells.join(" | "))
    };
    MediaRow::of(case).into_iter().map(row).collect()
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
/// allows of any; what HTML would take for markup is an entity. A text that is too long is cut.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    let text = text.trim();
    let is_cut = text.chars().nth(MAX_TEXT).is_some();
    for c in text.chars().take(MAX_TEXT).chain(is_cut.then_some('…')) {
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
    fn a_large_matrix_fits_into_a_comment() {
        let mut run = recorded();
        let (good, mut bad) = (run.result.cases[0].clone(), run.result.cases[1].clone());
        bad.reasons = vec!["<x> ".repeat(5_000); 3];
        let long = |case: &CaseResult, number: usize| {
            let case_id = format!("{number},sdk=2.35.2,network={}", "long-".repeat(30));
            CaseResult { case: case_id, ..case.clone() }
        };
        run.warnings = vec!["& ".repeat(3_000); 500];
        for failures in [0, 12, 2_000] {
            run.result.cases =
                (0..2_000).map(|number| long(if number < 2_000 - failures { &good } else { &bad }, number)).collect();
            let text = markdown(&run);
            // Each failure that is in the table stands before each pass.
            let first_pass = text.find("| passed |").unwrap_or(text.len());
            assert!(text.len() <= 65_536, "{} bytes", text.len());
            assert!(text.rfind("| failed |").is_none_or(|failure| failure < first_pass), "{failures}");
            assert!(text.contains("more, of 2000 cases in all") && text.contains("warnings more."), "{text}");
            assert_eq!(text.matches("<details>").count(), text.matches("</details>").count());
            assert_eq!(text.contains("of which did not pass"), failures == 2_000);
        }
    }

    #[test]
    fn markup_stays_text() {
        assert_eq!(
            escape("a|b\n<b>`x`</b> [l](http://e) @me #1"),
            r"a\|b<br>&lt;b&gt;\`x\`&lt;/b&gt; \[l\](http&#58;//e) &#64;me &#35;1"
        );
    }
}
