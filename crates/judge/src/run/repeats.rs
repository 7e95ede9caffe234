//! Expectations over all repeats of a case.

use std::collections::BTreeMap;

use super::monotonic::violations;
use crate::verdict::aggregate;
use precall_results::Level;
use precall_results::Outcome;
use precall_results::{CaseResult, RepeatsExpectation, RunResult};

/// Looks at the cases of a run together: the repeats of each, and the networks of a matrix. A missed expectation, or a broken rule
/// where the scenario takes that for an error, fails a run that passed otherwise.
pub fn conclude(run: &mut RunResult) {
    run.repeats = of_repeats(&run.cases);
    run.violations = violations(&run.cases);
    let is_missed = |expectation: &RepeatsExpectation| {
        !expectation.checked.passed && expectation.checked.expectation.level == Level::Error
    };
    let is_broken = run.run.invariants == Level::Error && !run.violations.is_empty();
    if run.outcome != Outcome::Interrupted && (is_broken || run.repeats.iter().any(is_missed)) {
        run.outcome = Outcome::worst(&[run.outcome, Outcome::Failed]);
    }
}

/// A case's name and axes, and its repeats.
type Repeats<'a> = ((&'a str, &'a BTreeMap<String, String>), Vec<&'a CaseResult>);

fn of_repeats(cases: &[CaseResult]) -> Vec<RepeatsExpectation> {
    let mut groups: Vec<Repeats<'_>> = Vec::new();
    let says_something = |case: &&CaseResult| {
        !matches!(case.outcome, Outcome::Inconclusive | Outcome::Infrastructure | Outcome::Interrupted)
    };
    for case in cases.iter().filter(says_something) {
        let key = (case.name.as_str(), &case.axes);
        match groups.iter_mut().find(|(known, _)| *known == key) {
            Some((_, group)) => group.push(case),
            None => groups.push((key, vec![case])),
        }
    }
    groups.iter().flat_map(|((name, axes), group)| of_group(name, axes, group)).collect()
}

fn of_group(name: &str, axes: &BTreeMap<String, String>, group: &[&CaseResult]) -> Vec<RepeatsExpectation> {
    let axes = axes.iter().map(|(axis, value)| format!("{axis}={value}"));
    let case =
        Some(name.to_owned()).filter(|name| !name.is_empty()).into_iter().chain(axes).collect::<Vec<_>>().join(",");
    let expectations = group.first().map_or(0, |case| case.expectations.len());
    (0..expectations)
        .filter_map(|index| {
            let checked: Vec<_> = group.iter().filter_map(|case| case.expectations.get(index)).collect();
            let checked = aggregate(&checked)?;
            Some(RepeatsExpectation { case: case.clone(), repeats: group.len(), checked })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::verdict::judge;
    use precall_scenario::parse;

    /// A run of a case with these video MOS, judged by these expectations.
    fn run(mos: &[f64], expect: &str) -> RunResult {
        let mut run: RunResult =
            serde_json::from_str(include_str!("../../../../tests/fixtures/results.json")).expect("a recorded result");
        let text = format!("repeat = {}\n[[case]]\nname = \"clean\"\n[case.expect]\n{expect}", mos.len());
        let scenario = parse(&text, std::path::Path::new("test.toml")).unwrap_or_else(|error| panic!("{error}"));
        let recorded = run.cases[0].clone();
        let case = |(repeat, mos): (u32, &f64)| {
            let mut case = CaseResult { repeat: Some(repeat), outcome: Outcome::Passed, ..recorded.clone() };
            case.measured.quality.iter_mut().for_each(|quality| quality.video.mos = Some(*mos));
            case.expectations =
                judge(&scenario.cases[0], &case.measured, &[], &case.measured_network.truth(None)).expectations;
            case
        };
        run.cases = (1..).zip(mos).map(case).collect();
        run.outcome = Outcome::Passed;
        conclude(&mut run);
        run
    }

    #[test]
    fn repeats_are_taken_together() {
        let mos = [3.0, 3.5, 4.0, 4.2, 2.0, 3.9];
        let said = |expect: &str| {
            let run = run(&mos, expect);
            let lines = run.repeats.iter().map(|RepeatsExpectation { case, checked, .. }| {
                format!(
                    "{case}: {}: {:?} {}",
                    checked.wanted,
                    checked.got.as_deref().unwrap_or("nothing"),
                    checked.passed
                )
            });
            format!("{} {}", run.outcome.as_str(), lines.collect::<Vec<_>>().join("; "))
        };
        let all = [
            "video.mos = \"median >= 3.7\"",
            "video.mos = \"p95 < 4\"",
            "video.mos = \"all >= 3\"",
            "video.mos = \"any < 2.5\"",
            "video.mos = \"at least 5 of 6 >= 3\"",
            "video.mos = \"at least 6 of 6 >= 3\"",
            "video.mos = \"warn: all >= 3\"",
            "video.mos = \"median 3..3.8\"",
            "link.roundTripTime = \"all < 100 ms\"",
        ];
        insta::assert_snapshot!(all.map(said).join("\n"));
    }

    #[test]
    fn what_says_nothing_is_no_repeat() {
        let mut run = run(&[4.0, 1.0], "video.mos = \"all >= 3\"");
        assert_eq!(run.outcome, Outcome::Failed);
        run.cases[1].outcome = Outcome::Infrastructure;
        run.outcome = Outcome::Infrastructure;
        conclude(&mut run);
        assert_eq!((run.outcome, run.repeats[0].repeats), (Outcome::Infrastructure, 1));
    }
}
