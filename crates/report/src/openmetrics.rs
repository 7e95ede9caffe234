//! OpenMetrics text (version 1.0) that is also valid in the older text format of Prometheus (0.0.4), for readers of
//! either: Pushgateway, the textfile collector of node_exporter, `promtool check metrics`.
//!
//! Both formats agree only on gauges: the older one does not know the types `info` and `stateset`, and the names of
//! counters differ.

use std::fmt::Write;

use super::gauges::{Family, Labels, gauges};
use precall_results::Recording;

/// Returns a run as OpenMetrics text. Its samples have no time, because Pushgateway and the textfile collector reject
/// times.
pub(super) fn openmetrics(run: &Recording) -> String {
    written(run, None)
}

/// Returns a run as OpenMetrics text with the end of the run as the time of each sample, which `promtool tsdb
/// create-blocks-from openmetrics` requires.
pub(super) fn backfill(run: &Recording) -> String {
    let started = run.result.run.started_at.parse::<jiff::Timestamp>().ok();
    written(run, started.map(|at| at.as_millisecond() as f64 / 1e3 + run.result.duration.as_secs_f64()))
}

fn written(run: &Recording, time: Option<f64>) -> String {
    let mut text = String::new();
    gauges(run).iter().for_each(|family| write_family(family, &mut text, time));
    text.push_str("# EOF\n");
    text
}

/// Writes a family. `time` is the time of every sample, in seconds since 1970.
fn write_family(family: &Family, text: &mut String, time: Option<f64>) {
    // Writing to a string cannot fail.
    let _ = writeln!(text, "# TYPE {} gauge", family.name);
    if let Some(unit) = family.unit {
        let _ = writeln!(text, "# UNIT {} {unit}", family.name);
    }
    let _ = writeln!(text, "# HELP {} {}", family.name, family.help);
    let time = time.map(|time| format!(" {time:.3}")).unwrap_or_default();
    for (labels, value) in &family.samples {
        let _ = writeln!(text, "{}{{{}}} {value}{time}", family.name, labels_text(labels));
    }
}

fn labels_text(labels: &Labels) -> String {
    labels.iter().map(|(name, value)| label(name, value)).collect::<Vec<_>>().join(",")
}

/// Returns `name="value"` with an escaped value.
fn label(name: &str, value: &str) -> String {
    let value = value.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n");
    format!("{name}=\"{value}\"")
}

#[cfg(test)]
mod tests;
