//! Checks JUnit XML against its readers.

use std::collections::BTreeSet;
use std::time::Duration;

use quick_junit::Report;
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use super::*;
use crate::fixture::{recorded, with_rules};

#[test]
fn every_outcome_and_every_attempt() {
    insta::assert_snapshot!(junit(&recorded()).expect("written"));
}

#[test]
fn it_is_read_back() {
    let report = Report::deserialize_from_str(&junit(&recorded()).expect("written")).expect("JUnit");
    let suite = &report.test_suites[0];
    assert_eq!((suite.tests, suite.failures, suite.errors), (8, 1, 3));
}

/// The rule for an element: its name, its required attributes, its optional attributes, and its child elements.
type Rule = (&'static str, &'static [&'static str], &'static [&'static str], &'static [&'static str]);

/// The elements that Jenkins' xUnit plugin knows (`junit-10.xsd`, as far as precall writes them).
const XUNIT: [Rule; 15] = [
    ("testsuites", &[], &["name", "time", "tests", "failures", "errors"], &["testsuite"]),
    (
        "testsuite",
        &["name", "tests", "failures", "errors"],
        &["time", "skipped", "timestamp"],
        &["properties", "testcase", "system-out", "system-err"],
    ),
    ("properties", &[], &[], &["property"]),
    ("property", &["name", "value"], &[], &[]),
    ("testcase", &["name"], &["time", "classname"], IN_TESTCASE),
    ("skipped", &[], &["type", "message"], &[]),
    ("error", &[], &["type", "message"], &[]),
    ("failure", &[], &["type", "message"], &[]),
    ("rerunFailure", &["type"], &["message"], &[]),
    ("rerunError", &["type"], &["message"], &[]),
    ("flakyFailure", &["type"], &["message"], &[]),
    ("flakyError", &["type"], &["message"], &[]),
    ("system-out", &[], &[], &[]),
    ("system-err", &[], &[], &[]),
    ("", &[], &[], &["testsuites"]),
];

const IN_TESTCASE: &[&str] = &[
    "skipped",
    "error",
    "failure",
    "rerunFailure",
    "rerunError",
    "flakyFailure",
    "flakyError",
    "system-out",
    "system-err",
];

/// Returns everything that the plugin would reject.
fn refused(text: &str) -> Vec<String> {
    let mut reader = Reader::from_str(text);
    let (mut open, mut wrong) = (vec![String::new()], Vec::new());
    let mut check = |element: &BytesStart<'_>, parent: &str| -> String {
        let name = String::from_utf8_lossy(element.name().as_ref()).into_owned();
        let rule = |name: &str| XUNIT.iter().find(|(known, ..)| *known == name);
        if !rule(parent).is_some_and(|(.., inner)| inner.contains(&name.as_str())) {
            wrong.push(format!("<{name}> in <{parent}>"));
        }
        let has: BTreeSet<_> = element
            .attributes()
            .map(|attribute| String::from_utf8_lossy(attribute.expect("an attribute").key.as_ref()).into_owned())
            .collect();
        if let Some((_, needed, allowed, _)) = rule(&name) {
            let missing = needed.iter().filter(|needed| !has.contains(**needed));
            wrong.extend(missing.map(|missing| format!("<{name}> has no {missing}")));
            let other = has.iter().filter(|has| !needed.contains(&has.as_str()) && !allowed.contains(&has.as_str()));
            wrong.extend(other.map(|other| format!("<{name}> has {other}")));
        }
        name
    };
    loop {
        match reader.read_event().expect("XML") {
            Event::Start(element) => {
                let name = check(&element, open.last().map_or("", String::as_str));
                open.push(name);
            }
            Event::Empty(element) => drop(check(&element, open.last().map_or("", String::as_str))),
            Event::End(_) => drop(open.pop()),
            Event::Eof => return wrong,
            _ => {}
        }
    }
}

#[test]
fn the_xunit_plugin_of_jenkins_accepts_it() {
    let mut run = recorded();
    // Failures at earlier attempts, of a case that passed and of one that did not.
    let failed =
        Attempt { outcome: Outcome::Failed, reasons: vec!["missed".to_owned()], duration: Duration::from_secs(1) };
    let errored = Attempt { outcome: Outcome::Errored, ..failed.clone() };
    for case in &mut run.result.cases[..2] {
        case.attempts.splice(0..0, [failed.clone(), errored.clone()]);
    }
    let text = junit(&run).expect("written");
    for name in ["flakyFailure", "flakyError", "rerunFailure", "rerunError", "skipped", "system-err"] {
        assert!(text.contains(&format!("<{name}")), "{name} in {text}");
    }
    assert_eq!(refused(&text), Vec::<String>::new());
    // The check itself finds what the plugin rejected in earlier releases.
    let wrong = refused(
        "<testsuites skipped=\"1\"><testsuite name=\"a\"><testcase name=\"b\"><properties/></testcase></testsuite></testsuites>",
    );
    assert_eq!(wrong.len(), 5, "{wrong:?}");
}

#[test]
fn results_over_several_cases_are_tests_of_their_own() {
    let mut run = with_rules();
    let without = junit(&run).expect("written");
    run.result.cases.clear();
    run.result.run.cases.clear();
    let text = junit(&run).expect("written");
    insta::assert_snapshot!(text);
    assert_eq!(refused(&without), Vec::<String>::new());
    let report = Report::deserialize_from_str(&text).expect("JUnit");
    assert_eq!((report.test_suites[0].tests, report.test_suites[0].failures), (4, 1));
    run.result.run.invariants = precall_results::Level::Error;
    let report = Report::deserialize_from_str(&junit(&run).expect("written")).expect("JUnit");
    assert_eq!(report.test_suites[0].failures, 2, "where the scenario takes a broken rule for an error");
}

#[test]
fn a_busy_host_makes_no_case_flaky() {
    let mut run = recorded();
    let busy = "the host could not keep up: the camera gave 28.2 frames/s (at least 28.5)".to_owned();
    let case = &mut run.result.cases[0];
    case.attempts
        .insert(0, Attempt { outcome: Outcome::Inconclusive, reasons: vec![busy], duration: Duration::from_secs(80) });
    case.duration = Duration::from_millis(103_900);
    let (seconds, id) = (case.duration_of_last_attempt(), case.case.clone());
    run.result.cases.truncate(1);
    run.result.run.cases.truncate(1);
    let text = junit(&run).expect("written");
    assert!(!text.contains("flaky") && !text.contains("rerun"), "{text}");
    assert!(text.contains("measured again because the host was busy\nattempt 1: inconclusive: the host"), "{text}");
    assert!(
        text.contains(&format!("name=\"{id}\" classname=\"demo\" time=\"{:.3}\"", seconds.as_secs_f64())),
        "{text}"
    );
}

#[test]
fn characters_that_xml_cannot_represent_are_removed() {
    let mut run = recorded();
    run.result.cases[1].reasons = vec!["a\u{0}b\u{1b}[31m\u{ffff} <&> ]]> ü".to_owned()];
    let text = junit(&run).expect("written");
    assert!(text.contains("ab[31m &lt;&amp;&gt; ]]&gt; ü"), "{text}");
    assert!(Report::deserialize_from_str(&text).is_ok());
}

#[test]
fn tests_have_unique_names() {
    // GitLab treats two tests with the same class and name as one.
    let report = Report::deserialize_from_str(&junit(&recorded()).expect("written")).expect("JUnit");
    let cases = &report.test_suites[0].test_cases;
    let names: BTreeSet<_> =
        cases.iter().map(|case| (format!("{:?}", case.classname), format!("{:?}", case.name))).collect();
    assert_eq!(names.len(), cases.len());
}
