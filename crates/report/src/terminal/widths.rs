//! Checks that all printed text fits every terminal: no line is too long, and no word is broken.

use std::collections::BTreeSet;
use std::time::Duration;

use super::wrap::width_of;
use super::{
    GateForecast, PlannedCase, View, bisection, calibration, comparison, explanation, gate_forecast, planned, summary,
};
use crate::fixture::{compared, recorded, repeated, series, swept};
use crate::sweeps;
use precall_judge::comparison::{
    BisectionResult, Comparison, Placement, TriedRelease, compare_axis, significant_changes,
};
use precall_judge::explain::explain;
use precall_results::Outcome;
use precall_results::{Accuracy, Estimate};
use precall_results::{Attempt, RunResult};
use precall_results::{CompareSpec, ScoringProfile};

/// A width at which nothing is omitted.
const WIDE: usize = 600;

/// Returns a matrix of networks, releases and modules with repeats. Some repeats failed and some were measured again.
fn matrix() -> RunResult {
    let mut run = repeated(&[400e3, 52e3, 359e3]);
    let base = std::mem::take(&mut run.cases);
    for (network, sdk, module) in [
        ("3g", "2.34.2", "built-in"),
        ("3g", "2.35.2", "built-in"),
        ("wifi-congested", "2.34.2", "opentok-network-test-js@3.1.6"),
        ("wifi-congested", "2.35.2", "opentok-network-test-js@3.1.6"),
        ("wifi-congested", "2.35.2", "built-in"),
    ] {
        for case in &base {
            let (mut case, repeat) = (case.clone(), case.repeat.unwrap_or(1));
            case.findings.clear();
            case.expectations.clear();
            case.name.clear();
            case.case = format!("network={network},sdk={sdk},module={module},repeat={repeat}");
            case.axes = [("network", network), ("sdk", sdk), ("module", module)]
                .map(|(axis, value)| (axis.to_owned(), value.to_owned()))
                .into();
            if repeat == 2 {
                case.outcome = Outcome::Failed;
                case.reasons =
                    vec!["the camera gave 28.2 frames/s (at least 28.5), and there is more to say of it".to_owned()];
                let reasons = vec!["the host could not keep up: the CPUs were busy 99 % of the time".to_owned()];
                case.attempts
                    .insert(0, Attempt { outcome: Outcome::Inconclusive, reasons, duration: Duration::from_secs(30) });
                let estimate = Some(Estimate { reported: 273e3, actual: 292e3 });
                case.network.accuracy =
                    Accuracy { sdk_bitrate: estimate, module_bitrate: estimate, ..Accuracy::default() };
                case.media = Some(crate::media::sample());
            }
            run.cases.push(case);
        }
    }
    run.run.cases.clear();
    run
}

fn by_release() -> Comparison {
    let run = matrix();
    compare_axis(("runs/a", &run), "sdk", ["2.34.2", "2.35.2"], &CompareSpec::default()).expect("compared")
}

fn found() -> BisectionResult {
    let ends = compared();
    let changes = significant_changes(&ends, &[]);
    let tried = ["2.30.1", "2.33.0", "2.34.0"]
        .map(|release| TriedRelease { release: release.to_owned(), placement: Placement::Unknown, run: None })
        .to_vec();
    let first_bad = vec!["2.33.0".to_owned(), "2.34.0".to_owned()];
    let last_good = "2.30.1".to_owned();
    BisectionResult { figures: Vec::new(), first_changes: changes.clone(), last_good, first_bad, tried, changes, ends }
}

fn plan() -> Vec<PlannedCase> {
    let case = |case: &precall_results::CaseResult| PlannedCase {
        id: case.case.clone(),
        name: case.name.clone(),
        axes: case.axes.clone(),
        repeat: case.repeat,
        seconds: 30.0,
    };
    matrix().cases.iter().map(case).collect()
}

fn gate() -> GateForecast {
    GateForecast {
        sides: ("2.34.2".to_owned(), "latest".to_owned()),
        module: "built-in".to_owned(),
        early: (14, 56, Duration::from_secs(364)),
        most: (20, 80, Duration::from_secs(520)),
        again: Duration::from_secs(49),
        cells: vec![("wifi-congested,test.module=opentok-network-test-js".to_owned(), None)],
        blurred: vec!["wifi-hotel".to_owned()],
        is_by_run: false,
    }
}

/// Returns each output with its name, in a view.
type NamedOutput = (&'static str, Box<dyn Fn(View) -> String>);

fn outputs() -> Vec<NamedOutput> {
    let (run, small, by_release, compared, found) = (matrix(), recorded().result, by_release(), compared(), found());
    let explained = {
        let series = series(20);
        let samples: Vec<_> = series.samples.into_iter().map(|(_, sample)| sample).collect();
        explain(&small.cases[1], ScoringProfile::Classic, &samples, &series.link, &[])
    };
    let sweeps = sweeps(&swept().result);
    let plan = plan();
    vec![
        ("a run with repeats", Box::new(move |view| summary(&run, RunResult::clone, view))),
        ("a run of every outcome", Box::new(move |view| summary(&small, RunResult::clone, view))),
        ("a comparison of releases", Box::new(move |view| comparison(&by_release, view))),
        ("a comparison of runs", Box::new(move |view| comparison(&compared, view))),
        ("a search", Box::new(move |view| bisection(&found, view))),
        ("an explanation", Box::new(move |view| explanation(&explained, view))),
        ("sweeps", Box::new(move |view| calibration(&sweeps, view))),
        ("a gate", Box::new(move |view| gate_forecast(&gate(), view))),
        (
            "a plan",
            Box::new(move |view| {
                let takes = (Duration::from_secs(600), Duration::from_secs(900));
                planned(&plan, takes, Duration::from_secs(38), 2, view)
            }),
        ),
    ]
}

/// Returns the words of a text, without lines of tables and punctuation.
fn words(text: &str) -> BTreeSet<String> {
    let is_line = |word: &str| word.chars().all(|c| matches!(c, '─' | '═'));
    // A line may break after the commas of an id.
    let words = text.split([' ', '\n', ',']).map(|word| word.trim_end_matches(':'));
    words.filter(|word| !is_line(word)).map(str::to_owned).collect()
}

#[test]
fn no_line_is_wider_than_the_terminal_and_no_word_is_broken() {
    for (what, output) in outputs() {
        for is_verbose in [false, true] {
            let view = |width| View { is_verbose, ..View::plain(width) };
            let known = words(&output(view(WIDE)));
            for width in (60..=130).chain([140, 160, 180, 200]) {
                let text = output(view(width));
                let widest = text.lines().map(width_of).max().unwrap_or(0);
                assert!(widest <= width, "{what}: {widest} characters at {width}:\n{text}");
                let broken: Vec<_> = words(&text).difference(&known).cloned().collect();
                assert!(broken.is_empty(), "{what}: {broken:?} at {width}:\n{text}");
            }
        }
    }
}

#[test]
fn a_run_with_repeats_at_usual_widths() {
    let texts = [80, 120].map(|width| summary(&matrix(), RunResult::clone, View::plain(width)));
    insta::assert_snapshot!(texts.join("\n\n"));
}
