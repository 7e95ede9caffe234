//! The tables at the end of a run.

use std::fmt::Write;

use comfy_table::{Attribute, Cell, CellAlignment, Color, Table};

use super::claims::claims;
use super::media::media;
use super::side_by_side::side_by_side;
use super::table::table;
use crate::event::{CaseResult, MeasuredLink, RepeatsExpectation, RunResult};
use crate::network::{Apply, Direction};
use crate::outcome::Outcome;
use crate::report::figures::{self, Figures, counts};
use crate::report::format::{self, or_none};
use crate::scenario::{Expectation, Level};
use crate::verdict::CheckedExpectation;

/// A run in tables: what each case came to, below it the network asked for beside the one measured, what was claimed of it, how
/// media travelled, and modules side by side where a case ran with several; then every missed expectation and every finding in a line of its own.
///
/// `width` is that of the terminal in characters, `None` for as wide as it needs; `colour` paints verdicts.
///
/// Of a run of more than 40 cases only those that did not pass are shown.
///
/// `clean` takes out of what is shown what a terminal must not see. It is asked for that alone: a long run is large.
pub fn summary(all: &RunResult, clean: impl Fn(&RunResult) -> RunResult, width: Option<u16>, colour: bool) -> String {
    let mut text = String::new();
    if let Some(upgrade) = &all.upgrade {
        let _ = writeln!(text, "{}\n", upgrade.sentence);
    }
    let is_shown = |case: &&CaseResult| all.cases.len() <= MANY || case.outcome != Outcome::Passed;
    let run = &clean(&all.with_cases(all.cases.iter().filter(is_shown).cloned().collect()));
    let tables = [verdicts(run, colour), networks(run)];
    let tables = if run.cases.is_empty() { Vec::new() } else { Vec::from(tables) };
    for mut table in tables.into_iter().chain(claims(run)).chain(media(run)).chain(side_by_side(&run.cases)) {
        if let Some(width) = width {
            table.set_width(width);
        }
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{table}\n");
    }
    for case in &run.cases {
        details(&mut text, case);
    }
    for expectation in run.repeats.iter().filter(|expectation| !expectation.checked.passed) {
        let RepeatsExpectation { case, repeats, checked } = expectation;
        let _ = writeln!(
            text,
            "{case}, {repeats} repeats: {} ({})\n",
            figures::missed(checked, None),
            checked.expectation.source
        );
    }
    for missed in all.upgrade.iter().flat_map(|upgrade| &upgrade.missed_by_old) {
        let _ = writeln!(text, "only the old build misses {missed}; that does not fail the new one\n");
    }
    for violation in &run.violations {
        let (better, worse) = &violation.cases;
        let _ = writeln!(text, "{better} and {worse}: {}: {}\n", violation.rule, violation.detail);
    }
    let _ = writeln!(text, "{} in {:.0} s: {}", run.run.scenario, run.seconds, counts(all));
    text
}

/// More cases than people read one by one.
const MANY: usize = 40;

fn verdicts(run: &RunResult, colour: bool) -> Table {
    let mut table = table(&[
        "case",
        "verdict",
        "connectivity",
        "audio MOS",
        "video MOS",
        "bitrate",
        "packet loss",
        "RTT",
        "recommended",
        "seconds",
    ]);
    for case in &run.cases {
        let figures = Figures::of(case);
        let mut verdict = Cell::new(case.outcome.as_str());
        if colour {
            let paint = match case.outcome {
                Outcome::Passed => Color::Green,
                Outcome::Failed | Outcome::Errored | Outcome::Hung => Color::Red,
                Outcome::Inconclusive | Outcome::Infrastructure | Outcome::Interrupted => Color::Yellow,
            };
            verdict = verdict.fg(paint).add_attribute(Attribute::Bold);
        }
        table.add_row(vec![
            Cell::new(&case.case),
            verdict,
            Cell::new(figures.connectivity),
            Cell::new(figures.audio_mos).set_alignment(CellAlignment::Right),
            Cell::new(figures.video_mos).set_alignment(CellAlignment::Right),
            Cell::new(figures.bitrate).set_alignment(CellAlignment::Right),
            Cell::new(format!("audio {}\nvideo {}", figures.audio_loss, figures.video_loss)),
            Cell::new(figures.round_trip_time).set_alignment(CellAlignment::Right),
            Cell::new(figures.advice),
            Cell::new(format!("{:.1}", case.seconds)).set_alignment(CellAlignment::Right),
        ]);
    }
    table
}

fn networks(run: &RunResult) -> Table {
    let mut table =
        table(&["case", "direction", "asked", "rate, busiest second", "rate, mean", "delay, mean", "dropped"]);
    for case in &run.cases {
        let measured = &case.measured_network;
        for (index, (direction, asked, link, counters)) in [
            ("up", Direction::Up, &measured.up, &case.link_counters.up),
            ("down", Direction::Down, &measured.down, &case.link_counters.down),
        ]
        .into_iter()
        .enumerate()
        {
            let MeasuredLink { peak_rate, mean_rate, mean_delay_ms, loss_ratio } = link;
            let dropped = or_none(*loss_ratio, |loss| {
                let by = |packets: u64, cause: &str| match packets {
                    0 => String::new(),
                    packets => format!(", {packets} {cause}"),
                };
                let causes = [
                    by(counters.packets_dropped_burst, "in bursts"),
                    by(counters.packets_dropped_outage, "in outages"),
                    by(counters.packets_dropped_queue, "by the queue"),
                ]
                .concat();
                format!(
                    "{} ({} of {}{causes})",
                    format::ratio(loss.get()),
                    counters.packets_dropped(),
                    counters.packets_in
                )
            });
            table.add_row(vec![
                if index == 0 { case.case.clone() } else { String::new() },
                direction.to_owned(),
                if case.network_applied {
                    let by = if case.network.apply == Apply::Cdp { "by Chrome: " } else { "" };
                    format!("{by}{}", format::link_over_time(&case.network, asked))
                } else {
                    format!("not applied ({})", case.platform.kind)
                },
                or_none(*peak_rate, format::bitrate),
                or_none(*mean_rate, format::bitrate),
                or_none(*mean_delay_ms, |delay| format!("{delay:.1} ms")),
                dropped,
            ]);
        }
        table.add_row(vec![
            String::new(),
            "RTT".to_owned(),
            or_none(case.network_applied.then(|| format::asked_round_trip_time(&case.network)), format::seconds_as_ms),
            String::new(),
            String::new(),
            or_none(measured.round_trip_time, format::seconds_as_ms),
            String::new(),
        ]);
    }
    table
}

/// What needs more than a word.
fn details(text: &mut String, case: &CaseResult) {
    // Those over all repeats are said once for all of them.
    let is_said = |checked: &&CheckedExpectation| {
        let Expectation { level, aggregate, .. } = &checked.expectation;
        !checked.passed && aggregate.is_none() && *level != Level::Info
    };
    let missed: Vec<_> = case.expectations.iter().filter(is_said).collect();
    if case.reasons.is_empty() && missed.is_empty() && case.findings.is_empty() {
        return;
    }
    let _ = writeln!(text, "{}: {}", case.case, case.outcome.as_str());
    for reason in &case.reasons {
        let _ = writeln!(text, "  {reason}");
    }
    for checked in missed {
        let _ = writeln!(text, "  {} ({})", figures::missed(checked, Some(case)), checked.expectation.source);
    }
    for finding in &case.findings {
        let _ = writeln!(text, "  {}", figures::finding(finding));
    }
    text.push('\n');
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A recorded run, changed so that something is missed.
    fn recorded() -> RunResult {
        serde_json::from_str(include_str!("../../../tests/fixtures/results.json")).expect("a recorded result")
    }

    #[test]
    fn a_run_in_tables() {
        insta::assert_snapshot!(summary(&recorded(), RunResult::clone, None, false));
    }

    #[test]
    fn of_many_cases_those_that_did_not_pass_are_shown() {
        let mut run = recorded();
        let (mut good, mut bad) = (run.cases[0].clone(), run.cases[1].clone());
        good.outcome = Outcome::Passed;
        bad.outcome = Outcome::Failed;
        let hung = CaseResult { outcome: Outcome::Hung, ..bad.clone() };
        run.cases = std::iter::repeat_n(good, 48).chain([bad, hung]).collect();
        let ids = (0..60).map(|number| format!("case-{number}"));
        run.run.cases = ids.map(|id| crate::event::CaseSummary { id }).collect();
        run.cases.iter_mut().zip(&run.run.cases).for_each(|(case, planned)| case.case.clone_from(&planned.id));
        let text = summary(&run, RunResult::clone, None, false);
        assert!(text.contains("48 passed, 1 failed, 1 hung (2.0 %), 10 not run"), "{text}");
        assert!(text.contains("case-49") && !text.contains("case-47"), "{text}");
    }

    #[test]
    fn how_media_travelled_has_a_table_of_its_own() {
        let mut run = recorded();
        run.cases.truncate(1);
        assert!(
            !summary(&run, RunResult::clone, None, false).contains("candidates"),
            "an older result says nothing of it"
        );
        run.cases[0].media = Some(crate::report::media::sample());
        let text = summary(&run, RunResult::clone, None, false);
        let table: Vec<_> =
            text.lines().skip_while(|line| !line.contains("candidates")).take(4).map(str::trim_end).collect();
        insta::assert_snapshot!(table.join("\n"));
    }

    #[test]
    fn a_network_that_was_not_applied_is_said() {
        let mut run = recorded();
        run.cases.truncate(1);
        let case = &mut run.cases[0];
        case.platform.kind = "opentok".to_owned();
        case.network_applied = false;
        let text = summary(&run, RunResult::clone, None, false);
        assert_eq!(text.matches("not applied (opentok)").count(), 2, "{text}");
    }

    #[test]
    fn it_fits_a_narrow_terminal() {
        let text = summary(&recorded(), RunResult::clone, Some(100), false);
        let widest = text.lines().map(|line| line.chars().count()).max();
        assert!(widest.is_some_and(|widest| widest <= 100), "{text}");
    }

    #[test]
    fn what_was_not_measured_is_a_dash() {
        let mut run = recorded();
        run.cases.truncate(1);
        let case = &mut run.cases[0];
        case.outcome = Outcome::Infrastructure;
        case.reasons = vec!["the browser is gone".to_owned()];
        case.measured = crate::verdict::Measured::default();
        case.measured_network = crate::event::MeasuredNetwork::default();
        let text = summary(&run, RunResult::clone, None, false);
        assert!(text.contains("infrastructure   –"), "{text}");
        assert!(text.contains("clean: infrastructure\n  the browser is gone"), "{text}");
    }
}
