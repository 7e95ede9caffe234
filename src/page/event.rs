//! The events that a page sends.

use serde::Deserialize;

use super::fault::PageFault;
use super::perceived::PerceivedReport;
use super::text::words;
use precall_results::{CallEvent, CasePhase, Presented};
use precall_results::{ConnectivityResult, NamedError, QualityResult, Sample};
use precall_support::secrets::redact;

/// The name of the CDP binding that the page sends events through.
pub const BINDING: &str = "precallEvent";

/// An event from the page.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(tag = "type", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum PageEvent {
    /// The page's own script runs.
    Loaded,
    /// OpenTok.js and the module under test are there.
    Ready {
        /// The version that the SDK reports. Absent when it reports none.
        sdk_version: Option<String>,
        /// The browser's `User-Agent`.
        user_agent: String,
    },
    /// A test begins.
    Phase {
        /// The phase that begins.
        phase: CasePhase,
    },
    /// `testConnectivity` resolved.
    Connectivity {
        /// The result of the connectivity test.
        result: ConnectivityResult,
    },
    /// `testQuality` called back.
    Sample {
        /// The figures of the module's callback.
        sample: Sample,
    },
    /// `testQuality` resolved.
    Quality {
        /// The result of the quality test.
        result: QualityResult,
    },
    /// `testQuality` rejected.
    QualityError {
        /// The error with which the quality test ended.
        error: NamedError,
    },
    /// Something was thrown that the module does not document.
    Failed {
        /// The phase in which the error was raised.
        phase: CasePhase,
        /// The error that was raised.
        error: NamedError,
    },
    /// The W3C statistics of one of the page's peer connections.
    RtcStats(serde_json::Value),
    /// The content security policy kept the page from something.
    Blocked {
        /// The host of what it is, or what stands for one: `inline`, `eval`.
        uri: String,
        /// The directive that it violates.
        directive: String,
    },
    /// Something happened in a call.
    Call {
        /// What.
        event: CallEvent,
    },
    /// Which tracks belong to a subscription of a call, and what the page has presented of it.
    Subscription {
        /// The participant that publishes the stream.
        from: String,
        /// The name of the stream.
        stream: String,
        /// The ids of its tracks.
        tracks: Vec<String>,
        /// The frames that the page has presented. Absent before the first.
        presented: Option<Presented>,
    },
    /// What the page has shown and played, since the last time, of a stream whose camera plays precall's film.
    Perceived(PerceivedReport),
    /// What a page of an application shows of some tracks.
    Displayed {
        /// The ids of the tracks.
        tracks: Vec<String>,
        /// The frames that the page has presented. Absent before the first.
        presented: Option<Presented>,
        /// Whether the first frame came just now.
        is_first: bool,
    },
    /// A step in a page of an application has ended.
    StepEnded {
        /// The number that the step was given.
        number: u64,
    },
    /// The release of OpenTok.js that a page of an application has loaded.
    Release {
        /// The version, as OpenTok.js reports it.
        version: String,
    },
    /// The script of a participant waits until those of all others have come so far.
    Barrier {
        /// The name of the barrier.
        name: String,
    },
    /// An event is so long that the page itself did not send it.
    TooLong {
        /// So long, at least.
        bytes: u64,
    },
    /// All tests asked for are over.
    Done,
}

impl PageEvent {
    /// Reads an event. Secrets in it, wherever the page put them, are taken out first.
    pub(super) fn parse(text: &str) -> Result<Self, PageFault> {
        // The reason may quote the page.
        serde_json::from_str(&redact(text)).map_err(|error| PageFault::NotUnderstood(words(&error.to_string())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn page_events_are_parsed() {
        assert_eq!(PageEvent::parse(r#"{"type":"loaded"}"#).expect("an event"), PageEvent::Loaded);
        let phase = PageEvent::parse(r#"{"type":"phase","phase":"quality"}"#).expect("an event");
        assert_eq!(phase, PageEvent::Phase { phase: CasePhase::Quality });
        let stats =
            PageEvent::parse(r#"{"type":"rtcStats","peerConnection":0,"lag":1.5,"stats":[]}"#).expect("an event");
        assert!(matches!(stats, PageEvent::RtcStats(value) if value["peerConnection"] == 0));
        let failed = r#"{"type":"failed","phase":"prepare","error":{"name":"Error","message":"T1==c2VjcmV0 x"}}"#;
        match PageEvent::parse(failed).expect("an event") {
            PageEvent::Failed { error, .. } => assert_eq!(error.message, "[redacted] x"),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn newest_module_is_parsed() {
        let sample = r#"{"type":"sample","sample":{"phase":"audio-video","timestamp":1.0,
            "audio":{"bytesSent":1,"bytesReceived":1,"packetsLost":0,"packetsReceived":1},
            "video":{"bytesSent":1,"bytesReceived":1,"packetsLost":0,"packetsReceived":1,"frameRate":30,"mediaRouting":"Routed"}}}"#;
        let PageEvent::Sample { sample } = PageEvent::parse(sample).expect("an event") else { panic!("a sample") };
        assert_eq!(sample.video.and_then(|video| video.media_routing).as_deref(), Some("Routed"));
        let quality = r#"{"type":"quality","result":{"audio":{"supported":true,"mos":4.3,"bitrate":1},
            "video":{"supported":true,"qualityLimitationReason":null,"mediaRouting":"Relayed (TURN/UDP)"}}}"#;
        let PageEvent::Quality { result } = PageEvent::parse(quality).expect("an event") else { panic!("a result") };
        assert_eq!(result.video.media_routing.as_deref(), Some("Relayed (TURN/UDP)"));
    }
}
