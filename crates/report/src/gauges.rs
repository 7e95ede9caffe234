//! The figures of a run as gauges: what OpenMetrics and OpenTelemetry are written from.
//!
//! All figures belong to one finished run, so no counter is needed. Each case is a label, so that a dashboard can
//! follow it from run to run. Figures that a case does not have are absent.

use crate::figures::{OUTCOMES, not_run};
use precall_netem::LinkCounters;
use precall_results::{CaseResult, Recording, RunResult};
use precall_results::{IpVersion, Metric};

/// The labels of a sample: name and value, each name once.
pub(super) type Labels = Vec<(&'static str, String)>;

/// A gauge with its samples.
pub(super) struct Family {
    pub name: &'static str,
    /// The last part of the name, if it is a unit.
    pub unit: Option<&'static str>,
    pub help: &'static str,
    /// Finite values only.
    pub samples: Vec<(Labels, f64)>,
}

impl Family {
    fn new(name: &'static str, unit: Option<&'static str>, help: &'static str) -> Self {
        Self { name, unit, help, samples: Vec::new() }
    }

    /// Adds a sample, unless the value is absent or not finite.
    fn add(&mut self, labels: &Labels, value: Option<f64>) {
        self.samples.extend(value.filter(|value| value.is_finite()).map(|value| (labels.clone(), value)));
    }
}

/// Reads the value of a gauge from a case.
type GaugeValue = fn(&CaseResult) -> Option<f64>;

/// The gauges with one sample for each case that are not metrics: name, unit, help and value.
const GAUGES: [(&str, Option<&str>, &str, GaugeValue); 4] = [
    ("precall_case_attempts", None, "Attempts at the case.", |case| Some(case.attempts.len() as f64)),
    ("precall_case_findings", None, "Findings besides the expectations.", |case| Some(case.findings.len() as f64)),
    (
        "precall_video_recommended_width_pixels",
        Some("pixels"),
        "Width of the resolution that was recommended; 0 for no video.",
        |case| width(case),
    ),
    ("precall_host_cpu_busy_ratio", Some("ratio"), "Share of the CPUs' time that was used.", |case| {
        Some(case.host.as_ref()?.cpu_busy?.get())
    }),
];

/// Reads the value of a gauge from the counters of a link.
type LinkCount = fn(&LinkCounters) -> u64;

/// The gauges with one sample for each direction of a case's network: the final counters of its link.
const COUNTERS: [(&str, &str, &str, LinkCount); 3] = [
    ("precall_link_in_packets", "packets", "Packets that entered the link.", |link| link.packets_in),
    ("precall_link_dropped_packets", "packets", "Packets that the link dropped.", LinkCounters::packets_dropped),
    (
        "precall_link_out_bytes",
        "bytes",
        "Bytes on the wire: what left the link in the whole case, UDP payload with RTP headers, repairs and feedback.",
        |link| link.bytes_out,
    ),
];

/// Returns the gauges of a run; those without a sample are left out.
pub(super) fn gauges(run: &Recording) -> Vec<Family> {
    let result = &run.result;
    let scenario: Labels = vec![("scenario", result.run.scenario.clone())];
    let mut families = Vec::new();
    let mut info = Family::new("precall_run_info", None, "What ran, and where; always 1.");
    let environment = &result.run.environment;
    let about = [("precall", &environment.precall), ("browser", &environment.browser), ("os", &environment.os)];
    info.add(&with(&scenario, about.map(|(name, value)| (name, value.clone()))), Some(1.0));
    families.push(info);
    let mut duration =
        Family::new("precall_run_duration_seconds", Some("seconds"), "How long the run took, by the clock.");
    duration.add(&scenario, Some(result.duration.as_secs_f64()));
    families.push(duration);
    let mut started = Family::new("precall_run_start_time_seconds", Some("seconds"), "When the run began.");
    let at = result.run.started_at.parse::<jiff::Timestamp>().ok();
    started.add(&scenario, at.map(|at| at.as_millisecond() as f64 / 1e3));
    families.push(started);
    let mut missing = Family::new("precall_run_cases_not_run", None, "Planned cases that did not end.");
    missing.add(&scenario, Some(not_run(result).len() as f64));
    families.push(missing);

    let labels: Vec<_> = result.cases.iter().map(|case| of_case(&scenario, case)).collect();
    let mut outcome = Family::new("precall_case_outcome", None, "1 for what became of the case, 0 for what did not.");
    for (case, labels) in result.cases.iter().zip(&labels) {
        for one in OUTCOMES {
            outcome.add(
                &with(labels, [("outcome", one.as_str().to_owned())]),
                Some(if case.outcome == one { 1.0 } else { 0.0 }),
            );
        }
    }
    families.push(outcome);
    families.push(media(result, &labels));
    for metric in Metric::ALL.iter().copied() {
        let Some(gauge) = metric.row().gauge else { continue };
        let mut family = Family::new(gauge.name, gauge.unit, gauge.help);
        for (case, labels) in result.cases.iter().zip(&labels) {
            let value = case.metric(metric).and_then(|value| value.number());
            family.add(labels, value.map(|value| value * gauge.factor));
        }
        families.push(family);
    }
    for (name, unit, help, figure) in GAUGES {
        let mut family = Family::new(name, unit, help);
        result.cases.iter().zip(&labels).for_each(|(case, labels)| family.add(labels, figure(case)));
        families.push(family);
    }
    for (name, unit, help, figure) in COUNTERS {
        let mut family = Family::new(name, Some(unit), help);
        for (case, labels) in result.cases.iter().zip(&labels) {
            for (direction, link) in [("up", &case.network.counters.up), ("down", &case.network.counters.down)] {
                let labels = with(labels, [("direction", direction.to_owned())]);
                family.add(&labels, case.network.applied.then(|| figure(link) as f64));
            }
        }
        families.push(family);
    }
    families.retain(|family| !family.samples.is_empty());
    families
}

/// Returns the labels that identify a case.
fn of_case(scenario: &Labels, case: &CaseResult) -> Labels {
    let of_case = [("case", &case.case), ("sdk", &case.sdk.version), ("module", &case.module.version)];
    with(scenario, of_case.map(|(name, value)| (name, value.clone())))
}

fn with(labels: &Labels, further: impl IntoIterator<Item = (&'static str, String)>) -> Labels {
    labels.iter().cloned().chain(further).collect()
}

/// Returns the route and codecs of media as labels. The route is the last one, and the value is 1.
fn media(result: &RunResult, labels: &[Labels]) -> Family {
    let mut family = Family::new("precall_case_media", None, "How media travelled, in labels; always 1.");
    for (case, labels) in result.cases.iter().zip(labels) {
        for (direction, way) in case.media.iter().flat_map(|media| media.directions()) {
            let route = way.route();
            let known = [
                ("transport", route.map(|route| route.transport.as_str())),
                ("candidate_type", route.map(|route| route.candidate_type().as_str())),
                ("ip_version", route.and_then(|route| route.ip_version).map(IpVersion::as_str)),
                ("audio_codec", way.audio_codec.as_deref()),
                ("video_codec", way.video_codec.as_deref()),
            ];
            let known = known.into_iter().filter_map(|(name, value)| Some((name, value?.to_owned())));
            let all = [("direction", direction.to_owned())].into_iter().chain(known);
            family.add(&with(labels, all), Some(1.0));
        }
    }
    family
}

/// Returns the recommended width in pixels.
fn width(case: &CaseResult) -> Option<f64> {
    let video = &case.measured.quality.as_ref()?.video;
    match &video.recommended_resolution {
        Some(resolution) => resolution.split_once('x')?.0.parse().ok(),
        None => Some(0.0),
    }
}
