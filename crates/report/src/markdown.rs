//! Markdown, for a step summary or a comment on a pull request.

mod escape;

use self::escape::escape;
use super::case_repeats::{CaseRepeats, group_repeats};
use super::figures::{cases_and_duration, counts, finding, missed, reported_misses};
use super::format::{self, or_none};
use super::joint_results::joint_results;
use super::media::{COLUMNS, MediaRow};
use super::names::Names;
use super::rows::{FigureText, RepeatsRow};
use super::sentence::repeats_needed;
use precall_netem::Direction;
use precall_results::Outcome;
use precall_results::{CaseResult, MeasuredLink, Recording};

/// The largest number of rows of a table, one for each case with its repeats. Cases that did not pass come first.
const MAX_ROWS: usize = 100;
/// The largest size of a report in bytes. GitHub accepts 65,536 characters in a comment and 1 MiB in a step summary,
/// and text around the report needs room as well.
const MAX_BYTES: usize = 64_000;
/// The size in bytes up to which the table of cases, the results over several cases, and the details may be added.
const MAX_TABLE: usize = 30_000;
const MAX_TOGETHER: usize = 36_000;
const MAX_DETAILS: usize = 52_000;
/// The size in bytes up to which warnings may be added.
const MAX_HEAD: usize = 8_000;

/// Returns a run in GitHub's Markdown: the outcome, a table of the cases, the missed expectations, and the networks.
/// Parts that do not fit into a comment on GitHub are omitted and counted.
pub(super) fn markdown(run: &Recording) -> String {
    let result = &run.result;
    let names = Names::of_run(result);
    let minimum = repeats_needed(result.run.compare.level);
    let mut page = LimitedText { text: head(run) };
    warnings(&mut page, &run.warnings);
    let whole = group_repeats(&result.cases).into_iter();
    let mut rows: Vec<(String, CaseRepeats<'_>)> =
        whole.map(|cell| (row(&RepeatsRow::of(&cell, &names, minimum)), cell)).collect();
    let length: usize = rows.iter().map(|(row, _)| row.len()).sum();
    if rows.len() > MAX_ROWS || page.text.len() + length > MAX_TABLE {
        rows.sort_by_key(|(_, cell)| cell.outcome() == Outcome::Passed);
    }
    let shown = table(&mut page, &rows);
    let shown: Vec<&CaseResult> = rows[..shown].iter().flat_map(|(_, cell)| cell.cases.iter().copied()).collect();
    together(&mut page, run, &names);
    details(&mut page, &shown, &names);
    networks(&mut page, &shown, &names);
    media(&mut page, &shown, &names);
    page.text
}

/// A report of limited size.
struct LimitedText {
    text: String,
}

impl LimitedText {
    /// Adds a part if the report then has at most `most` bytes. Returns whether it was added.
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
        "{}## {} {}: {}\n\n{}: {} · {} · {}, {} · precall {}\n\n",
        verdict.unwrap_or_default(),
        mark(result.outcome),
        escape(&result.run.scenario),
        result.outcome.as_str(),
        cases_and_duration(result),
        counts(result),
        escape(&environment.browser),
        escape(&environment.os),
        format::count(environment.cpus, "CPU", "CPUs"),
        escape(&environment.precall)
    )
}

fn warnings(page: &mut LimitedText, warnings: &[String]) {
    let texts = warnings.iter().map(|warning| format!("> ⚠ {}\n\n", escape(warning)));
    let shown = texts.take_while(|text| page.add(text, MAX_HEAD)).count();
    if shown < warnings.len() {
        let left = format::count(warnings.len() - shown, "warning", "warnings");
        page.text.push_str(&format!("> … and {left} more.\n\n"));
    }
}

/// Writes the table of cases. Returns the number of its rows.
fn table(page: &mut LimitedText, rows: &[(String, CaseRepeats<'_>)]) -> usize {
    if rows.is_empty() {
        return 0;
    }
    if rows.iter().any(|(_, cell)| cell.cases.len() > 1) {
        page.text.push_str(REPEATED);
    }
    page.text.push_str(
        "| | case | verdict | connectivity | audio MOS | video MOS | received video | received audio and video | audio loss | video loss | RTT \
         | advice |\n|---|---|---|---|--:|--:|--:|--:|--:|--:|--:|---|\n",
    );
    let shown = rows.iter().take(MAX_ROWS).take_while(|(row, _)| page.add(row, MAX_TABLE)).count();
    let left = &rows[shown..];
    if !left.is_empty() {
        let bad = left.iter().filter(|(_, cell)| cell.outcome() != Outcome::Passed).count();
        let bad = if bad > 0 { format!(", {bad} of which did not pass") } else { String::new() };
        page.text.push_str(&format!("\n… and {} more, of {} cases in total{bad}.\n", left.len(), rows.len()));
    }
    shown
}

/// The explanation of a table with repeated cases.
const REPEATED: &str = "For a case with several repeats, each figure is the median of the repeats that count, with the lowest and the highest value below \
    it.\n\n";

fn row(row: &RepeatsRow) -> String {
    let verdict = std::iter::once(&row.verdict).chain(&row.basis).chain(&row.notes);
    let verdict = verdict.map(|text| escape(text)).collect::<Vec<_>>().join("<br>");
    let figures = [
        &row.audio_mos,
        &row.video_mos,
        &row.video_bitrate,
        &row.bitrate,
        &row.audio_loss,
        &row.video_loss,
        &row.round_trip_time,
    ];
    format!(
        "| {} | {} | {verdict} | {} | {} | {} |\n",
        mark(row.outcome),
        escape(&row.name),
        escape(&row.connectivity),
        figures.map(figure).join(" | "),
        escape(&row.advice)
    )
}

fn figure(figure: &FigureText) -> String {
    [Some(&figure.middle), figure.range.as_ref()].into_iter().flatten().cloned().collect::<Vec<_>>().join("<br>")
}

/// Writes the results over several cases: over all repeats, and between networks.
fn together(page: &mut LimitedText, run: &Recording, names: &Names) {
    let all = joint_results(&run.result);
    let said: Vec<_> = all.iter().filter(|one| one.is_reported()).collect();
    if said.is_empty() {
        return;
    }
    page.text.push_str("\n**Results over several cases**\n\n");
    let lines = said.iter().map(|one| {
        let mark = if one.fails_the_run() { "❌" } else { "⚠️" };
        let place = one.source.map(|source| format!(" ({})", escape(&source.to_string()))).unwrap_or_default();
        format!("- {mark} {}: {}{place}\n", escape(&one.about(names)), escape(&one.text))
    });
    let shown = lines.take_while(|line| page.add(line, MAX_TOGETHER)).count();
    if shown < said.len() {
        page.text.push_str(&format!("- … and {} more\n", said.len() - shown));
    }
}

/// Writes the reasons, missed expectations and findings of each case.
fn details(page: &mut LimitedText, cases: &[&CaseResult], names: &Names) {
    let said: Vec<_> = cases.iter().filter_map(|case| detail(case, names)).collect();
    let shown = said.iter().take_while(|text| page.add(text, MAX_DETAILS)).count();
    if shown < said.len() {
        let cases = format::count(said.len() - shown, "case", "cases");
        page.text.push_str(&format!("\n… and the details of {cases} more.\n"));
    }
}

fn detail(case: &CaseResult, names: &Names) -> Option<String> {
    let missed = reported_misses(case).map(|checked| {
        let place = checked.expectation.source.to_string();
        format!("{} ({})", escape(&missed(checked, Some(case))), escape(&place))
    });
    let reasons = case.reasons.iter().map(|reason| escape(reason));
    let findings = case.findings.iter().map(|found| escape(&finding(found)));
    let lines: String = reasons.chain(missed).chain(findings).map(|line| format!("- {line}\n")).collect();
    let name = escape(names.case(&case.case));
    (!lines.is_empty()).then(|| format!("\n**{name}** {}\n\n{lines}", case.outcome.as_str()))
}

fn networks(page: &mut LimitedText, cases: &[&CaseResult], names: &Names) {
    let head = "\n<details><summary>Networks, requested and measured</summary>\n\n\
                | case | direction | requested | on the wire, busiest second | on the wire, mean | delay, mean | dropped |\n\
                |---|---|---|--:|--:|--:|--:|\n";
    folded_table(page, head, cases.iter().map(|case| network_rows(case, names)).collect());
}

/// Writes the routes of media for the cases that recorded them.
fn media(page: &mut LimitedText, cases: &[&CaseResult], names: &Names) {
    let head = format!(
        "\n<details><summary>How media travelled</summary>\n\n| case | {} |\n|---{}|\n",
        COLUMNS.join(" | "),
        "|---".repeat(COLUMNS.len())
    );
    let rows = cases.iter().filter(|case| case.media.is_some()).map(|case| media_rows(case, names)).collect();
    folded_table(page, &head, rows);
}

/// Writes a collapsed table with as many cases as fit, and the number of omitted ones.
fn folded_table(page: &mut LimitedText, head: &str, rows: Vec<String>) {
    const END: &str = "\n</details>\n";
    /// The largest size of the line that counts the omitted cases, in bytes.
    const MAX_NOTE: usize = 80;
    let most = MAX_BYTES - END.len() - MAX_NOTE;
    // A table without rows is omitted.
    let Some((first, rest)) = rows.split_first() else { return };
    if !page.add(&format!("{head}{first}"), most) {
        return;
    }
    let shown = rest.iter().take_while(|rows| page.add(rows, most)).count();
    if shown < rest.len() {
        let cases = format::count(rest.len() - shown, "case", "cases");
        page.text.push_str(&format!("\n… and {cases} more.\n"));
    }
    page.text.push_str(END);
}

fn network_rows(case: &CaseResult, names: &Names) -> String {
    let measured = &case.network.measured;
    let ways = [("up", Direction::Up, &measured.up), ("down", Direction::Down, &measured.down)];
    let rows = ways.into_iter().map(|(name, direction, link)| {
        let asked = match case.network.applied {
            true => format::link_over_time(&case.network.requested, direction),
            false => format!("not applied ({})", case.platform.kind),
        };
        let MeasuredLink { peak_rate, mean_rate, mean_delay, loss_ratio } = link;
        format!(
            "| {} | {name} | {} | {} | {} | {} | {} |\n",
            escape(names.case(&case.case)),
            escape(&asked),
            or_none(*peak_rate, format::bitrate),
            or_none(*mean_rate, format::bitrate),
            or_none(*mean_delay, format::tenths_of_ms),
            or_none(*loss_ratio, |loss| format::ratio(loss.get())),
        )
    });
    rows.collect()
}

fn media_rows(case: &CaseResult, names: &Names) -> String {
    let row = |row: MediaRow| {
        let cells = row.cells().map(|cell| escape(&cell));
        format!("| {} | {} |\n", escape(names.case(&case.case)), cells.join(" | "))
    };
    MediaRow::of(case).into_iter().map(row).collect()
}

/// Returns a symbol for an outcome.
fn mark(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Passed => "✅",
        Outcome::Failed | Outcome::Errored | Outcome::Hung => "❌",
        Outcome::Inconclusive | Outcome::Infrastructure | Outcome::Interrupted => "⚠️",
    }
}

#[cfg(test)]
mod tests;
