//! A run as a trace: a span for the run, and below it one for the last attempt at each case.

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::value::{boolean, count, nanoseconds, number, resource, scope, text, times};
use crate::error::ReportError;
use crate::figures::outcome_reasons;
use crate::test_results::TestResult;
use precall_results::{CaseResult, Metric, MetricValue, Outcome, Recording};
use precall_support::environment;

/// The variable with the span of the CI job, as W3C Trace Context writes it: the run becomes a part of that trace.
const PARENT: &str = "TRACEPARENT";

/// The status of a span that did what it should, and of one that did not.
const OK: u8 = 1;
const ERROR: u8 = 2;

/// Returns a run as a trace. The same run has the same ids each time, so that it can be sent again.
///
/// # Errors
///
/// When it cannot be written, which is a fault of precall.
pub(crate) fn otlp_traces(run: &Recording) -> Result<String, ReportError> {
    let parent = environment::text(PARENT);
    message(run, parent.as_deref().and_then(Parent::read))
}

/// The span that a run is a part of.
struct Parent {
    trace: String,
    span: String,
}

impl Parent {
    /// Reads `version-trace-span-flags`.
    fn read(text: &str) -> Option<Self> {
        let mut parts = text.trim().split('-');
        let (_, trace, span) = (parts.next()?, parts.next()?, parts.next()?);
        let is_id = |id: &str, length| {
            id.len() == length && id.bytes().all(|byte| byte.is_ascii_hexdigit()) && id.bytes().any(|byte| byte != b'0')
        };
        (is_id(trace, 32) && is_id(span, 16))
            .then(|| Self { trace: trace.to_ascii_lowercase(), span: span.to_ascii_lowercase() })
    }
}

fn message(run: &Recording, parent: Option<Parent>) -> Result<String, ReportError> {
    let plan = serde_json::to_string(&run.result.run).map_err(ReportError::new)?;
    let (trace, parent) = match parent {
        Some(Parent { trace, span }) => (trace, Some(span)),
        None => (id(&["trace", &plan], 16), None),
    };
    let of_run = id(&["run", &plan], 8);
    let spans = std::iter::once(run_span(run, &trace, &of_run, parent.as_deref()))
        .chain(run.result.cases.iter().map(|case| case_span(run, case, &trace, &of_run)));
    let message = json!({
        "resourceSpans": [{
            "resource": resource(run),
            "scopeSpans": [{ "scope": scope(run), "spans": spans.collect::<Vec<_>>() }],
        }],
    });
    serde_json::to_string_pretty(&message).map(|text| text + "\n").map_err(ReportError::new)
}

/// Returns an id of so many bytes that depends on these texts alone, in hex.
fn id(texts: &[&str], bytes: usize) -> String {
    let mut digest = Sha256::new();
    for text in texts {
        digest.update(text.as_bytes());
        digest.update([0]);
    }
    digest.finalize().iter().take(bytes).map(|byte| format!("{byte:02x}")).collect()
}

fn run_span(run: &Recording, trace: &str, of_run: &str, parent: Option<&str>) -> Value {
    let result = &run.result;
    let (began, ended) = times(result);
    let is_good = result.outcome == Outcome::Passed;
    let mut span = json!({
        "traceId": trace,
        "spanId": of_run,
        "name": result.run.scenario,
        "kind": 1,
        "startTimeUnixNano": nanoseconds(began),
        "endTimeUnixNano": nanoseconds(ended),
        "attributes": [
            text("test.suite.name", &result.run.scenario),
            text("test.suite.run.status", if is_good { "success" } else { "failure" }),
            text("precall.outcome", result.outcome.as_str()),
            count("precall.cases", result.cases.len()),
        ],
        "status": { "code": if is_good { OK } else { ERROR } },
    });
    if let Some(parent) = parent {
        span["parentSpanId"] = json!(parent);
    }
    span
}

fn case_span(run: &Recording, case: &CaseResult, trace: &str, of_run: &str) -> Value {
    let (began, ended) = times(&run.result);
    let duration = case.duration_of_last_attempt().as_secs_f64();
    // A run without the files of its cases does not know when they began.
    let started = run.series.get(&case.case).and_then(|series| series.began).unwrap_or((ended - duration).max(began));
    let is_good = TestResult::of_case(run, case) == TestResult::Success;
    let mut attributes = vec![
        text("test.case.name", &case.case),
        text("test.case.result.status", if is_good { "pass" } else { "fail" }),
        text("precall.outcome", case.outcome.as_str()),
        count("precall.attempts", case.attempts.len()),
    ];
    let builds = [("precall.sdk.version", &case.sdk.version), ("precall.module.version", &case.module.version)];
    attributes.extend(builds.iter().filter(|(_, value)| !value.is_empty()).map(|(key, value)| text(key, *value)));
    attributes.extend(case.axes.iter().map(|(axis, value)| text(&format!("precall.axis.{axis}"), value)));
    attributes.extend(Metric::ALL.iter().filter_map(|metric| {
        let key = format!("precall.{}", metric.as_str());
        Some(match case.metric(*metric)? {
            MetricValue::Boolean(value) => boolean(&key, value),
            MetricValue::Number(value) => number(&key, value),
            MetricValue::Text(value) => text(&key, value),
        })
    }));
    let status = match is_good {
        true => json!({ "code": OK }),
        false => json!({ "code": ERROR, "message": outcome_reasons(case).join("\n") }),
    };
    json!({
        "traceId": trace,
        "spanId": id(&[of_run, &case.case], 8),
        "parentSpanId": of_run,
        "name": case.case,
        "kind": 1,
        "startTimeUnixNano": nanoseconds(started),
        "endTimeUnixNano": nanoseconds(started + duration),
        "attributes": attributes,
        "status": status,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::recorded;

    fn spans(parent: Option<Parent>) -> Vec<Value> {
        let text = message(&recorded(), parent).expect("written");
        let message: Value = serde_json::from_str(&text).expect("JSON");
        message.pointer("/resourceSpans/0/scopeSpans/0/spans").and_then(Value::as_array).expect("spans").clone()
    }

    #[test]
    fn each_case_is_a_span_below_the_run() {
        let spans = spans(None);
        let (run, cases) = spans.split_first().expect("a run");
        assert_eq!(cases.len(), recorded().result.cases.len());
        assert!(cases.iter().all(|case| case["parentSpanId"] == run["spanId"] && case["traceId"] == run["traceId"]));
        let mut shown = run.clone();
        shown["first"] = cases[0].clone();
        shown["first"]["attributes"].as_array_mut().expect("attributes").truncate(8);
        insta::assert_snapshot!(format!("{shown:#}"));
    }

    #[test]
    fn a_run_is_part_of_the_trace_of_its_job() {
        let given = "00-0AF7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
        let of_job = &spans(Parent::read(given))[0];
        assert_eq!(of_job["traceId"], "0af7651916cd43dd8448eb211c80319c");
        assert_eq!(of_job["parentSpanId"], "b7ad6b7169203331");
        let none = ["", "00-1-2-01", "00-00000000000000000000000000000000-b7ad6b7169203331-01"];
        assert!(none.iter().all(|text| Parent::read(text).is_none()));
    }
}
