use super::*;
use precall_results::Outcome;
use precall_results::{Answer, CaseResult, GateInfo, RunResult};

fn recorded() -> RunResult {
    serde_json::from_str(include_str!("../../../../../tests/fixtures/results.json")).expect("a recorded result")
}

/// Returns a run of two releases on two networks; `change` alters each case.
fn run(repeats: u32, change: impl Fn(&mut CaseResult)) -> RunResult {
    let mut run = recorded();
    let clean = run.cases[0].clone();
    run.cases.clear();
    run.outcome = Outcome::Passed;
    for repeat in 1..=repeats {
        for (network, sdk) in [("3g", "2.34.2"), ("3g", "latest"), ("wifi-hotel", "2.34.2"), ("wifi-hotel", "latest")] {
            let axes = [("network", network), ("sdk", sdk)].map(|(axis, value)| (axis.to_owned(), value.to_owned()));
            let mut case = CaseResult {
                name: String::new(),
                case: format!("network={network},sdk={sdk},repeat={repeat}"),
                axes: axes.into(),
                repeat: Some(repeat),
                outcome: Outcome::Passed,
                ..clean.clone()
            };
            case.sdk.version = if sdk == "latest" { "2.35.2" } else { sdk }.to_owned();
            // No two cases have the same figures.
            let noise = f64::from((repeat * 7919 + u32::from(sdk == "latest") * 104_729) % 101) / 101.0 - 0.5;
            let quality = case.measured.quality.as_mut().expect("a result");
            quality.video.bitrate = Some(500e3 * (1.0 + 0.06 * noise));
            quality.video.mos = Some(3.8 + 0.1 * noise);
            change(&mut case);
            run.cases.push(case);
        }
    }
    run
}

fn is_new(case: &CaseResult) -> bool {
    case.axes["sdk"] == "latest"
}

fn scale(case: &mut CaseResult, share: f64) {
    let video = &mut case.measured.quality.as_mut().expect("a result").video;
    video.bitrate = video.bitrate.map(|bitrate| bitrate * share);
}

fn hang(case: &mut CaseResult) {
    case.outcome = Outcome::Hung;
    case.measured.quality = None;
}

/// Returns the answer, the outcome and the sentence of a run.
fn concluded(mut run: RunResult) -> String {
    let outcomes: Vec<_> = run.cases.iter().map(|case| case.outcome).collect();
    run.outcome = Outcome::worst(&outcomes);
    conclude(&mut run);
    let upgrade = run.upgrade.expect("a verdict");
    format!("{}, {}: {}", upgrade.answer.as_str(), run.outcome.as_str(), upgrade.sentence)
}

#[test]
fn answers_are_one_sentence() {
    let on = |case: &CaseResult, network: &str| is_new(case) && case.axes["network"] == network;
    let answers = [
        ("equal", run(14, |_| {})),
        (
            "better",
            run(14, |case| {
                if is_new(case) {
                    scale(case, 1.3)
                }
            }),
        ),
        (
            "a fall on one network",
            run(14, |case| {
                if on(case, "wifi-hotel") {
                    scale(case, 0.78)
                }
            }),
        ),
        (
            "one hang of each third",
            run(14, |case| {
                if on(case, "3g") && case.repeat.is_some_and(|r| r % 3 == 0) {
                    hang(case)
                }
            }),
        ),
        (
            "one hang",
            run(14, |case| {
                if on(case, "3g") && case.repeat == Some(3) {
                    hang(case)
                }
            }),
        ),
        (
            "both hang",
            run(14, |case| {
                if case.repeat.is_some_and(|r| r % 3 == 0) {
                    hang(case)
                }
            }),
        ),
        ("two repeats", run(2, |_| {})),
        (
            "noise",
            run(14, |case| {
                scale(case, if case.repeat.is_some_and(|r| r % 2 == 0) == is_new(case) { 0.7 } else { 1.3 })
            }),
        ),
        (
            "a busy host",
            run(14, |case| {
                if case.repeat.is_some_and(|r| r % 3 == 0) {
                    case.outcome = Outcome::Inconclusive
                }
            }),
        ),
        (
            "no new cases measured",
            run(14, |case| {
                if is_new(case) {
                    case.measured.quality = None
                }
            }),
        ),
    ];
    let lines: Vec<_> = answers.into_iter().map(|(what, run)| format!("{what}: {}", concluded(run))).collect();
    insta::assert_snapshot!(lines.join("\n"));
}

#[test]
fn expectations_fail_only_the_new_build() {
    let as_gate = |run: &mut RunResult| {
        let (from, to) = ("2.34.2".to_owned(), "latest".to_owned());
        run.run.gate = Some(GateInfo { axis: Some("sdk".to_owned()), from, to, repeats: 14 });
    };
    let slow = |is_slow: fn(&CaseResult) -> bool| {
        run(14, move |case| {
            if is_slow(case) {
                scale(case, 0.97)
            }
        })
    };
    let mut lines = Vec::new();
    for (what, is_slow) in [
        ("old", (|case| !is_new(case)) as fn(&CaseResult) -> bool),
        ("new", is_new),
        ("both", |_| true),
        ("new in one repeat", |case| is_new(case) && case.repeat == Some(4)),
    ] {
        for is_gate in [false, true] {
            let mut run = slow(is_slow);
            for case in &mut run.cases {
                let is_missed = is_slow(case);
                case.expectations.truncate(1);
                case.expectations[0].wanted = "video.bitrate >= 478 kbit/s".to_owned();
                case.expectations[0].passed = !is_missed;
                case.outcome = if is_missed { Outcome::Failed } else { Outcome::Passed };
            }
            if is_gate {
                as_gate(&mut run);
            }
            let outcomes: Vec<_> = run.cases.iter().map(|case| case.outcome).collect();
            run.outcome = Outcome::worst(&outcomes);
            conclude(&mut run);
            let upgrade = run.upgrade.as_ref().expect("a verdict");
            let by_old = upgrade.missed_by_old.join("; ");
            let kind = if is_gate { "gate" } else { "run" };
            lines.push(format!(
                "{kind}, missed by {what}: {}: {} [old alone: {by_old}]",
                run.outcome.as_str(),
                upgrade.sentence
            ));
        }
    }
    insta::assert_snapshot!(lines.join("\n"));
}

#[test]
fn outcome_of_a_run_follows_the_new_build() {
    // A missed expectation fails its case; the test sets the outcome itself.
    let failed = |case: &mut CaseResult, is: bool| {
        if is {
            case.outcome = Outcome::Failed
        }
    };
    let old_alone = run(14, |case| {
        let is = !is_new(case) && case.repeat == Some(2);
        failed(case, is)
    });
    assert!(concluded(old_alone).starts_with("no worse, passed: "));
    let new_alone = run(14, |case| {
        let is = is_new(case) && case.repeat == Some(2);
        failed(case, is)
    });
    assert!(concluded(new_alone).starts_with("no worse, failed: "));
    let both = run(14, |case| {
        let is = case.repeat == Some(2);
        failed(case, is)
    });
    assert!(concluded(both).starts_with("no worse, failed: "));
    // Two repeats were meant to be compared, one was not.
    assert!(concluded(run(2, |_| {})).starts_with("cannot tell, inconclusive: "));
    let mut once = run(1, |_| {});
    once.cases.iter_mut().for_each(|case| case.repeat = None);
    assert!(concluded(once).starts_with("cannot tell, passed: "));
}

#[test]
fn outcome_of_a_gate_follows_all_repeats() {
    let mut gate = run(14, |case| {
        if is_new(case) && case.repeat == Some(2) {
            case.outcome = Outcome::Failed
        }
    });
    gate.run.gate = Some(GateInfo {
        axis: Some("sdk".to_owned()),
        from: "2.34.2".to_owned(),
        to: "latest".to_owned(),
        repeats: 14,
    });
    assert!(concluded(gate).starts_with("no worse, passed: "));
}

#[test]
fn the_older_release_is_the_old_side_in_any_order() {
    let mut run = run(6, |_| {});
    run.cases.reverse();
    let sides = builds(&run.cases).expect("two builds");
    assert_eq!((sides.from_name.as_str(), sides.to_name.as_str()), ("2.34.2", "2.35.2"));
    assert_eq!((sides.from.as_str(), sides.to.as_str()), ("2.34.2", "latest"));
    run.cases.retain(is_new);
    assert_eq!(builds(&run.cases), None);
    assert_eq!(Answer::NoWorse.outcome(Outcome::Interrupted), Outcome::Interrupted);
}

#[test]
fn min_repeats_follow_from_the_default_level() {
    let level = precall_results::CompareSpec::default().level;
    let needed = crate::statistics::fewest_repeats(
        level,
        precall_results::Metric::compared_in(precall_results::CaseKind::NetworkTest).count(),
    );
    assert_eq!(needed, Some(MIN_REPEATS));
}
