//! Choosing recorded cases: by a part of their name, or without one those that did not pass.

use precall_report::Names;
use precall_results::Outcome;
use precall_results::{CaseResult, RunResult};

/// The most cases that are taken when none is named.
const MOST_TAKEN: usize = 5;

/// The most cases that a message lists.
const MOST_LISTED: usize = 12;

/// The cases of a run that were chosen.
#[derive(Debug)]
pub(super) struct Chosen<'a> {
    /// The cases, in the order of the run.
    pub cases: Vec<&'a CaseResult>,
    /// A list of further cases that were left out. Absent when there are none.
    pub note: Option<String>,
}

/// Why no case was chosen. Each lists the cases that there are.
#[derive(Debug, thiserror::Error)]
pub enum CaseChoiceError {
    /// No case matches the words.
    #[error("{place} has no case {words}; it has\n{cases}")]
    None {
        /// The run's directory.
        place: String,
        /// The words that were given.
        words: String,
        /// A line for each case of the run.
        cases: String,
    },
    /// Several cases match the words.
    #[error("{count} cases of {place} fit {words}; add a word that only one of them has:\n{cases}")]
    Several {
        /// The run's directory.
        place: String,
        /// The words that were given.
        words: String,
        /// The number of cases that match.
        count: usize,
        /// A line for each of these cases.
        cases: String,
    },
    /// No case is named, and all passed.
    #[error("every case of {place} passed; name one of them:\n{cases}")]
    AllPassed {
        /// The run's directory.
        place: String,
        /// A line for each case of the run.
        cases: String,
    },
    /// No case of the run has ended.
    #[error("{0} has no case that ended")]
    Empty(String),
}

/// The cases that are meant by `words`: one whose id or short name has all of them in it. Without words, the cases that
/// did not pass, or the only one.
///
/// # Errors
///
/// When no case fits, or several do.
pub(super) fn chosen<'a>(run: &'a RunResult, words: &str, place: &str) -> Result<Chosen<'a>, CaseChoiceError> {
    let names = Names::of_run(run);
    if words.trim().is_empty() {
        return unnamed(run, &names, place);
    }
    let cases = run.cases.iter();
    let fits = |is_one: &dyn Fn(&CaseResult) -> bool| cases.clone().filter(|case| is_one(case)).collect::<Vec<_>>();
    let wanted: Vec<String> = words.split([' ', ',']).filter(|word| !word.is_empty()).map(str::to_lowercase).collect();
    let found = [
        fits(&|case| case.case == words || names.case(&case.case) == words),
        fits(&|case| has_all(&wanted, case, &names, |part, word| part == word)),
        fits(&|case| has_all(&wanted, case, &names, |part, word| part.contains(word))),
    ];
    match found.into_iter().find(|found| !found.is_empty()).unwrap_or_default()[..] {
        [case] => Ok(Chosen { cases: vec![case], note: None }),
        [] => {
            let all: Vec<_> = run.cases.iter().collect();
            Err(CaseChoiceError::None { place: place.to_owned(), words: words.to_owned(), cases: listed(&all, &names) })
        }
        ref several => Err(CaseChoiceError::Several {
            place: place.to_owned(),
            words: words.to_owned(),
            count: several.len(),
            cases: listed(several, &names),
        }),
    }
}

/// The only case that is meant by `words`, as [`chosen`] has it.
///
/// # Errors
///
/// When no case fits, or several do.
pub(super) fn one<'a>(run: &'a RunResult, words: &str, place: &str) -> Result<&'a CaseResult, CaseChoiceError> {
    match chosen(run, words, place)?.cases[..] {
        [case] => Ok(case),
        ref several => Err(CaseChoiceError::Several {
            place: place.to_owned(),
            words: words.to_owned(),
            count: several.len(),
            cases: listed(several, &Names::of_run(run)),
        }),
    }
}

fn unnamed<'a>(run: &'a RunResult, names: &Names, place: &str) -> Result<Chosen<'a>, CaseChoiceError> {
    if let [only] = &run.cases[..] {
        return Ok(Chosen { cases: vec![only], note: None });
    }
    let is_failed = |case: &&CaseResult| matches!(case.outcome, Outcome::Failed | Outcome::Errored | Outcome::Hung);
    let mut cases: Vec<_> = run.cases.iter().filter(is_failed).collect();
    if cases.is_empty() {
        cases = run.cases.iter().filter(|case| case.outcome != Outcome::Passed).collect();
    }
    if cases.is_empty() {
        let all: Vec<_> = run.cases.iter().collect();
        return Err(match all.is_empty() {
            true => CaseChoiceError::Empty(place.to_owned()),
            false => CaseChoiceError::AllPassed { place: place.to_owned(), cases: listed(&all, names) },
        });
    }
    let left = cases.split_off(cases.len().min(MOST_TAKEN));
    let note = format!("{} more cases did not pass; name one to see it:\n{}", left.len(), listed(&left, names));
    Ok(Chosen { cases, note: (!left.is_empty()).then_some(note) })
}

/// Whether each word is a part of the case's id or of its short name, as `is` has it.
fn has_all(words: &[String], case: &CaseResult, names: &Names, is: impl Fn(&str, &str) -> bool) -> bool {
    let (id, short) = (case.case.to_lowercase(), names.case(&case.case).to_lowercase());
    let values = id.split(',').map(|part| part.split_once('=').map_or(part, |(_, value)| value));
    let repeat = case.repeat.map(|repeat| format!("#{repeat}"));
    let parts: Vec<&str> = id.split(',').chain(values).chain(short.split(' ')).chain(repeat.as_deref()).collect();
    words.iter().all(|word| parts.iter().any(|part| is(part, word)))
}

/// A line for each case: its short name, what became of it, and its id.
fn listed(cases: &[&CaseResult], names: &Names) -> String {
    let width = cases.iter().take(MOST_LISTED).map(|case| names.case(&case.case).chars().count()).max().unwrap_or(0);
    let line = |case: &&CaseResult| {
        let (short, outcome) = (names.case(&case.case), case.outcome.as_str());
        let id = if short == case.case { String::new() } else { format!("  {}", case.case) };
        format!("  {short:<width$}  {outcome:<12}{id}").trim_end().to_owned()
    };
    let mut lines: Vec<_> = cases.iter().take(MOST_LISTED).map(line).collect();
    if cases.len() > MOST_LISTED {
        lines.push(format!("  … and {} more", cases.len() - MOST_LISTED));
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A run with a case for each id.
    fn run(cases: &[(&str, Outcome)]) -> RunResult {
        let mut run: RunResult =
            serde_json::from_str(include_str!("../../tests/fixtures/results.json")).expect("a recorded result");
        let recorded = run.cases[0].clone();
        let case = |(id, outcome): &(&str, Outcome)| {
            let repeat = id.rsplit_once("repeat=").and_then(|(_, repeat)| repeat.parse().ok());
            CaseResult { case: (*id).to_owned(), outcome: *outcome, repeat, ..recorded.clone() }
        };
        run.cases = cases.iter().map(case).collect();
        run.run.cases.clear();
        run
    }

    fn ids(run: &RunResult, words: &str) -> Result<Vec<String>, String> {
        let chosen = chosen(run, words, "runs/a").map_err(|error| error.to_string())?;
        Ok(chosen.cases.iter().map(|case| case.case.clone()).collect())
    }

    const CASES: [(&str, Outcome); 5] = [
        ("network=3g,sdk=2.34.2,repeat=1", Outcome::Passed),
        ("network=3g-slow,sdk=2.34.2,repeat=1", Outcome::Passed),
        ("network=wifi-hotel,sdk=2.34.2,repeat=1", Outcome::Failed),
        ("network=wifi-hotel,sdk=2.35.2,repeat=1", Outcome::Passed),
        ("network=wifi-hotel,sdk=2.35.2,repeat=2", Outcome::Hung),
    ];

    #[test]
    fn unique_part_of_a_name_is_enough() {
        let run = run(&CASES);
        for (words, index) in [
            ("network=3g,sdk=2.34.2,repeat=1", 0),
            ("3g 2.34.2 #1", 0),
            ("3g", 0),
            ("slow", 1),
            ("WiFi-Hotel 2.34", 2),
            ("hotel #2", 4),
            ("hotel,repeat=2", 4),
        ] {
            assert_eq!(ids(&run, words), Ok(vec![CASES[index].0.to_owned()]), "{words}");
        }
    }

    #[test]
    fn ambiguous_or_unknown_words_list_cases() {
        let run = run(&CASES);
        insta::assert_snapshot!(ids(&run, "wifi-hotel").expect_err("ambiguous"));
        insta::assert_snapshot!(ids(&run, "lte").expect_err("unknown"));
    }

    #[test]
    fn failed_cases_are_the_default() {
        assert_eq!(ids(&run(&CASES), ""), Ok(vec![CASES[2].0.to_owned(), CASES[4].0.to_owned()]));
        assert_eq!(ids(&run(&CASES[..1]), " "), Ok(vec![CASES[0].0.to_owned()]), "the only one");
        let passed = ids(&run(&CASES[..2]), "").expect_err("all passed");
        assert!(passed.contains("every case of runs/a passed; name one of them:\n  3g"), "{passed}");
        let many: Vec<_> = (0..9).map(|number| format!("a,repeat={number}")).collect();
        let many = run(&many.iter().map(|id| (id.as_str(), Outcome::Failed)).collect::<Vec<_>>());
        let taken = chosen(&many, "", "runs/a").expect("taken");
        assert_eq!(taken.cases.len(), MOST_TAKEN);
        assert!(taken.note.is_some_and(|note| note.starts_with("4 more cases did not pass")));
        assert!(ids(&run(&[]), "").is_err());
    }
}
