//! The statistics of peer connections in the format of a dump of `chrome://webrtc-internals`, for the viewers of such
//! dumps.
//!
//! Chromium defines the format by the page that writes it (`content/browser/resources/media`): a series for each member
//! of each statistics object, named `<id>-<member>`, with its values as a text of JSON. Viewers take the values of a
//! series for one second apart.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;

use super::error::ReportError;

/// The counters that also have a series of their change per second, with its name and the factor to its unit.
const RATES: [(&str, &str, f64); 6] = [
    ("bytesSent", "[bytesSent_in_bits/s]", 8.0),
    ("bytesReceived", "[bytesReceived_in_bits/s]", 8.0),
    ("packetsSent", "[packetsSent/s]", 1.0),
    ("packetsReceived", "[packetsReceived/s]", 1.0),
    ("framesEncoded", "[framesEncoded/s]", 1.0),
    ("framesDecoded", "[framesDecoded/s]", 1.0),
];
/// The most values of a series: a day.
const MOST_VALUES: usize = 86_400;

/// A report of one peer connection (`RTCStatsReport`).
#[derive(Debug, Clone, PartialEq)]
pub struct DumpedReport {
    /// The peer connection: unique in the dump.
    pub connection: String,
    /// The time of the report in seconds since 1970.
    pub seconds: f64,
    /// The same time in RFC 3339.
    pub time: String,
    /// The statistics objects, each with `id` and `type`.
    pub stats: Vec<Value>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Dump<'a> {
    get_user_media: [(); 0],
    #[serde(rename = "PeerConnections")]
    peer_connections: BTreeMap<&'a str, DumpedConnection<'a>>,
    #[serde(rename = "UserAgent")]
    user_agent: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct DumpedConnection<'a> {
    rtc_configuration: &'static str,
    constraints: &'static str,
    url: &'a str,
    update_log: [(); 0],
    stats: BTreeMap<String, WrittenSeries>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct WrittenSeries {
    start_time: String,
    end_time: String,
    stats_type: String,
    values: String,
}

/// The values of one member, one for each second from the first.
#[derive(Debug, Default)]
struct DumpedSeries {
    first: f64,
    start: String,
    end: String,
    kind: String,
    values: Vec<Value>,
}

impl DumpedSeries {
    /// Adds a value at its second. Seconds without a value have `null`.
    fn add(&mut self, report: &DumpedReport, kind: &str, value: Value) {
        if self.values.is_empty() {
            (self.first, self.start, self.kind) = (report.seconds, report.time.clone(), kind.to_owned());
        }
        let second = (report.seconds - self.first).round().max(0.0) as usize;
        if second >= MOST_VALUES {
            return;
        }
        self.end.clone_from(&report.time);
        if self.values.len() <= second {
            self.values.resize(second + 1, Value::Null);
        }
        self.values[second] = value;
    }

    fn written(self) -> WrittenSeries {
        let values = Value::Array(self.values).to_string();
        WrittenSeries { start_time: self.start, end_time: self.end, stats_type: self.kind, values }
    }
}

/// Returns a dump of these reports, which are in the order of their times. `user_agent` and `url` are what a viewer
/// shows as the browser and the page.
///
/// # Errors
///
/// When the dump is no JSON, which a text or a number always is.
pub fn webrtc_internals(user_agent: &str, url: &str, reports: &[DumpedReport]) -> Result<String, ReportError> {
    let mut connections: BTreeMap<&str, BTreeMap<String, DumpedSeries>> = BTreeMap::new();
    // The last value of each counter, and its time.
    let mut counters: BTreeMap<(&str, String), (f64, f64)> = BTreeMap::new();
    for report in reports {
        let series = connections.entry(&report.connection).or_default();
        for object in &report.stats {
            let (Some(id), Some(kind)) = (object["id"].as_str(), object["type"].as_str()) else { continue };
            for (member, value) in object.as_object().into_iter().flatten() {
                if member == "id" || member == "type" {
                    continue;
                }
                let name = format!("{id}-{member}");
                if let Some((_, rate, factor)) = RATES.iter().find(|(counter, ..)| counter == member)
                    && let Some(now) = value.as_f64()
                {
                    let last = counters.insert((&report.connection, name.clone()), (report.seconds, now));
                    let change = last.filter(|(at, _)| report.seconds > *at);
                    let change = change.map(|(at, before)| (now - before) / (report.seconds - at) * factor);
                    let change = change.map_or(Value::from(0), Value::from);
                    series.entry(format!("{id}-{rate}")).or_default().add(report, kind, change);
                }
                series.entry(name).or_default().add(report, kind, value.clone());
            }
        }
    }
    let written = |series: BTreeMap<String, DumpedSeries>| {
        series.into_iter().map(|(name, series)| (name, series.written())).collect()
    };
    let connections = connections.into_iter().map(|(name, series)| {
        let stats = written(series);
        (name, DumpedConnection { rtc_configuration: "", constraints: "", url, update_log: [], stats })
    });
    let dump = Dump { get_user_media: [], peer_connections: connections.collect(), user_agent };
    let text = serde_json::to_string_pretty(&dump).map_err(ReportError::new)?;
    Ok(text + "\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn report(connection: &str, seconds: f64, sent: u64) -> DumpedReport {
        DumpedReport {
            connection: connection.to_owned(),
            seconds,
            time: format!("2026-01-02T03:04:{seconds:06.3}Z"),
            stats: vec![
                json!({ "id": "OT01", "type": "outbound-rtp", "kind": "video", "bytesSent": sent }),
                json!({ "id": "no type" }),
                json!("no object"),
            ],
        }
    }

    #[test]
    fn each_member_has_a_series_and_each_counter_one_of_its_rate() {
        // A second without a report, and one that is late.
        let reports =
            [report("0-1", 1.0, 100), report("0-1", 2.1, 210), report("0-1", 4.1, 610), report("0-2", 2.0, 7)];
        insta::assert_snapshot!(webrtc_internals("Chromium 156", "precall: demo", &reports).expect("a dump"));
    }

    #[test]
    fn times_that_go_back_or_far_break_nothing() {
        let reports = [report("0-1", 5.0, 1), report("0-1", 1.0, 2), report("0-1", 1e9, 3), report("0-1", f64::NAN, 4)];
        let dump = webrtc_internals("", "", &reports).expect("a dump");
        assert!(dump.len() < 2000, "{dump}");
    }
}
