//! CTRF (Common Test Report Format), for the reporters and dashboards that read it.
//!
//! A case that could not be measured is `failed`, with its outcome as the raw status: readers take `other` for
//! harmless. Metrics are in `extra`, under their names.

use serde_json::{Map, Value, json};

use super::error::ReportError;
use super::test_results::{ReportedTest, TestResult, is_failure, reported_tests};
use precall_results::{CaseResult, Metric, MetricValue, Outcome, Recording};

/// The version of the format.
const SPEC_VERSION: &str = "0.0.0";

/// Returns a run as CTRF.
///
/// # Errors
///
/// When it cannot be written, which is a fault of precall.
pub(super) fn ctrf(run: &Recording) -> Result<String, ReportError> {
    let result = &run.result;
    let tests = reported_tests(run);
    let count = |kinds: &[TestResult]| tests.iter().filter(|test| kinds.contains(&test.result)).count();
    let start = result.run.started_at.parse::<jiff::Timestamp>().map_or(0, jiff::Timestamp::as_millisecond);
    let duration = i64::try_from(result.duration.as_millis()).unwrap_or(i64::MAX);
    let environment = &result.run.environment;
    let report = json!({
        "reportFormat": "CTRF",
        "specVersion": SPEC_VERSION,
        "generatedBy": format!("precall {}", environment.precall),
        "results": {
            "tool": { "name": "precall", "version": environment.precall },
            "summary": {
                "tests": tests.len(),
                "passed": count(&[TestResult::Success]),
                "failed": count(&[TestResult::Failure, TestResult::Error]),
                "skipped": count(&[TestResult::Skipped]),
                "pending": 0,
                "other": 0,
                "flaky": result.cases.iter().filter(|case| is_flaky(case)).count(),
                "start": start,
                "stop": start.saturating_add(duration),
                "duration": duration,
            },
            "tests": tests.iter().map(|test| of_test(run, test)).collect::<Vec<_>>(),
            "environment": {
                "osPlatform": environment.os,
                "extra": { "browser": environment.browser },
            },
        },
    });
    serde_json::to_string_pretty(&report).map(|text| text + "\n").map_err(ReportError::new)
}

fn of_test(run: &Recording, test: &ReportedTest<'_>) -> Value {
    let status = match test.result {
        TestResult::Success => "passed",
        TestResult::Failure | TestResult::Error => "failed",
        TestResult::Skipped => "skipped",
    };
    let mut value = Map::new();
    let mut set = |key: &str, member: Value| value.insert(key.to_owned(), member);
    set("name", json!(test.name));
    set("status", json!(status));
    set("duration", json!(test.duration.map_or(0, |time| u64::try_from(time.as_millis()).unwrap_or(u64::MAX))));
    set("suite", json!([run.result.run.scenario]));
    if let Some(first) = test.reasons.first() {
        set("message", json!(first));
        set("trace", json!(test.reasons.join("\n")));
    }
    if let Some(case) = test.case {
        set("rawStatus", json!(case.outcome.as_str()));
        set("retries", json!(case.attempts.len().saturating_sub(1)));
        set("flaky", json!(is_flaky(case)));
        let builds = [("sdk", &case.sdk.version), ("module", &case.module.version)];
        let builds = builds.into_iter().filter(|(_, version)| !version.is_empty());
        let builds = builds.map(|(name, version)| (name.to_owned(), json!(version)));
        let axes = case.axes.iter().map(|(axis, value)| (axis.clone(), json!(value)));
        set("labels", Value::Object(builds.chain(axes).collect()));
        let metrics = Metric::ALL.iter().filter_map(|metric| {
            let value = match case.metric(*metric)? {
                MetricValue::Boolean(value) => json!(value),
                MetricValue::Number(value) => json!(value),
                MetricValue::Text(value) => json!(value),
            };
            Some((metric.as_str().to_owned(), value))
        });
        set("extra", json!({ "metrics": metrics.collect::<Map<_, _>>() }));
    }
    Value::Object(value)
}

/// Whether a case passed after an attempt that is evidence against the SDK or the module.
fn is_flaky(case: &CaseResult) -> bool {
    case.outcome == Outcome::Passed && case.attempts.iter().any(is_failure)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::with_rules;

    #[test]
    fn run_is_ctrf() {
        let report: Value = serde_json::from_str(&ctrf(&with_rules()).expect("written")).expect("JSON");
        let summary = &report["results"]["summary"];
        let statuses = report["results"]["tests"].as_array().expect("tests").iter();
        let statuses = statuses.map(|test| {
            let text = |key: &str| test[key].as_str().unwrap_or_default().to_owned();
            format!("{} ({}): {}", text("status"), text("rawStatus"), text("name"))
        });
        let text = format!("{summary:#}\n{}", statuses.collect::<Vec<_>>().join("\n"));
        insta::assert_snapshot!(text);
        assert!(report["results"]["tests"][0]["extra"]["metrics"]["video.bitrate"].is_number());
    }
}
