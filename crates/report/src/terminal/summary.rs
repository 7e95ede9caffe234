//! The summary at the end of a run: tables, then details of cases.

use super::accuracy::accuracy;
use super::calls::{participants, subscriptions};
use super::links::links;
use super::media::media;
use super::side_by_side::side_by_side;
use super::verdicts::verdicts;
use super::view::View;
use super::wrap::{indented, wrapped};
use crate::case_repeats::{CaseRepeats, group_repeats};
use crate::figures::{self, counts};
use crate::format;
use crate::names::Names;
use precall_results::CheckedExpectation;
use precall_results::Outcome;
use precall_results::{CaseResult, RepeatsExpectation, RunResult};
use precall_results::{Expectation, Level};
use precall_support::text::{Printable, listed};

/// With more cases than this, only those that did not pass are shown.
const MANY: usize = 40;

/// The largest number of cases whose networks and media are shown by default.
const MOST_DETAILED: usize = 4;

/// The largest number of cases that one line names.
const MOST_NAMED: usize = 6;

/// Returns a run for people. First comes a table of its cases, each with all repeats in one row, and tables of modules
/// side by side if a case ran with several. For cases that failed, or for all in a verbose view, tables of the
/// requested and the measured network, the reported values and the media routes follow. Last come all missed
/// expectations and findings.
///
/// For a run of more than 40 cases, only those that did not pass are shown.
///
/// `clean` removes text that a terminal must not get. It is called only for the cases that are shown, because a long
/// run is large.
pub fn summary(all: &RunResult, clean: impl Fn(&RunResult) -> RunResult, view: View) -> String {
    let names = Names::of_run(all);
    let whole = group_repeats(&all.cases);
    let is_shown = |cell: &&CaseRepeats<'_>| whole.len() <= MANY || cell.outcome() != Outcome::Passed;
    let shown = whole.iter().filter(is_shown).flat_map(|cell| cell.cases.iter().copied().cloned()).collect();
    let run = &clean(&all.with_cases(shown));
    let cells = group_repeats(&run.cases);
    let mut text = String::new();
    if let Some(upgrade) = &all.upgrade {
        text.push_str(&format!("{}\n", wrapped(Printable::line(&upgrade.sentence).as_str(), view.width)));
    }
    let (calls, tests): (Vec<_>, Vec<_>) = cells.iter().cloned().partition(|cell| cell.first().call.is_some());
    if !tests.is_empty() {
        text.push_str(&format!("{}\n", verdicts(&tests, &names, view).render(view.width)));
    }
    if !calls.is_empty() {
        text.push_str(&format!("{}\n", participants(&calls, &names, view).render(view.width)));
        text.push_str(&format!("{}\n", subscriptions(&calls, &names).render(view.width)));
    }
    for table in side_by_side(&tests, view) {
        text.push_str(&format!("{table}\n"));
    }
    details(&mut text, run, &names, view);
    not_applied(&mut text, run, &names, view);
    measured_again(&mut text, &cells, &names, view);
    for case in &run.cases {
        case_details(&mut text, case, &names, view);
    }
    for expectation in run.repeats.iter().filter(|expectation| !expectation.checked.passed) {
        let RepeatsExpectation { case, repeats, checked } = expectation;
        let (case, missed) = (names.cell(case), figures::missed(checked, None));
        let line = format!("{case}, {repeats} repeats: {missed} ({})", checked.expectation.source);
        text.push_str(&format!("{}\n", wrapped(&line, view.width)));
    }
    for missed in all.upgrade.iter().flat_map(|upgrade| &upgrade.missed_by_old) {
        let line = format!("only the old build misses {missed}; that does not fail the new one");
        text.push_str(&format!("{}\n", wrapped(Printable::line(&line).as_str(), view.width)));
    }
    for violation in &run.violations {
        let (better, worse) = (names.cell(&violation.cases.0), names.cell(&violation.cases.1));
        let line = format!("{better} and {worse}: {}: {}", violation.rule, violation.detail);
        text.push_str(&format!("{}\n", wrapped(&line, view.width)));
    }
    let last = format!("{} in {:.0} s: {}", run.run.scenario, run.duration.as_secs_f64(), counts(all));
    text.push_str(&wrapped(&last, view.width));
    text
}

/// Adds the networks, the reported values and the media routes of the cases with problems.
fn details(text: &mut String, run: &RunResult, names: &Names, view: View) {
    let is_looked_into = |case: &&CaseResult| {
        let is_trouble =
            matches!(case.outcome, Outcome::Failed | Outcome::Errored | Outcome::Hung | Outcome::Inconclusive);
        // The participants of a call have networks of their own.
        case.call.is_none() && (view.is_verbose || is_trouble)
    };
    let cases: Vec<_> = run.cases.iter().filter(is_looked_into).collect();
    let most = if view.is_verbose { usize::MAX } else { MOST_DETAILED };
    let (detailed, left) = cases.split_at(cases.len().min(most));
    if detailed.is_empty() {
        return;
    }
    for grid in [links(detailed, names, view), accuracy(detailed, names), media(detailed, names)] {
        if !grid.is_empty() {
            text.push_str(&format!("{}\n", grid.render(view.width)));
        }
    }
    if !left.is_empty() {
        let left = format::count(left.len(), "more case", "more cases");
        let line =
            format!("The networks of {left} are not shown; use `-v` to show all, or `precall explain` for one case.");
        text.push_str(&format!("{}\n", wrapped(&line, view.width)));
    }
}

/// Adds the cases that did not use the network of their scenario.
fn not_applied(text: &mut String, run: &RunResult, names: &Names, view: View) {
    let cases: Vec<_> = run.cases.iter().filter(|case| !case.network.applied).collect();
    let Some(first) = cases.first() else { return };
    let cases = named(cases.iter().map(|case| names.case(&case.case).to_owned()).collect());
    let line = format!("{cases}: the network was not applied ({})", first.platform.kind);
    text.push_str(&format!("{}\n", wrapped(&line, view.width)));
}

/// Joins names. A long list ends with the number of others.
fn named(mut names: Vec<String>) -> String {
    let left = names.len().saturating_sub(MOST_NAMED);
    if left > 0 {
        names.truncate(MOST_NAMED);
        names.push(format::count(left, "other", "others"));
    }
    listed(&names)
}

/// Adds the cases that were measured more than once, grouped by the reason.
fn measured_again(text: &mut String, cells: &[CaseRepeats<'_>], names: &Names, view: View) {
    let mut whys: Vec<(&'static str, Vec<String>)> = Vec::new();
    for (why, cases) in cells.iter().flat_map(CaseRepeats::measured_again) {
        let cases = cases.iter().map(|case| names.case(&case.case).to_owned());
        match whys.iter_mut().find(|(known, _)| *known == why.as_str()) {
            Some((_, known)) => known.extend(cases),
            None => whys.push((why.as_str(), cases.collect())),
        }
    }
    let any = !whys.is_empty();
    for (why, cases) in whys {
        text.push_str(&wrapped(&format!("{}: {why}", named(cases)), view.width));
    }
    if any {
        text.push('\n');
    }
}

/// Adds the reasons, missed expectations and findings of a case.
fn case_details(text: &mut String, case: &CaseResult, names: &Names, view: View) {
    // Expectations over all repeats are reported once for all of them.
    let is_said = |checked: &&CheckedExpectation| {
        let Expectation { level, aggregate, .. } = &checked.expectation;
        !checked.passed && aggregate.is_none() && *level != Level::Info
    };
    let missed: Vec<_> = case.expectations.iter().filter(is_said).collect();
    if case.reasons.is_empty() && missed.is_empty() && case.findings.is_empty() {
        return;
    }
    let head = format!("{}: {}", names.case(&case.case), case.outcome.as_str());
    text.push_str(&wrapped(&head, view.width));
    let missed = missed
        .into_iter()
        .map(|checked| format!("{} ({})", figures::missed(checked, Some(case)), checked.expectation.source));
    let findings = case.findings.iter().map(figures::finding);
    for line in case.reasons.iter().cloned().chain(missed).chain(findings) {
        text.push_str(&indented(&line, view.width, 2));
    }
    text.push('\n');
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::repeated;
    use precall_results::Attempt;

    /// Returns a recorded run with a missed expectation.
    fn recorded() -> RunResult {
        serde_json::from_str(include_str!("../../../../tests/fixtures/results.json")).expect("a recorded result")
    }

    #[test]
    fn a_run_in_tables() {
        insta::assert_snapshot!(summary(&recorded(), RunResult::clone, View::detailed(120)));
        insta::assert_snapshot!(summary(&recorded(), RunResult::clone, View::plain(80)));
    }

    #[test]
    fn repeats_are_one_row_and_failed_ones_are_named() {
        let mut run = repeated(&[400e3, 52e3, 359e3, 410e3]);
        run.cases[1].outcome = Outcome::Failed;
        run.cases[1].reasons = vec!["video.bitrate is too low".to_owned()];
        let busy = Attempt {
            outcome: Outcome::Inconclusive,
            reasons: vec!["the host could not keep up: the camera gave 28.2 frames/s (at least 28.5)".to_owned()],
            duration: std::time::Duration::from_secs(90),
        };
        run.cases[2].attempts.insert(0, busy);
        run.cases.iter_mut().for_each(|case| {
            case.findings.clear();
            case.expectations.clear();
            case.case = format!("{},repeat={}", case.case, case.repeat.unwrap_or(0));
        });
        run.run.cases.clear();
        insta::assert_snapshot!(summary(&run, RunResult::clone, View::plain(80)));
        insta::assert_snapshot!(summary(&run, RunResult::clone, View::plain(120)));
    }

    #[test]
    fn only_cases_that_did_not_pass_are_shown_of_many() {
        let mut run = recorded();
        let (mut good, mut bad) = (run.cases[0].clone(), run.cases[1].clone());
        good.outcome = Outcome::Passed;
        bad.outcome = Outcome::Failed;
        let hung = CaseResult { outcome: Outcome::Hung, ..bad.clone() };
        run.cases = std::iter::repeat_n(good, 48).chain([bad, hung]).collect();
        let ids = (0..60).map(|number| format!("case-{number}"));
        run.run.cases = ids.map(|id| precall_results::CaseSummary { id }).collect();
        run.cases.iter_mut().zip(&run.run.cases).for_each(|(case, planned)| case.case.clone_from(&planned.id));
        let text = summary(&run, RunResult::clone, View::detailed(120));
        assert!(text.contains("48 passed, 1 failed, 1 hung (2.0 %), 10 not run"), "{text}");
        assert!(text.contains("case-49") && !text.contains("case-47"), "{text}");
    }

    #[test]
    fn media_routes_have_a_table_of_their_own() {
        let mut run = recorded();
        run.cases.truncate(1);
        assert!(
            !summary(&run, RunResult::clone, View::detailed(120)).contains("candidates"),
            "an older result says nothing of it"
        );
        run.cases[0].media = Some(crate::media::sample());
        let text = summary(&run, RunResult::clone, View::detailed(120));
        let table: Vec<_> =
            text.lines().skip_while(|line| !line.contains("candidates")).take(4).map(str::trim_end).collect();
        insta::assert_snapshot!(table.join("\n"));
    }

    #[test]
    fn a_network_that_was_not_applied_is_reported() {
        let mut run = recorded();
        run.cases.truncate(1);
        let case = &mut run.cases[0];
        case.platform.kind = "opentok".to_owned();
        case.network.applied = false;
        let text = summary(&run, RunResult::clone, View::detailed(120));
        assert_eq!(text.matches("not applied (opentok)").count(), 3, "{text}");
        let brief = summary(&run, RunResult::clone, View::plain(80));
        assert!(brief.contains("clean: the network was not applied (opentok)\n"), "{brief}");
    }

    #[test]
    fn figures_that_were_not_measured_are_dashes() {
        let mut run = recorded();
        run.cases.truncate(1);
        let case = &mut run.cases[0];
        case.outcome = Outcome::Infrastructure;
        case.reasons = vec!["the browser is gone".to_owned()];
        case.measured = precall_results::Measured::default();
        case.network.measured = precall_results::MeasuredNetwork::default();
        let text = summary(&run, RunResult::clone, View::detailed(120));
        assert!(text.lines().any(|line| line.contains("infrastructure") && line.contains('–')), "{text}");
        assert!(text.contains("clean: infrastructure\n  the browser is gone"), "{text}");
    }
}
