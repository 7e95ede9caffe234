//! How media travelled: transport, ICE candidates, codecs and layers as text.

use serde::Serialize;

use super::format::{NONE, or_none};
use precall_results::CaseResult;
use precall_results::{MediaDirection, MediaRoute};

/// The columns of a table, after the column of the case.
pub(super) const COLUMNS: [&str; 6] = ["direction", "transport", "candidates", "IP", "audio", "video"];

/// One direction of a case's media as text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct MediaRow {
    pub direction: &'static str,
    /// The transport as `udp`. Several are in the order of their first use: `udp, then tcp`.
    pub transport: String,
    /// The ICE candidate types of both ends: `host to host`.
    pub candidates: String,
    pub ip_version: String,
    pub audio: String,
    /// Codec, layers and frame sizes: `vp8, 3 layers, 320x180 to 1280x720`.
    pub video: String,
}

impl MediaRow {
    /// Returns the directions of a case. Empty if nothing is known.
    pub(crate) fn of(case: &CaseResult) -> Vec<Self> {
        let directions = case.media.iter().flat_map(|media| media.directions());
        directions.map(|(direction, way)| Self::new(direction, way)).collect()
    }

    fn new(direction: &'static str, way: &MediaDirection) -> Self {
        Self {
            direction,
            transport: over_time(way, |route| route.transport.as_str().to_owned()),
            candidates: over_time(way, |route| {
                format!("{} to {}", route.local_candidate.as_str(), route.remote_candidate.as_str())
            }),
            ip_version: over_time(way, |route| or_none(route.ip_version, |version| version.as_str().to_owned())),
            audio: or_none(way.audio_codec.clone(), |codec| codec),
            video: video(way),
        }
    }

    /// Returns the texts in the order of [`COLUMNS`].
    pub(crate) fn cells(self) -> [String; 6] {
        [self.direction.to_owned(), self.transport, self.candidates, self.ip_version, self.audio, self.video]
    }
}

/// Returns a text for each route in the order of use, without consecutive duplicates.
fn over_time(way: &MediaDirection, say: impl Fn(&MediaRoute) -> String) -> String {
    let mut said: Vec<_> = way.routes.iter().map(say).collect();
    said.dedup();
    if said.is_empty() { NONE.to_owned() } else { said.join(", then ") }
}

fn video(way: &MediaDirection) -> String {
    let Some(codec) = &way.video_codec else { return NONE.to_owned() };
    let layers = way.video_layers.filter(|layers| *layers > 1).map(|layers| format!("{layers} layers"));
    let sizes = way.smallest_frame.zip(way.largest_frame).map(|(smallest, largest)| match smallest == largest {
        true => smallest.to_string(),
        false => format!("{smallest} to {largest}"),
    });
    // `L1T1` is a single layer, so it is not mentioned.
    let mode = way.scalability_mode.clone().filter(|mode| mode != "L1T1");
    [Some(codec.clone()), layers, mode, sizes].into_iter().flatten().collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
pub(super) fn sample() -> precall_results::MediaTravel {
    serde_json::from_value(serde_json::json!({
        "up": {
            "routes": [
                { "transport": "udp", "localCandidate": "host", "remoteCandidate": "host", "ipVersion": "ipv4" },
                { "transport": "tls", "localCandidate": "relay", "remoteCandidate": "host", "ipVersion": "ipv4" },
            ],
            "audioCodec": "opus", "videoCodec": "vp8", "videoLayers": 3, "scalabilityMode": "L1T2",
            "smallestFrame": "320x180", "largestFrame": "1280x720",
        },
        "down": {
            "routes": [{ "transport": "udp", "localCandidate": "prflx", "remoteCandidate": "host" }],
            "audioCodec": "opus",
        },
    }))
    .expect("how media travelled")
}

#[cfg(test)]
mod tests {
    use super::*;
    use precall_results::RunResult;

    #[test]
    fn both_directions_are_described() {
        let run: RunResult =
            serde_json::from_str(include_str!("../../../tests/fixtures/results.json")).expect("a recorded result");
        let mut case = run.cases[0].clone();
        assert_eq!(MediaRow::of(&case), [], "an older result says nothing of it");
        case.media = Some(sample());
        let rows: Vec<_> = MediaRow::of(&case).into_iter().map(|row| row.cells().join(" | ")).collect();
        insta::assert_snapshot!(rows.join("\n"), @r"
        up | udp, then tls | host to host, then relay to host | ipv4 | opus | vp8, 3 layers, L1T2, 320x180 to 1280x720
        down | udp | prflx to host | – | opus | –
        ");
    }
}
