//! What cases come to together: expectations over all repeats of a case, and rules between the networks of a matrix.

use super::figures::missed;
use super::names::Names;
use precall_results::{CaseKey, CaseResult, RunResult};
use precall_results::{Level, Source};
use precall_support::text::listed;

/// Something that is asked of several cases together, with what became of it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Across<'a> {
    /// Which cases, by their ids without the repeat.
    pub cases: Vec<&'a str>,
    /// What is asked: `median of video.mos >= 3.7`, or the rule's name.
    pub asked: &'a str,
    /// What became of it, in words.
    pub text: String,
    pub is_met: bool,
    /// What it means when it is not met.
    pub level: Level,
    /// Where the scenario asks for it; a rule between networks stands in no file.
    pub source: Option<&'a Source>,
}

/// All of them: those over repeats, met or not, then the rules that are broken.
pub(super) fn across(run: &RunResult) -> Vec<Across<'_>> {
    let repeats = run.repeats.iter().map(|expectation| {
        let checked = &expectation.checked;
        let got = checked.got.as_deref().unwrap_or("nothing");
        let repeats = super::format::count(expectation.repeats, "repeat", "repeats");
        // What was got says of how many itself: `3.20 over 6`, `2 of 6`.
        let of = match got.ends_with(&format!(" {}", expectation.repeats)) {
            true => repeats.trim_start_matches(|c: char| c.is_ascii_digit()).to_owned(),
            false => format!(", of {repeats}"),
        };
        Across {
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
    let rules = run.violations.iter().map(|violation| Across {
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
        one.text.push_str("; of the old build, which fails nothing");
    }
    all
}

/// Whether cases with this id without the repeat are of the old one of two builds.
fn is_old(run: &RunResult, id: &str) -> bool {
    let is_called = |case: &CaseResult| CaseKey::of(case).id() == id;
    let Some(upgrade) = &run.upgrade else { return false };
    run.cases.iter().any(|case| upgrade.excuses(case) && is_called(case))
}

impl Across<'_> {
    /// Whether it is to be said that it is not met.
    pub fn is_said(&self) -> bool {
        !self.is_met && self.level != Level::Info
    }

    /// Whether the run fails by it.
    pub fn fails_the_run(&self) -> bool {
        !self.is_met && self.level == Level::Error
    }

    /// The cases by their short names: `3g 2.35.2`, `3g and lte`.
    pub fn about(&self, names: &Names) -> String {
        listed(&self.cases.iter().map(|case| names.cell(case).to_owned()).collect::<Vec<_>>())
    }

    /// What tells it from all others of its scenario, in every run alike: `slow,network=3g: median of video.mos >= 3.7`.
    pub fn id(&self) -> String {
        format!("{}: {}", self.cases.join(" and "), self.asked)
    }

    /// `failed` or `warning`, what became of it in a word.
    pub fn word(&self) -> &'static str {
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
    fn what_is_asked_of_several_cases_is_said_once_and_in_words() {
        let run = with_rules().result;
        let names = Names::of_run(&run);
        let lines = across(&run)
            .iter()
            .map(|one| format!("{} | {} | {} | {}", one.word(), one.about(&names), one.text, one.id()))
            .collect::<Vec<_>>();
        insta::assert_snapshot!(lines.join("\n"));
    }
}
