//! JUnit XML, for CI servers.
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
//! For a run that compares two builds, the first test case is the verdict on the new build, and its name is the
//! verdict's sentence.
//!
//! For a case that did not pass, the last attempt counts, and earlier ones that failed are `rerunFailure` or
//! `rerunError`. An attempt that says nothing about the SDK, for example on a busy host, does not make a case flaky and
//! is listed in `system-out`.
//!
//! There is no single JUnit format. This file has only what every reader accepts: Jenkins' `junit` step, its xUnit
//! plugin (which rejects any attribute or element that is not in its schema, `junit-10.xsd`), GitLab (which identifies
//! tests by `classname` and `name`) and GitHub's actions. A test case therefore has no `properties` and no
//! `assertions`, and its `system-out` lists the versions that ran.

use std::io;
use std::time::Duration;

use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesText, Event};

use super::ReportError;
use super::figures::{finding, missed, not_run, outcome_reasons, reported_misses};
use super::joint_results::{JointResult, joint_results};
use super::test_results::{TestResult, is_failure};
use precall_results::Outcome;
use precall_results::{Attempt, CaseResult, Recording, Upgrade};

/// The largest number of console lines of a case.
const MAX_CONSOLE: usize = 50;

/// The XML writer. Writing to memory does not fail.
type Xml = Writer<Vec<u8>>;

/// Returns a run as JUnit XML: one suite with a test case for each case.
pub(super) fn junit(run: &Recording) -> Result<String, ReportError> {
    let mut xml = Writer::new_with_indent(Vec::new(), b' ', 4);
    write(&mut xml, run).map_err(ReportError::new)?;
    String::from_utf8(xml.into_inner()).map(|text| text + "\n").map_err(ReportError::new)
}

fn write(xml: &mut Xml, run: &Recording) -> io::Result<()> {
    let result = &run.result;
    let (not_run, across) = (not_run(result), joint_results(result));
    let verdict = result.upgrade.as_ref().map(|_| TestResult::of(result.outcome));
    let cases = result.cases.iter().map(|case| TestResult::of_case(run, case));
    let together = across.iter().map(|one| if one.fails_the_run() { TestResult::Failure } else { TestResult::Success });
    let results: Vec<TestResult> = verdict.into_iter().chain(cases).chain(together).collect();
    let count = |kind: TestResult| results.iter().filter(|known| **known == kind).count();
    let tests = (results.len() + not_run.len()).to_string();
    let (failures, errors) = (count(TestResult::Failure).to_string(), count(TestResult::Error).to_string());
    let skipped = (count(TestResult::Skipped) + not_run.len()).to_string();
    let time = seconds(result.duration);
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
                across.iter().try_for_each(|one| joint_test(xml, run, one))?;
                not_run.iter().try_for_each(|id| {
                    test(xml, run, id, None, |xml| {
                        let attributes =
                            Attributes { kind: "not-run", message: "the run ended before this case began" };
                        element(xml, "skipped", &attributes, "")
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

/// Writes a test case with the elements that `inner` writes.
fn test(
    xml: &mut Xml,
    run: &Recording,
    id: &str,
    time: Option<Duration>,
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

/// Writes the verdict on the new build as a test case, with its sentence as the name.
fn verdict_case(xml: &mut Xml, run: &Recording, upgrade: &Upgrade) -> io::Result<()> {
    test(xml, run, &upgrade.sentence, None, |xml| match TestResult::of(run.result.outcome).element() {
        Some(name) => element(xml, name, &Attributes { kind: upgrade.answer.as_str(), message: &upgrade.sentence }, ""),
        None => Ok(()),
    })
}

fn test_case(xml: &mut Xml, run: &Recording, case: &CaseResult) -> io::Result<()> {
    let why = outcome_reasons(case);
    test(xml, run, &case.case, Some(case.duration_of_last_attempt()), |xml| {
        let kind = TestResult::of_case(run, case);
        if let Some(name) = kind.element() {
            let message = why.first().map_or(case.outcome.as_str(), String::as_str);
            element(xml, name, &Attributes { kind: case.outcome.as_str(), message }, &description(case, &why))?;
        }
        if kind != TestResult::Skipped {
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

/// Writes a test case for a result over several cases. Without it, a run that failed only because of such a result
/// would look green.
fn joint_test(xml: &mut Xml, run: &Recording, one: &JointResult<'_>) -> io::Result<()> {
    test(xml, run, &one.id(), None, |xml| {
        if one.fails_the_run() {
            let place = one.source.map(|source| format!(" ({source})")).unwrap_or_default();
            return element(
                xml,
                "failure",
                &Attributes { kind: "failed", message: &one.text },
                &format!("{}{place}", one.text),
            );
        }
        text(xml, "system-out", &one.text)
    })
}

/// Returns the versions that ran, the findings, the warnings, and the reason for repeated attempts, one a line.
fn about(case: &CaseResult) -> String {
    let builds = [("sdk", case.sdk.version.clone()), ("module", case.module.version.clone())];
    let facts = builds.into_iter().chain([("seed", case.network.seed.to_string())]);
    let is_other = |axis: &(&String, &String)| !["sdk", "module"].contains(&axis.0.as_str());
    let axes = case.axes.iter();
    let lines = facts.map(|(name, value)| format!("{name}: {value}"));
    let lines = lines.chain(axes.filter(is_other).map(|(axis, value)| format!("{axis}: {value}")));
    let lines = lines.chain(case.findings.iter().map(finding));
    // A reason for a failure is in the failure element instead.
    let warnings = reported_misses(case).filter(|checked| !checked.fails_its_case());
    let lines = lines.chain(warnings.map(|checked| missed(checked, Some(case))));
    let again = case.measured_again().map(|why| why.as_str().to_owned());
    let earlier = case.attempts.split_last().map_or(&[][..], |(_, earlier)| earlier);
    let attempts = earlier.iter().enumerate().filter(|(_, attempt)| !is_failure(attempt)).map(|(index, attempt)| {
        format!("attempt {}: {}: {}", index + 1, attempt.outcome.as_str(), attempt.reasons.join("; "))
    });
    lines.chain(again).chain(attempts).collect::<Vec<_>>().join("\n")
}

/// Returns all reasons why a case did not pass, with their places in the scenario.
fn description(case: &CaseResult, why: &[String]) -> String {
    let places = reported_misses(case)
        .filter(|checked| checked.fails_its_case())
        .map(|checked| format!("{} ({})", missed(checked, Some(case)), checked.expectation.source));
    let lines: Vec<_> = case.reasons.iter().cloned().chain(places).collect();
    if lines.is_empty() { why.join("\n") } else { lines.join("\n") }
}

/// The attributes of an element for a test that did not pass.
struct Attributes<'a> {
    kind: &'a str,
    message: &'a str,
}

fn rerun(xml: &mut Xml, attempt: &Attempt, outcome: Outcome) -> io::Result<()> {
    let name = match (outcome == Outcome::Passed, TestResult::of(attempt.outcome)) {
        (true, TestResult::Failure) => "flakyFailure",
        (true, _) => "flakyError",
        (false, TestResult::Failure) => "rerunFailure",
        (false, _) => "rerunError",
    };
    let kind = attempt.outcome.as_str();
    let message = attempt.reasons.first().map_or(kind, String::as_str);
    element(xml, name, &Attributes { kind, message }, &attempt.reasons.join("\n"))
}

fn element(xml: &mut Xml, name: &str, attributes: &Attributes<'_>, description: &str) -> io::Result<()> {
    let message = clean(attributes.message);
    let element = xml.create_element(name).with_attributes([("message", message.as_str()), ("type", attributes.kind)]);
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

impl TestResult {
    /// Returns the element of a test that did not pass.
    fn element(self) -> Option<&'static str> {
        match self {
            Self::Success => None,
            Self::Failure => Some("failure"),
            Self::Error => Some("error"),
            Self::Skipped => Some("skipped"),
        }
    }
}

/// Formats a duration in seconds, to the millisecond.
fn seconds(time: Duration) -> String {
    format!("{:.3}", time.as_secs_f64())
}

/// Removes the characters that XML 1.0 cannot represent.
fn clean(text: &str) -> String {
    let is_char = |c: &char| matches!(c, '\t' | '\n' | '\r' | ' '..='\u{fffd}' | '\u{10000}'..);
    text.chars().filter(is_char).collect()
}

#[cfg(test)]
mod tests;
