//! A run as comma-separated values (RFC 4180), for spreadsheets and data frames: a line for each case, or a line for
//! each quantity in each second.

use std::collections::BTreeSet;

use super::chart::Point;
use super::csv::{new_writer, safe, written};
use super::error::ReportError;
use super::figures::outcome_reasons;
use super::series::{TimeSeries, link_rates, rates};
use precall_netem::Direction;
use precall_results::{CaseResult, CaseSeries, Metric, MetricValue, Recording, SubscriptionSample};

/// Returns the cases of a run, one line each. Columns of metrics are those that any case has; numbers are in the
/// metric's own unit: bit/s, seconds, a share of 1.
///
/// # Errors
///
/// When a value cannot be written, which is a fault of precall.
pub(super) fn cases_csv(run: &Recording) -> Result<String, ReportError> {
    let cases = &run.result.cases;
    let axes: BTreeSet<&str> = cases.iter().flat_map(|case| case.axes.keys().map(String::as_str)).collect();
    let has_value = |metric: &Metric| cases.iter().any(|case| case.metric(*metric).is_some());
    let metrics: Vec<Metric> = Metric::ALL.iter().copied().filter(has_value).collect();
    let fixed = ["scenario", "case", "outcome", "reason", "repeat", "attempts", "seconds", "seed", "sdk", "module"];
    let header = fixed.iter().map(|name| (*name).to_owned()).chain(axes.iter().map(|axis| format!("axis.{axis}")));
    let header = header.chain(metrics.iter().map(|metric| metric.as_str().to_owned()));
    let mut writer = new_writer();
    writer.write_record(header).map_err(ReportError::new)?;
    for case in cases {
        let reason = outcome_reasons(case).into_iter().next().unwrap_or_default();
        let fixed = [
            safe(&run.result.run.scenario),
            safe(&case.case),
            case.outcome.as_str().to_owned(),
            safe(&reason),
            case.repeat.map(|repeat| repeat.to_string()).unwrap_or_default(),
            case.attempts.len().to_string(),
            format!("{:.3}", case.duration_of_last_attempt().as_secs_f64()),
            case.network.seed.to_string(),
            safe(&case.sdk.version),
            safe(&case.module.version),
        ];
        let axes = axes.iter().map(|axis| case.axes.get(*axis).map(|value| safe(value)).unwrap_or_default());
        let metrics = metrics.iter().map(|metric| match case.metric(*metric) {
            Some(MetricValue::Boolean(value)) => value.to_string(),
            Some(MetricValue::Number(value)) => value.to_string(),
            Some(MetricValue::Text(value)) => safe(&value),
            None => String::new(),
        });
        writer.write_record(fixed.into_iter().chain(axes).chain(metrics)).map_err(ReportError::new)?;
    }
    written(writer)
}

/// Returns the time series of a run, a line for each quantity in each second: the case, the participant of a call and
/// the publisher that it receives (both empty for a network test), the time in seconds since the network was applied,
/// the quantity, its value and its unit.
///
/// # Errors
///
/// When a value cannot be written, which is a fault of precall.
pub(super) fn seconds_csv(run: &Recording) -> Result<String, ReportError> {
    let mut writer = new_writer();
    let header = ["case", "participant", "publisher", "seconds", "quantity", "value", "unit"];
    writer.write_record(header).map_err(ReportError::new)?;
    for case in &run.result.cases {
        let Some(series) = run.series.get(&case.case) else { continue };
        let mut rows = of_test(case, series);
        rows.extend(of_call(series));
        for Row { participant, publisher, quantity, unit, points } in rows {
            for (at, value) in points {
                let Some(value) = value else { continue };
                let (id, seconds, value) = (safe(&case.case), format!("{at:.3}"), value.to_string());
                let record = [&id, &safe(&participant), &safe(&publisher), &seconds, quantity, &value, unit];
                writer.write_record(record).map_err(ReportError::new)?;
            }
        }
    }
    written(writer)
}

/// A quantity over time.
struct Row {
    participant: String,
    publisher: String,
    quantity: &'static str,
    unit: &'static str,
    points: Vec<Point>,
}

fn of_test(case: &CaseResult, series: &CaseSeries) -> Vec<Row> {
    let all = TimeSeries::of(case, series);
    let rows: [(&'static str, &'static str, Vec<Point>); 14] = [
        ("received.bitrate", "bit/s", all.received),
        ("estimate", "bit/s", all.estimate),
        ("audio.packetLoss", "%", all.audio_loss),
        ("video.packetLoss", "%", all.video_loss),
        ("audio.mos", "", all.audio_mos),
        ("video.mos", "", all.video_mos),
        ("video.frameRate", "1/s", all.frame_rate),
        ("roundTripTime", "ms", all.round_trip_time),
        ("link.up.bitrate", "bit/s", all.link_up),
        ("link.down.bitrate", "bit/s", all.link_down),
        ("link.loss", "%", all.link_loss),
        ("link.delay", "ms", all.link_delay),
        ("host.cpuBusy", "%", all.host_busy),
        ("host.cpuPressure", "%", all.host_pressure),
    ];
    let row =
        |(quantity, unit, points)| Row { participant: String::new(), publisher: String::new(), quantity, unit, points };
    rows.into_iter().map(row).collect()
}

fn of_call(series: &CaseSeries) -> Vec<Row> {
    let mut rows = Vec::new();
    for (participant, publisher, stream, samples) in series.by_subscription() {
        type Counter = fn(&SubscriptionSample) -> Option<(f64, f64)>;
        let counters: [(&'static str, &'static str, Counter); 3] = [
            ("video.bitrate", "bit/s", |one| one.video.map(|it| (it.timestamp, it.bytes_received as f64 * 8.0))),
            ("audio.bitrate", "bit/s", |one| one.audio.map(|it| (it.timestamp, it.bytes_received as f64 * 8.0))),
            ("video.frameRate", "1/s", |one| one.video.map(|it| (it.timestamp, it.frames_decoded as f64))),
        ];
        for (quantity, unit, read) in counters {
            let points = rates(&samples, read);
            let (participant, publisher) = (participant.to_owned(), format!("{publisher} ({stream})"));
            rows.push(Row { participant, publisher, quantity, unit, points });
        }
    }
    let of_participant = |participant: &str, quantity, unit, points| Row {
        participant: participant.to_owned(),
        publisher: String::new(),
        quantity,
        unit,
        points,
    };
    for (participant, readings) in &series.participant_links {
        for (direction, quantity) in [(Direction::Up, "link.up.bitrate"), (Direction::Down, "link.down.bitrate")] {
            let points = link_rates(readings, direction);
            rows.push(of_participant(participant, quantity, "bit/s", points));
        }
    }
    for (participant, seconds) in &series.pages {
        let cpu = seconds.iter().map(|(at, page)| (*at, Some(page.cpu_ratio * 100.0))).collect();
        let heap = seconds.iter().map(|(at, page)| (*at, Some(page.heap_size as f64))).collect();
        rows.push(of_participant(participant, "page.cpu", "%", cpu));
        rows.push(of_participant(participant, "page.heapSize", "B", heap));
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::recorded;

    #[test]
    fn each_case_is_a_line_with_its_metrics() {
        let mut run = recorded();
        run.result.cases[0].sdk.version = "=HYPERLINK(\"x\")".to_owned();
        let text = cases_csv(&run).expect("written");
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        let header = reader.headers().expect("a header").clone();
        let column = |name: &str| header.iter().position(|known| known == name).expect("a column");
        let (id, outcome, sdk, bitrate) = (column("case"), column("outcome"), column("sdk"), column("video.bitrate"));
        let rows: Vec<_> = reader.records().map(|row| row.expect("a row")).collect();
        assert_eq!(rows.len(), run.result.cases.len());
        assert_eq!((&rows[0][id], &rows[0][outcome], &rows[0][sdk]), ("clean", "passed", "'=HYPERLINK(\"x\")"));
        assert!(rows[0][bitrate].parse::<f64>().is_ok_and(|bitrate| bitrate > 1e5), "{}", &rows[0][bitrate]);
    }

    #[test]
    fn each_quantity_in_each_second_is_a_line() {
        let text = seconds_csv(&recorded()).expect("written");
        let lines = |quantity: &str| text.lines().filter(|line| line.contains(&format!(",{quantity},"))).count();
        assert!(lines("link.up.bitrate") >= 28 && lines("received.bitrate") >= 28, "{text}");
        assert!(text.lines().nth(1).is_some_and(|line| line.starts_with("slow-lossy,,,")), "{text}");
    }
}
