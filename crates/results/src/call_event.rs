//! What happens in a call: events in the page of a participant, and the counters of its subscriptions.

use serde::{Deserialize, Serialize};

use crate::NamedError;

/// The kinds of events of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub enum CallEventKind {
    /// `session.connect()` completed.
    Connected,
    /// The session ended for this participant (`sessionDisconnected`).
    Disconnected,
    /// The session lost its connection, and OpenTok.js reconnects (`sessionReconnecting`).
    Reconnecting,
    /// The session is connected again (`sessionReconnected`).
    Reconnected,
    /// `session.publish()` completed.
    Published,
    /// A stream of this participant ended (`streamDestroyed` of the publisher).
    Unpublished,
    /// A stream of another participant began (`streamCreated`).
    StreamCreated,
    /// A stream of another participant ended (`streamDestroyed`).
    StreamDestroyed,
    /// `session.subscribe()` was called.
    Subscribing,
    /// `session.subscribe()` completed.
    Subscribed,
    /// The first frame of a stream is on the page.
    FirstFrame,
    /// A subscription ended.
    Unsubscribed,
    /// A signal came (`signal`).
    Signal,
    /// A moderator muted a stream of this participant (`muteForced`).
    MuteForced,
    /// The video of a subscription was turned off (`videoDisabled`).
    VideoDisabled,
    /// The video of a subscription was turned on again (`videoEnabled`).
    VideoEnabled,
    /// Audio fallback is near (`videoDisableWarning`).
    VideoDisableWarning,
    /// Audio fallback is no longer near (`videoDisableWarningLifted`).
    VideoDisableWarningLifted,
    /// A property of a stream changed (`streamPropertyChanged`).
    StreamPropertyChanged,
    /// A call of OpenTok.js failed, or an `exception` event came; in an application, a step failed, or an exception was
    /// not caught.
    Error,
    /// A step of the scenario was taken.
    Step,
    /// A script marked a moment.
    Mark,
    /// A script reported a figure.
    Measure,
    /// A script checked a condition.
    Check,
}

/// An event of a call.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct CallEvent {
    /// The kind of event.
    pub what: CallEventKind,
    /// The other participant that it is about; absent if it is about no other.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// The name of the stream; absent if it is about no stream.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stream: Option<String>,
    /// How long it took, in seconds, by the clock of the page: a call until its completion, the first frame since
    /// `session.subscribe()`, a reconnection since the connection was lost. Absent for what takes no time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seconds: Option<f64>,
    /// The reason that OpenTok.js gave, the data of a signal, the name of a step, a mark, a measure or a check, or the
    /// property that changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// The figure of a measure.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<f64>,
    /// Whether a check passed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub passed: Option<bool>,
    /// Of a stream or a subscription: whether it has audio and video.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub has: Option<StreamTracks>,
    /// The error.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<NamedError>,
}

/// The media that a stream has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct StreamTracks {
    /// Whether the stream has audio.
    pub audio: bool,
    /// Whether the stream has video.
    pub video: bool,
}

/// An event of a call with its time and its participant.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct CallEventLine {
    /// The participant in whose page it happened.
    pub participant: String,
    /// When precall heard of it, in seconds since the call began.
    #[serde(rename = "time")]
    pub at: f64,
    /// The event.
    #[serde(flatten)]
    pub event: CallEvent,
}

/// The counters of one subscription at one moment, since it began.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct SubscriptionSample {
    /// The participant that subscribes.
    pub participant: String,
    /// The participant that publishes.
    pub publisher: String,
    /// The name of the stream.
    pub stream: String,
    /// When precall received it, in seconds since the call began.
    #[serde(rename = "time")]
    pub at: f64,
    /// The counters of the received video (`inbound-rtp` of the W3C statistics); absent without.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub video: Option<VideoReceived>,
    /// The counters of the received audio; absent without.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub audio: Option<AudioReceived>,
    /// The frames that the page presented; absent where the browser does not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub presented: Option<Presented>,
    /// What the page showed and played since the sample before, held against what was filmed and spoken; absent where
    /// the publisher's camera plays no numbered film.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub perceived: Option<Perceived>,
}

/// Counters of received video. Names and units are those of `inbound-rtp` (W3C webrtc-stats).
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", default)]
#[allow(missing_docs, reason = "the standard says what each is")]
pub struct VideoReceived {
    pub timestamp: f64,
    pub bytes_received: u64,
    pub packets_received: u64,
    pub packets_lost: i64,
    pub frames_decoded: u64,
    pub frame_width: u64,
    pub frame_height: u64,
    pub freeze_count: u64,
    pub total_freezes_duration: f64,
    pub nack_count: u64,
    pub pli_count: u64,
    pub jitter_buffer_delay: f64,
    pub jitter_buffer_emitted_count: u64,
}

/// Counters of received audio. Names and units are those of `inbound-rtp` (W3C webrtc-stats).
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", default)]
#[allow(missing_docs, reason = "the standard says what each is")]
pub struct AudioReceived {
    pub timestamp: f64,
    pub bytes_received: u64,
    pub packets_received: u64,
    pub packets_lost: i64,
    pub concealed_samples: u64,
    pub total_samples_received: u64,
    pub jitter_buffer_delay: f64,
    pub jitter_buffer_emitted_count: u64,
    pub total_audio_energy: f64,
    pub total_samples_duration: f64,
}

/// The frames that a page presented, counted by `requestVideoFrameCallback`.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Presented {
    /// The page's clock, in milliseconds.
    pub timestamp: f64,
    /// The number of frames.
    pub frames: u64,
    /// The number of frames that came too late to be presented (`droppedVideoFrames` of the media element).
    #[serde(default)]
    pub dropped: u64,
    /// The time for which no frame came although one was due, in seconds, by the standard's definition of a freeze.
    pub frozen: f64,
}

/// What a page showed and played of a stream, held against the film of the publisher's camera and the speech of its
/// microphone.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", default)]
pub struct Perceived {
    /// The time from the capture of each frame to its presentation, in milliseconds: of each presented frame whose
    /// number was read and whose capture is known.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub delays: Vec<f64>,
    /// The number of presented frames whose number was read.
    pub read: u64,
    /// The number of presented frames whose number could not be read.
    pub unread: u64,
    /// The number of captured frames between presented ones that were never presented.
    pub missing: u64,
    /// The number of presented frames that show the same captured frame as the one before.
    pub repeated: u64,
    /// The likeness of a part of a presented frame to the same part of the very frame that was filmed: the structural
    /// similarity (SSIM) of luma at the size of the film, up to 1. Absent where no part was compared.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub similarity: Option<f64>,
    /// The time from the microphone to the loudspeaker, in milliseconds, of each beginning of speech.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub sound_delays: Vec<f64>,
    /// The quality of the speech that was recorded until now: the MOS-LQO of ITU-T P.862.2, 1.04 to 4.64, over
    /// twelve seconds. Absent in most seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sound_quality: Option<f64>,
    /// The sound that the page played.
    pub heard: SoundSum,
    /// The sound of the publisher's microphone in the meantime.
    pub spoken: SoundSum,
}

/// How many samples of sound there were, and how many of them were silent or clipped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", default)]
pub struct SoundSum {
    /// All samples of the first channel.
    pub samples: u64,
    /// Those in blocks of 2.5 ms that are quieter than -60 dB of full scale.
    pub silent: u64,
    /// Those at full scale.
    pub clipped: u64,
}

impl SoundSum {
    /// Adds another sum.
    pub fn add(&mut self, other: Self) {
        self.samples = self.samples.saturating_add(other.samples);
        self.silent = self.silent.saturating_add(other.silent);
        self.clipped = self.clipped.saturating_add(other.clipped);
    }

    /// Returns what came since an earlier sum.
    pub fn since(self, earlier: Self) -> Self {
        Self {
            samples: self.samples.saturating_sub(earlier.samples),
            silent: self.silent.saturating_sub(earlier.silent),
            clipped: self.clipped.saturating_sub(earlier.clipped),
        }
    }

    /// Returns the share of samples that were silent, 0 to 1; `None` without samples.
    pub fn silence_ratio(self) -> Option<f64> {
        (self.samples > 0).then(|| (self.silent as f64 / self.samples as f64).min(1.0))
    }

    /// Returns the share of samples that were clipped, 0 to 1; `None` without samples.
    pub fn clipped_ratio(self) -> Option<f64> {
        (self.samples > 0).then(|| (self.clipped as f64 / self.samples as f64).min(1.0))
    }
}

impl CallEvent {
    /// Returns an event of a kind with nothing else.
    pub fn of(what: CallEventKind) -> Self {
        Self {
            what,
            from: None,
            stream: None,
            seconds: None,
            detail: None,
            value: None,
            passed: None,
            has: None,
            error: None,
        }
    }
}

impl CallEventKind {
    /// Returns the name of the kind in files and metrics.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Connected => "connected",
            Self::Disconnected => "disconnected",
            Self::Reconnecting => "reconnecting",
            Self::Reconnected => "reconnected",
            Self::Published => "published",
            Self::Unpublished => "unpublished",
            Self::StreamCreated => "streamCreated",
            Self::StreamDestroyed => "streamDestroyed",
            Self::Subscribing => "subscribing",
            Self::Subscribed => "subscribed",
            Self::FirstFrame => "firstFrame",
            Self::Unsubscribed => "unsubscribed",
            Self::Signal => "signal",
            Self::MuteForced => "muteForced",
            Self::VideoDisabled => "videoDisabled",
            Self::VideoEnabled => "videoEnabled",
            Self::VideoDisableWarning => "videoDisableWarning",
            Self::VideoDisableWarningLifted => "videoDisableWarningLifted",
            Self::StreamPropertyChanged => "streamPropertyChanged",
            Self::Error => "error",
            Self::Step => "step",
            Self::Mark => "mark",
            Self::Measure => "measure",
            Self::Check => "check",
        }
    }
}
