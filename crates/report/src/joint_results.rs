//! Results over several cases: expectations over all repeats of a case, and rules between the networks of a matrix.

use super::figures::missed;
use super::names::Names;
use precall_results::{CaseKey, CaseResult, RunResult};
use precall_results::{Level, Source};
use precall_support::text::listed;

/// The result of an expectation or rule over several cases.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct JointResult<'a> {
    /// The cases by their ids without the repeat.
    pub cases: Vec<&'a str>,
    /// The expectation, as in `median of video.mos >= 3.7`, or the name of the rule.
    pub asked: &'a str,
    /// The result as text.
    pub text: String,
    pub is_met: bool,
    /// The severity if it is not met.
    pub level: Level,
    /// The place of the expectation in the scenario file. `None` for a rule between networks, which is in no file.
    pub source: Option<&'a Source>,
}

/// Returns all results: first the expectations over repeats, met or not, then the rules that are broken.
pub(super) fn joint_results(run: &RunResult) -> Vec<JointResult<'_>> {
    let repeats = run.repeats.iter().map(|expectation| {
        let checked = &expectation.checked;
        let got = checked.got.as_deref().unwrap_or("nothing");
        let repeats = super::format::count(expectation.repeats, "repeat", "repeats");
        // The result may already end with the number of repeats: `3.20 over 6`, `2 of 6`.
        let of = match got.ends_with(&format!(" {}", expectation.repeats)) {
            true => repeats.trim_start_matches(|c: char| c.is_ascii_digit()).to_owned(),
            false => format!(", of {repeats}"),
        };
        JointResult {
            cases: vec![expectation.case.as_str()],
            asked: &checked.wanted,
            text: match checked.passed {
                true => format!("{}, got {got}{of}", checked.wanted),
                false => format!("{}{of}", missed(checked, None)),
            },
            is_met: checked.passed,
            level: checked.expectation.level,
            source: Some(&checked.expectation.source),
        }
    });
    let rules = run.violations.iter().map(|violation| JointResult {
        cases: vec![violation.cases.0.as_str(), violation.cases.1.as_str()],
        asked: &violation.rule,
        text: match run.run.invariants {
            Level::Error => format!("{}: {}", violation.rule, violation.detail),
            level => format!("{}: {}: {}", level.as_str(), violation.rule, violation.detail),
        },
        is_met: false,
        level: run.run.invariants,
        source: None,
    });
    let mut all: Vec<_> = repeats.chain(rules).collect();
    for one in all.iter_mut().filter(|one| one.fails_the_run() && one.cases.iter().any(|id| is_old(run, id))) {
        one.level = Level::Warn;
        one.text.push_str("; this concerns the old build and does not fail the run");
    }
    all
}

/// Returns whether cases with this id without the repeat belong to the old one of two builds.
fn is_old(run: &RunResult, id: &str) -> bool {
    let is_called = |case: &CaseResult| CaseKey::of(case).id() == id;
    let Some(upgrade) = &run.upgrade else { return false };
    run.cases.iter().any(|case| upgrade.excuses(case) && is_called(case))
}

impl JointResult<'_> {
    /// Returns whether reports mention that it is not met.
    pub(crate) fn is_reported(&self) -> bool {
        !self.is_met && self.level != Level::Info
    }

    /// Returns whether the run fails because of it.
    pub(crate) fn fails_the_run(&self) -> bool {
        !self.is_met && self.level == Level::Error
    }

    /// Returns the short names of the cases: `3g 2.35.2`, `3g and lte`.
    pub(crate) fn about(&self, names: &Names) -> String {
        listed(&self.cases.iter().map(|case| names.cell(case).to_owned()).collect::<Vec<_>>())
    }

    /// Returns an id that is unique in the scenario and the same in every run: `slow,network=3g: median of video.mos >=
    /// 3.7`.
    pub(crate) fn id(&self) -> String {
        format!("{}: {}", self.cases.join(" and "), self.asked)
    }

    /// Returns the result in one word, such as `failed` or `warning`.
    pub(crate) fn word(&self) -> &'static str {
        match (self.is_met, self.level) {
            (true, _) => "met",
            (false, Level::Error) => "failed",
            (false, Level::Warn) => "warning",
            (false, Level::Info) => "missed",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::with_rules;

    #[test]
    fn results_over_several_cases_have_one_line_each() {
        let run = with_rules().result;
        let names = Names::of_run(&run);
        let lines = joint_results(&run)
            .iter()
            .map(|one| format!("{} | {} | {} | {}", one.word(), one.about(&names), one.text, one.id()))
            .collect::<Vec<_>>();
        insta::assert_snapshot!(lines.join("\n"));
    }
}
