//! Expectations over all repeats of a case, and the outcome of the run that follows from them.

use super::monotonic::violations;
use crate::verdict::aggregate;
use precall_results::Level;
use precall_results::Outcome;
use precall_results::{CaseGroups, CaseResult, RepeatsExpectation, RunResult};

/// Judges the cases of a run together: the repeats of each case, and the networks of a matrix. A missed expectation
/// fails a run that would have passed; so does a broken rule, when the scenario makes it an error.
pub fn conclude(run: &mut RunResult) {
    run.repeats = over_repeats(&run.cases);
    run.violations = violations(&run.cases);
    let is_missed = |expectation: &RepeatsExpectation| {
        !expectation.checked.passed && expectation.checked.expectation.level == Level::Error
    };
    let is_broken = run.run.invariants == Level::Error && !run.violations.is_empty();
    if run.outcome != Outcome::Interrupted && (is_broken || run.repeats.iter().any(is_missed)) {
        run.outcome = Outcome::worst(&[run.outcome, Outcome::Failed]);
    }
}

/// Judges the expectations over repeats of every case, by its conclusive repeats.
fn over_repeats(cases: &[CaseResult]) -> Vec<RepeatsExpectation> {
    let groups = CaseGroups::of(cases.iter().filter(|case| case.outcome.is_conclusive()));
    groups.iter().flat_map(|group| of_group(&group.key.id(), &group.cases)).collect()
}

fn of_group(id: &str, cases: &[&CaseResult]) -> Vec<RepeatsExpectation> {
    let expectations = cases.first().map_or(0, |case| case.expectations.len());
    (0..expectations)
        .filter_map(|index| {
            let checked: Vec<_> = cases.iter().filter_map(|case| case.expectations.get(index)).collect();
            let checked = aggregate(&checked)?;
            Some(RepeatsExpectation { case: id.to_owned(), repeats: cases.len(), checked })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::verdict::judge;
    use precall_scenario::parse;

    /// Returns a run of a case with these video MOS, judged by these expectations.
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
                judge(&scenario.cases[0], &case.measured, &[], &case.network.measured.ground_truth(None)).expectations;
            case
        };
        run.cases = (1..).zip(mos).map(case).collect();
        run.outcome = Outcome::Passed;
        conclude(&mut run);
        run
    }

    #[test]
    fn expectations_over_repeats() {
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
    fn inconclusive_cases_do_not_count_as_repeats() {
        let mut run = run(&[4.0, 1.0], "video.mos = \"all >= 3\"");
        assert_eq!(run.outcome, Outcome::Failed);
        run.cases[1].outcome = Outcome::Infrastructure;
        run.outcome = Outcome::Infrastructure;
        conclude(&mut run);
        assert_eq!((run.outcome, run.repeats[0].repeats), (Outcome::Infrastructure, 1));
    }
}
