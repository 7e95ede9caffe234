//! The figures of a run as gauges of OTLP, under the names that they have in OpenMetrics.

use serde_json::{Value, json};

use super::value::{nanoseconds, resource, scope, text, times};
use crate::error::ReportError;
use crate::gauges::{Family, gauges};
use precall_results::Recording;

/// Returns the figures of a run. The time of each is the end of the run.
///
/// # Errors
///
/// When it cannot be written, which is a fault of precall.
pub(crate) fn otlp_metrics(run: &Recording) -> Result<String, ReportError> {
    let (_, ended) = times(&run.result);
    let metrics: Vec<_> = gauges(run).iter().map(|family| metric(family, ended)).collect();
    let message = json!({
        "resourceMetrics": [{
            "resource": resource(run),
            "scopeMetrics": [{ "scope": scope(run), "metrics": metrics }],
        }],
    });
    serde_json::to_string_pretty(&message).map(|text| text + "\n").map_err(ReportError::new)
}

fn metric(family: &Family, ended: f64) -> Value {
    let points = family.samples.iter().map(|(labels, value)| {
        let attributes: Vec<_> = labels.iter().map(|(name, value)| text(name, value)).collect();
        json!({ "attributes": attributes, "timeUnixNano": nanoseconds(ended), "asDouble": value })
    });
    json!({
        "name": family.name,
        "description": family.help,
        "unit": family.unit.map_or("1", ucum),
        "gauge": { "dataPoints": points.collect::<Vec<_>>() },
    })
}

/// Returns a unit of Prometheus in the notation of UCUM, which OpenTelemetry asks for.
fn ucum(unit: &str) -> &str {
    match unit {
        "seconds" => "s",
        "bytes" => "By",
        "bytes_per_second" => "By/s",
        "packets" => "{packet}",
        "pixels" => "{pixel}",
        "hertz" => "Hz",
        "ratio" => "1",
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::recorded;
    use precall_results::Metric;

    #[test]
    fn every_gauge_is_there_with_the_labels_of_its_case() {
        let message: Value = serde_json::from_str(&otlp_metrics(&recorded()).expect("written")).expect("JSON");
        let metrics = message.pointer("/resourceMetrics/0/scopeMetrics/0/metrics").and_then(Value::as_array);
        let metrics = metrics.expect("metrics");
        assert_eq!(metrics.len(), gauges(&recorded()).len());
        let bitrate = metrics.iter().find(|metric| metric["name"] == "precall_video_bytes_per_second");
        let mut bitrate = bitrate.expect("the bitrate of video").clone();
        bitrate["gauge"]["dataPoints"].as_array_mut().expect("points").truncate(2);
        insta::assert_snapshot!(format!("{bitrate:#}"));
    }

    #[test]
    fn every_unit_has_a_notation() {
        for gauge in Metric::ALL.iter().filter_map(|metric| metric.row().gauge) {
            let unit = gauge.unit.unwrap_or("ratio");
            assert!(unit != ucum(unit), "{unit} of {}", gauge.name);
        }
    }
}
