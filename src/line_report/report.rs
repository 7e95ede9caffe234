//! What precall takes from a report. Whoever sent it may have written it themselves: every figure has a range, and no
//! text of it is carried over but for a few words that are known.

use serde::Deserialize;

use super::as_if::AsIf;
use super::range::{OutOfRange, within};

/// The most bytes of a report. One of a minute has some 20 kB.
pub const MAX_REPORT_BYTES: u64 = 256 * 1024;

/// The version of the format that is read.
const VERSION: u32 = 1;

/// Why a text is no report.
#[derive(Debug, thiserror::Error)]
pub enum ReportProblem {
    /// The text is not the JSON of a report.
    #[error("it is not the JSON that the page of `precall serve` writes: {0}")]
    Json(#[from] serde_json::Error),
    /// The text is the JSON of something else.
    #[error("it is no report of a line: its `kind` is not \"precall-test\"")]
    Kind,
    /// The report is of another version.
    #[error("it has version {0}, and this precall reads version {VERSION}")]
    Version(u32),
    /// A figure is out of range.
    #[error(transparent)]
    Range(#[from] OutOfRange),
}

/// The report of a test of a line.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LineReport {
    kind: String,
    version: u32,
    /// When the test ended; absent when the text is no time.
    #[serde(default, deserialize_with = "lenient")]
    pub at: Option<jiff::Timestamp>,
    /// The release of OpenTok.js; absent when the text is no release.
    #[serde(default, deserialize_with = "lenient")]
    pub sdk: Option<semver::Version>,
    /// Whether the test had no video.
    pub audio_only: bool,
    /// The verdict.
    pub verdict: LineVerdict,
    /// The result of the network test; absent when media did not get through.
    #[serde(default)]
    pub quality: Option<Quality>,
    /// The sender's last estimate, in bit/s.
    #[serde(default)]
    pub available_bitrate: Option<f64>,
    /// The network that precall put in between.
    #[serde(default)]
    pub as_if: Option<AsIf>,
}

/// The verdict of a report, as far as a scenario depends on it.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct LineVerdict {
    /// How good the line is.
    pub grade: Grade,
    /// The reasons.
    pub reasons: Vec<Reason>,
}

/// How good a line is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Grade {
    /// Calls work well.
    Pass,
    /// Calls work, but not at their best.
    Warn,
    /// Calls do not work.
    Fail,
}

impl Grade {
    /// Returns the word of reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Warn => "warn",
            Self::Fail => "fail",
        }
    }
}

/// A reason of a verdict.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Reason {
    /// The key of its text.
    pub key: ReasonKey,
}

/// The keys of reasons that a scenario can cause.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ReasonKey {
    /// The API server was not reached.
    Api,
    /// The messaging server was not reached.
    Messaging,
    /// Media did not get through.
    Media,
    /// The logging server was not reached.
    Logging,
    /// UDP did not get through.
    Relay,
    /// Any other reason.
    #[serde(other)]
    Other,
}

/// Figures of the network test.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Quality {
    /// Those of audio.
    pub audio: Medium,
    /// Those of video.
    pub video: Medium,
}

/// Figures of one medium.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Medium {
    /// The share of packets that were lost on the way to the router and back.
    #[serde(default)]
    pub packet_loss_ratio: Option<f64>,
    /// The time to the router and back, in seconds.
    #[serde(default)]
    pub round_trip_time: Option<f64>,
    /// The jitter in seconds (RFC 3550).
    #[serde(default)]
    pub jitter: Option<f64>,
}

impl LineReport {
    /// Reads a report.
    ///
    /// # Errors
    ///
    /// When the text is no report, or a figure of it cannot be.
    pub fn parse(text: &[u8]) -> Result<Self, ReportProblem> {
        let report: Self = serde_json::from_slice(text)?;
        if report.kind != "precall-test" {
            return Err(ReportProblem::Kind);
        }
        if report.version != VERSION {
            return Err(ReportProblem::Version(report.version));
        }
        report.check()?;
        Ok(report)
    }

    fn check(&self) -> Result<(), ReportProblem> {
        within("availableBitrate", self.available_bitrate, 0.0, 1e11)?;
        for medium in self.quality.iter().flat_map(|quality| [&quality.audio, &quality.video]) {
            within("quality.….packetLossRatio", medium.packet_loss_ratio, 0.0, 1.0)?;
            within("quality.….roundTripTime", medium.round_trip_time, 0.0, 60.0)?;
            within("quality.….jitter", medium.jitter, 0.0, 60.0)?;
        }
        Ok(self.as_if.as_ref().map_or(Ok(()), AsIf::check)?)
    }
}

/// Reads a text as a value, where it is one.
fn lenient<'de, D: serde::Deserializer<'de>, T: std::str::FromStr>(deserializer: D) -> Result<Option<T>, D::Error> {
    Ok(String::deserialize(deserializer)?.parse().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_that_are_no_reports_are_refused() {
        let whole = r#"{"kind": "precall-test", "version": 1, "at": "no time", "sdk": "rm -rf", "audioOnly": false,
            "verdict": {"grade": "warn", "sentence": "limited", "reasons": [{"key": "loss", "value": 0.1}]}}"#;
        let report = LineReport::parse(whole.as_bytes()).expect("a report");
        assert_eq!((report.at, report.sdk), (None, None));
        assert_eq!(report.verdict.reasons, [Reason { key: ReasonKey::Other }]);
        let with = |members: &str| whole.replacen("{\"kind\"", &format!("{{{members}, \"kind\""), 1);
        for (text, part) in [
            ("[]".to_owned(), "not the JSON"),
            (whole.replace("precall-test", "other"), "kind"),
            (whole.replace("\"version\": 1", "\"version\": 7"), "version 7"),
            (with(r#""availableBitrate": -1"#), "availableBitrate"),
            (with(r#""asIf": {"kbps": 0}"#), "`kbps` is 0"),
            (with(r#""quality": {"audio": {"packetLossRatio": 1.5}, "video": {}}"#), "from 0 to 1"),
        ] {
            let error = LineReport::parse(text.as_bytes()).expect_err(&text).to_string();
            assert!(error.contains(part), "{text}: {error}");
        }
    }
}
