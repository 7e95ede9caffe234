//! The parts that all messages of OTLP have: attributes, times, and what sent them.

use jiff::Timestamp;
use serde_json::{Value, json};

use precall_results::{Recording, RunResult};

/// Returns an attribute with a text.
pub(super) fn text(key: &str, value: impl Into<String>) -> Value {
    json!({ "key": key, "value": { "stringValue": value.into() } })
}

/// Returns an attribute with a number.
pub(super) fn number(key: &str, value: f64) -> Value {
    json!({ "key": key, "value": { "doubleValue": value } })
}

/// Returns an attribute with a count.
pub(super) fn count(key: &str, value: usize) -> Value {
    json!({ "key": key, "value": { "intValue": value.to_string() } })
}

/// Returns an attribute with a truth value.
pub(super) fn boolean(key: &str, value: bool) -> Value {
    json!({ "key": key, "value": { "boolValue": value } })
}

/// Returns a time in seconds since 1970 as nanoseconds. OTLP writes 64-bit integers as text, since a number in JSON
/// does not hold them.
pub(super) fn nanoseconds(seconds: f64) -> Value {
    // To the millisecond, as the times in a recording are.
    let milliseconds = (seconds.max(0.0) * 1e3).round() as u64;
    json!(milliseconds.saturating_mul(1_000_000).to_string())
}

/// Returns when a run began and ended, in seconds since 1970.
pub(super) fn times(result: &RunResult) -> (f64, f64) {
    let began = result.run.started_at.parse::<Timestamp>().map_or(0.0, |at| at.as_millisecond() as f64 / 1e3);
    (began, began + result.duration.as_secs_f64())
}

/// Returns the resource: precall, and the host that the run depends on.
pub(super) fn resource(run: &Recording) -> Value {
    let environment = &run.result.run.environment;
    let mut attributes = vec![
        text("service.name", "precall"),
        text("service.version", &environment.precall),
        text("os.description", &environment.os),
        text("precall.browser", &environment.browser),
    ];
    attributes.extend(environment.branch.as_ref().map(|branch| text("vcs.ref.head.name", branch)));
    json!({ "attributes": attributes })
}

/// Returns the scope of every span and metric.
pub(super) fn scope(run: &Recording) -> Value {
    json!({ "name": "precall", "version": run.result.run.environment.precall })
}
