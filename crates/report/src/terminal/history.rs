//! Past runs, and the trend of a metric over them.

use super::paint::Paint;
use super::table::{CellText, Column, Grid};
use super::view::View;
use super::wrap::wrapped;
use crate::compared::{range, value};
use crate::format::{self, NONE};
use precall_judge::history::{FlakyCase, PastRun, RunState, Trend, TrendPoint};
use precall_results::{Metric, Outcome};

/// Returns a table of past runs, one line each, with the verdicts on upgrades below it.
pub fn past_runs(runs: &[PastRun], view: View) -> String {
    if runs.is_empty() {
        return wrapped("There is no run yet; `precall run scenarios/demo.toml` makes one.", view.width);
    }
    let columns = vec![
        Column::words("run"),
        Column::words("outcome"),
        Column::figures("cases"),
        Column::figures("passed"),
        Column::figures("flaky").unless_narrow(2),
        Column::figures("time").unless_narrow(1),
        Column::words("browser").unless_narrow(3),
    ];
    let mut grid = Grid::new("", columns);
    for run in runs {
        let is_finished = run.state == RunState::Finished;
        let count = |number: u32| if is_finished { number.to_string() } else { NONE.to_owned() };
        let outcome = run.outcome.map_or(run.state.as_str(), Outcome::as_str);
        let paint = run.outcome.and_then(|outcome| view.paint(Paint::of(outcome)));
        grid.push(vec![
            run.run.as_str().into(),
            CellText::painted(outcome, paint),
            count(run.cases).into(),
            count(run.passed).into(),
            count(run.flaky).into(),
            format::or_none(run.seconds, format::seconds).into(),
            run.browser.as_str().into(),
        ]);
    }
    let notes = runs.iter().filter_map(|run| Some((&run.run, run.note.as_ref()?)));
    let notes: String = notes.map(|(run, note)| wrapped(&format!("{run}: {note}"), view.width)).collect();
    let gap = if notes.is_empty() { "" } else { "\n" };
    format!("{}{gap}{notes}", grid.render(view.width))
}

/// Returns a table of the cases whose repeats did not agree.
pub fn flaky_cases(cases: &[FlakyCase], view: View) -> String {
    if cases.is_empty() {
        return wrapped("No case of these runs had repeats that did not agree.", view.width);
    }
    let columns = vec![
        Column::words("case"),
        Column::figures("cases"),
        Column::figures("failed"),
        Column::figures("flaky"),
        Column::figures("mixed runs"),
        Column::words("last run").unless_narrow(1),
    ];
    let mut grid = Grid::new("", columns);
    for case in cases {
        grid.push(vec![
            case.cell.as_str().into(),
            case.cases.to_string().into(),
            case.failed.to_string().into(),
            case.flaky.to_string().into(),
            case.mixed_runs.to_string().into(),
            case.last_run.as_str().into(),
        ]);
    }
    let legend = "flaky: failed at first, and then passed. mixed runs: repeats of one release passed and failed.";
    format!("{}\n{}", grid.render(view.width), wrapped(legend, view.width))
}

/// Returns a table for each cell of a trend. `group` is the name of the first column, such as `release`.
pub fn trend(metric: Metric, trends: &[Trend], group: &str, view: View) -> String {
    if trends.is_empty() {
        let text = format!(
            "No past run has a value of {metric} that these options choose. Cases that could not be measured are left out."
        );
        return wrapped(&text, view.width);
    }
    let tables: Vec<_> = trends.iter().map(|trend| table(metric, trend, group, view)).collect();
    tables.join("\n")
}

fn table(metric: Metric, trend: &Trend, group: &str, view: View) -> String {
    let columns = vec![
        Column::words(group),
        Column::figures("values"),
        Column::figures("median"),
        Column::words("noise band").unless_narrow(2),
        Column::words("change"),
        Column::words("first run").unless_narrow(1),
    ];
    let mut grid = Grid::new(format!("{}: {}", trend.cell, metric.label()), columns);
    for point in &trend.points {
        grid.push(vec![
            point.group.as_str().into(),
            point.count.to_string().into(),
            value(metric, point.median).into(),
            range(metric, point.low, point.high).into(),
            change(metric, point).into(),
            point.first_run.as_str().into(),
        ]);
    }
    grid.render(view.width)
}

fn change(metric: Metric, point: &TrendPoint) -> String {
    let Some(change) = point.change else { return String::new() };
    let word = match change.is_better {
        Some(true) => "better",
        Some(false) => "worse",
        None => "changed",
    };
    format!("{word}: {} before", value(metric, change.before))
}

#[cfg(test)]
mod tests {
    use super::*;
    use precall_judge::history::TrendChange;

    fn run(name: &str, outcome: Option<Outcome>) -> PastRun {
        PastRun {
            run: name.to_owned(),
            state: if outcome.is_some() { RunState::Finished } else { RunState::Unfinished },
            scenario: "demo".to_owned(),
            started_at: "2026-01-02T03:04:05Z".to_owned(),
            seconds: outcome.map(|_| 42.5),
            outcome,
            cases: 12,
            passed: 11,
            flaky: 0,
            browser: "Chromium 156.0".to_owned(),
            is_calibration: false,
            precall: "0.1.0".to_owned(),
            branch: "main".to_owned(),
            note: outcome
                .filter(|outcome| *outcome == Outcome::Failed)
                .map(|_| "2.35.2 is worse than 2.34.2 on 3g.".to_owned()),
        }
    }

    #[test]
    fn past_runs_are_a_table_with_notes() {
        let runs = [run("20260103T030405-gate", Some(Outcome::Failed)), run("20260102T030405-demo", None)];
        insta::assert_snapshot!(past_runs(&runs, View::plain(100)));
        insta::assert_snapshot!(past_runs(&[], View::plain(100)), @"There is no run yet; `precall run scenarios/demo.toml` makes one.");
    }

    #[test]
    fn flaky_cases_are_a_table() {
        let case = FlakyCase {
            cell: "gate: network=3g".to_owned(),
            cases: 48,
            failed: 3,
            flaky: 2,
            mixed_runs: 1,
            last_run: "20260103T030405-gate".to_owned(),
        };
        insta::assert_snapshot!(flaky_cases(&[case], View::plain(100)));
        insta::assert_snapshot!(flaky_cases(&[], View::plain(100)), @"No case of these runs had repeats that did not agree.");
    }

    #[test]
    fn a_trend_names_the_group_that_changed_it() {
        let point = |group: &str, median, change| TrendPoint {
            group: group.to_owned(),
            first_run: format!("run-of-{group}"),
            count: 6,
            median,
            low: median * 0.95,
            high: median * 1.05,
            change,
        };
        let change = TrendChange { before: 560e3, after: 455e3, is_better: Some(false) };
        let points = vec![point("2.34.2", 560e3, None), point("2.35.2", 455e3, Some(change))];
        let trends = [Trend { cell: "gate: network=3g".to_owned(), metric: Metric::VideoBitrate, points }];
        insta::assert_snapshot!(trend(Metric::VideoBitrate, &trends, "release", View::plain(100)));
        let none = trend(Metric::VideoBitrate, &[], "release", View::plain(200));
        assert!(none.contains("could not be measured are left out"), "{none}");
    }
}
