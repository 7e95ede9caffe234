//! JUnit XML, as CI servers read it.
//!
//! | what became of a case | in JUnit |
//! |---|---|
//! | passed | a test case; earlier attempts that failed are `flakyFailure` or `flakyError` |
//! | failed | `failure` |
//! | errored, hung, inconclusive, infrastructure | `error`, with the outcome as its `type` |
//! | interrupted, not run | `skipped` |
//! | an expectation over all repeats of a case | a test case of its own, `failure` where it is missed |
//! | a rule between the networks of a matrix that is broken | a test case of its own |
//! | not passed, of the old one of two builds | `skipped`, with why |
//!
//! Of a run that compares two builds the first test case is the verdict on the new one, and is named by its sentence.
//!
//! What could not be measured is an error and not skipped: a server that sees nothing but skipped tests says that all is well.
//! Of a case that did not pass, the last attempt is the one that counts, and the earlier ones that failed are `rerunFailure` or
//! `rerunError`. An attempt that says nothing about what was tested, on a busy host for example, makes no case flaky: it is in `system-out`.
//!
//! There is no one JUnit format. What is written is what every reader takes: Jenkins' `junit` step, its xUnit plugin (which refuses a
//! file with any attribute or element that its schema, `junit-10.xsd`, does not have), GitLab (which tells tests by `classname` and
//! `name`) and GitHub's actions. So a test case has no `properties` and no `assertions`: what ran is in its `system-out`.

use std::io;

use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesText, Event};

use super::ReportError;
use super::across::{Across, across};
use super::figures::{finding, missed, missed_by, not_run, why};
use precall_results::Outcome;
use precall_results::{Attempt, CaseResult, Recording, Upgrade};

/// The most console lines of a case that are written.
const MAX_CONSOLE: usize = 50;

/// Where XML is written. Writing to memory does not fail.
type Xml = Writer<Vec<u8>>;

/// A run as JUnit XML: one suite, a test case for each case.
pub(super) fn junit(run: &Recording) -> Result<String, ReportError> {
    let mut xml = Writer::new_with_indent(Vec::new(), b' ', 4);
    write(&mut xml, run).map_err(ReportError::new)?;
    String::from_utf8(xml.into_inner()).map(|text| text + "\n").map_err(ReportError::new)
}

fn write(xml: &mut Xml, run: &Recording) -> io::Result<()> {
    let result = &run.result;
    let (not_run, across) = (not_run(result), across(result));
    let verdict = result.upgrade.as_ref().map(|_| Kind::of(result.outcome));
    let cases = result.cases.iter().map(|case| Kind::of_case(run, case));
    let together = across.iter().map(|one| if one.fails_the_run() { Kind::Failure } else { Kind::Success });
    let kinds: Vec<Kind> = verdict.into_iter().chain(cases).chain(together).collect();
    let count = |kind: Kind| kinds.iter().filter(|known| **known == kind).count();
    let tests = (kinds.len() + not_run.len()).to_string();
    let (failures, errors) = (count(Kind::Failure).to_string(), count(Kind::Error).to_string());
    let skipped = (count(Kind::Skipped) + not_run.len()).to_string();
    let time = seconds(result.seconds);
    let counts = [
        ("tests", tests.as_str()),
        ("failures", failures.as_str()),
        ("errors", errors.as_str()),
        ("time", time.as_str()),
    ];
    xml.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    xml.create_element("testsuites").with_attribute(("name", "precall")).with_attributes(counts).write_inner_content(
        |xml| {
            let environment = &result.run.environment;
            let suite = xml.create_element("testsuite").with_attribute(("name", clean(&result.run.scenario).as_str()));
            let suite = suite.with_attributes(counts).with_attribute(("skipped", skipped.as_str()));
            let suite = suite.with_attribute(("timestamp", clean(&result.run.started_at).as_str()));
            suite.write_inner_content(|xml| {
                xml.create_element("properties").write_inner_content(|xml| {
                    property(xml, "precall", &environment.precall)?;
                    property(xml, "browser", &environment.browser)?;
                    property(xml, "os", &environment.os)
                })?;
                result.upgrade.iter().try_for_each(|upgrade| verdict_case(xml, run, upgrade))?;
                result.cases.iter().try_for_each(|case| test_case(xml, run, case))?;
                across.iter().try_for_each(|one| test_across(xml, run, one))?;
                not_run.iter().try_for_each(|id| {
                    test(xml, run, id, None, |xml| {
                        let what = What { kind: "not-run", message: "the run ended before this case began" };
                        element(xml, "skipped", &what, "")
                    })
                })
            })?;
            Ok(())
        },
    )?;
    Ok(())
}

fn property(xml: &mut Xml, name: &str, value: &str) -> io::Result<()> {
    let value = clean(value);
    xml.create_element("property").with_attributes([("name", name), ("value", value.as_str())]).write_empty()?;
    Ok(())
}

/// A test case with what `inner` writes into it.
fn test(
    xml: &mut Xml,
    run: &Recording,
    id: &str,
    time: Option<f64>,
    inner: impl FnOnce(&mut Xml) -> io::Result<()>,
) -> io::Result<()> {
    let (name, class) = (clean(id), clean(&run.result.run.scenario));
    let mut element = xml.create_element("testcase").with_attributes([("name", name.as_str()), ("classname", &class)]);
    if let Some(time) = time {
        element = element.with_attribute(("time", seconds(time).as_str()));
    }
    element.write_inner_content(inner)?;
    Ok(())
}

/// The verdict on the new build, as the first test case: its sentence is its name.
fn verdict_case(xml: &mut Xml, run: &Recording, upgrade: &Upgrade) -> io::Result<()> {
    test(xml, run, &upgrade.sentence, None, |xml| match Kind::of(run.result.outcome).element() {
        Some(name) => element(xml, name, &What { kind: upgrade.answer.as_str(), message: &upgrade.sentence }, ""),
        None => Ok(()),
    })
}

fn test_case(xml: &mut Xml, run: &Recording, case: &CaseResult) -> io::Result<()> {
    let why = why(case);
    test(xml, run, &case.case, Some(case.seconds_of_last_attempt()), |xml| {
        let kind = Kind::of_case(run, case);
        if let Some(name) = kind.element() {
            let message = why.first().map_or(case.outcome.as_str(), String::as_str);
            element(xml, name, &What { kind: case.outcome.as_str(), message }, &description(case, &why))?;
        }
        if kind != Kind::Skipped {
            let earlier = case.attempts.split_last().map_or(&[][..], |(_, earlier)| earlier);
            earlier
                .iter()
                .filter(|attempt| is_failure(attempt))
                .try_for_each(|attempt| rerun(xml, attempt, case.outcome))?;
        }
        text(xml, "system-out", &about(case))?;
        let console = run.series.get(&case.case).map_or(&[][..], |series| &series.console);
        if case.outcome != Outcome::Passed && !console.is_empty() {
            let lines = console[console.len().saturating_sub(MAX_CONSOLE)..].iter();
            let lines: Vec<_> = lines.map(|(at, line)| format!("{at:.1} s {}: {}", line.level, line.text)).collect();
            text(xml, "system-err", &lines.join("\n"))?;
        }
        Ok(())
    })
}

/// A test case for what is asked of several cases together: without it a run that failed by that alone would look green.
fn test_across(xml: &mut Xml, run: &Recording, one: &Across<'_>) -> io::Result<()> {
    test(xml, run, &one.id(), None, |xml| {
        if one.fails_the_run() {
            let place = one.source.map(|source| format!(" ({source})")).unwrap_or_default();
            return element(
                xml,
                "failure",
                &What { kind: "failed", message: &one.text },
                &format!("{}{place}", one.text),
            );
        }
        text(xml, "system-out", &one.text)
    })
}

/// Whether an attempt speaks against what was tested.
fn is_failure(attempt: &Attempt) -> bool {
    matches!(attempt.outcome, Outcome::Failed | Outcome::Errored | Outcome::Hung)
}

/// What ran, a line each, the findings, the warnings, and why it was measured again.
fn about(case: &CaseResult) -> String {
    let builds = [("sdk", case.sdk.version.clone()), ("module", case.module.version.clone())];
    let facts = builds.into_iter().chain([("seed", case.seed.to_string())]);
    let is_other = |axis: &(&String, &String)| !["sdk", "module"].contains(&axis.0.as_str());
    let axes = case.axes.iter();
    let lines = facts.map(|(name, value)| format!("{name}: {value}"));
    let lines = lines.chain(axes.filter(is_other).map(|(axis, value)| format!("{axis}: {value}")));
    let lines = lines.chain(case.findings.iter().map(finding));
    // What fails the case stands in its failure.
    let warnings = missed_by(case).filter(|checked| !checked.fails_its_case());
    let lines = lines.chain(warnings.map(|checked| missed(checked, Some(case))));
    let again = case.measured_again().map(|why| why.as_str().to_owned());
    let earlier = case.attempts.split_last().map_or(&[][..], |(_, earlier)| earlier);
    let attempts = earlier.iter().enumerate().filter(|(_, attempt)| !is_failure(attempt)).map(|(index, attempt)| {
        format!("attempt {}: {}: {}", index + 1, attempt.outcome.as_str(), attempt.reasons.join("; "))
    });
    lines.chain(again).chain(attempts).collect::<Vec<_>>().join("\n")
}

/// Everything that speaks against a case, with its place in the scenario.
fn description(case: &CaseResult, why: &[String]) -> String {
    let places = missed_by(case)
        .filter(|checked| checked.fails_its_case())
        .map(|checked| format!("{} ({})", missed(checked, Some(case)), checked.expectation.source));
    let lines: Vec<_> = case.reasons.iter().cloned().chain(places).collect();
    if lines.is_empty() { why.join("\n") } else { lines.join("\n") }
}

/// The attributes of what says that a test did not pass.
struct What<'a> {
    kind: &'a str,
    message: &'a str,
}

fn rerun(xml: &mut Xml, attempt: &Attempt, outcome: Outcome) -> io::Result<()> {
    let name = match (outcome == Outcome::Passed, Kind::of(attempt.outcome)) {
        (true, Kind::Failure) => "flakyFailure",
        (true, _) => "flakyError",
        (false, Kind::Failure) => "rerunFailure",
        (false, _) => "rerunError",
    };
    let kind = attempt.outcome.as_str();
    let message = attempt.reasons.first().map_or(kind, String::as_str);
    element(xml, name, &What { kind, message }, &attempt.reasons.join("\n"))
}

fn element(xml: &mut Xml, name: &str, what: &What<'_>, description: &str) -> io::Result<()> {
    let message = clean(what.message);
    let element = xml.create_element(name).with_attributes([("message", message.as_str()), ("type", what.kind)]);
    match description {
        "" => element.write_empty()?,
        text => element.write_text_content(BytesText::new(&clean(text)))?,
    };
    Ok(())
}

fn text(xml: &mut Xml, name: &str, text: &str) -> io::Result<()> {
    xml.create_element(name).write_text_content(BytesText::new(&clean(text)))?;
    Ok(())
}

/// What became of a test.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Success,
    Failure,
    Error,
    Skipped,
}

impl Kind {
    /// What became of a case. What is wrong with the old one of two builds is said, and fails nothing.
    fn of_case(run: &Recording, case: &CaseResult) -> Self {
        let is_excused = run.result.upgrade.as_ref().is_some_and(|upgrade| upgrade.excuses(case));
        match Self::of(case.outcome) {
            Self::Failure | Self::Error if is_excused => Self::Skipped,
            kind => kind,
        }
    }

    fn of(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Passed => Self::Success,
            Outcome::Interrupted => Self::Skipped,
            Outcome::Failed => Self::Failure,
            Outcome::Errored | Outcome::Hung | Outcome::Inconclusive | Outcome::Infrastructure => Self::Error,
        }
    }

    fn element(self) -> Option<&'static str> {
        match self {
            Self::Success => None,
            Self::Failure => Some("failure"),
            Self::Error => Some("error"),
            Self::Skipped => Some("skipped"),
        }
    }
}

/// A length of time, to the millisecond.
fn seconds(seconds: f64) -> String {
    format!("{:.3}", if seconds.is_finite() { seconds.max(0.0) } else { 0.0 })
}

/// `text` without the characters that XML 1.0 has no way to write.
fn clean(text: &str) -> String {
    let is_char = |c: &char| matches!(c, '\t' | '\n' | '\r' | ' '..='\u{fffd}' | '\u{10000}'..);
    text.chars().filter(is_char).collect()
}

#[cfg(test)]
mod tests;
