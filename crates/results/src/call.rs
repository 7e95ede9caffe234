//! The result of a call: what each participant did, and what each subscription received.

use serde::{Deserialize, Serialize};

use crate::readable::readable_ones;
use crate::{BuildInfo, CallEventKind, CaseNetwork, FrameSize, MediaTravel, NamedError, Signalling};

/// The result of a call.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct CallResult {
    /// The participants, in the order of the scenario.
    #[serde(deserialize_with = "readable_ones")]
    pub participants: Vec<ParticipantResult>,
}

/// The result of one participant of a call. Times are in seconds.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct ParticipantResult {
    /// The name of the participant in the scenario.
    pub name: String,
    /// The name and version of its browser; absent in results of versions that did not record it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub browser: Option<String>,
    /// The OpenTok.js that its page loaded.
    pub sdk: BuildInfo,
    /// The time from `session.connect()` to its completion; absent if the participant never connected.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub connect_time: Option<f64>,
    /// The time from `session.publish()` to its completion, of the first stream; absent if it never published.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub publish_time: Option<f64>,
    /// The longest time from `sessionReconnecting` to `sessionReconnected`; absent if the session never reconnected.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reconnect_time: Option<f64>,
    /// The errors of OpenTok.js: of completion handlers, and `exception` events. At most 50 are kept.
    #[serde(default, deserialize_with = "readable_ones", skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<CallError>,
    /// The number of events of each kind, and of each other participant that they are about.
    #[serde(default, deserialize_with = "readable_ones", skip_serializing_if = "Vec::is_empty")]
    pub events: Vec<EventCount>,
    /// The subscriptions of the participant, in the order in which they began.
    #[serde(default, deserialize_with = "readable_ones", skip_serializing_if = "Vec::is_empty")]
    pub subscriptions: Vec<SubscriptionResult>,
    /// The largest number of video tracks that the participant's page received at once; absent where it received none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub received_video_tracks: Option<u64>,
    /// The memory and the CPU time of the participant's page; absent if the page was closed, reloaded or did not
    /// answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub page: Option<PageCost>,
    /// The network of the participant: as it was requested, and as it was measured.
    #[serde(default)]
    pub network: CaseNetwork,
    /// The route of the participant's media; absent without media.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub media: Option<MediaTravel>,
    /// Requests and connections of the participant's signalling.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signalling: Option<Signalling>,
}

/// The memory and the CPU time of a participant's page, as Chrome reports them.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct PageCost {
    /// The size of the JavaScript heap in use at the end of the call, after a garbage collection, in bytes.
    pub heap_size: u64,
    /// The CPU time of the page's process by the duration of the call: 1 is one core.
    pub cpu_ratio: f64,
}

/// The memory and the CPU time of a participant's page in one second of a call.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct PageSecond {
    /// The size of the JavaScript heap in use, garbage included, in bytes.
    pub heap_size: u64,
    /// The CPU time of the page's process in the second before, by that time: 1 is one core.
    pub cpu_ratio: f64,
}

/// An error of OpenTok.js in a call.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct CallError {
    /// What failed, such as `session.connect`; `exception` for an event of that name.
    pub call: String,
    /// The error.
    pub error: NamedError,
}

/// The number of events of a kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct EventCount {
    /// The kind.
    pub what: CallEventKind,
    /// The participant that the events are about; absent for events about no other.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// Their number.
    pub count: u64,
    /// The reason that the last of them gave; absent without one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// What a participant received of one stream of another. Times are in seconds.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct SubscriptionResult {
    /// The participant that publishes the stream.
    pub publisher: String,
    /// The name of the stream: `camera`, or the name in the scenario.
    pub stream: String,
    /// The time from `session.subscribe()` to its completion; absent if it never completed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subscribe_time: Option<f64>,
    /// What was received of its video; absent for a stream without video.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub video: Option<ReceivedVideo>,
    /// What was received of its audio; absent for a stream without audio.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub audio: Option<ReceivedAudio>,
}

impl SubscriptionResult {
    /// Returns by how much the picture comes after the sound, in seconds; negative where it comes before. `None` unless
    /// the delays of both are known.
    pub fn lip_sync(&self) -> Option<f64> {
        Some(self.video.as_ref()?.end_to_end_delay? - self.audio.as_ref()?.end_to_end_delay?)
    }
}

/// The video that a subscription received, from the W3C statistics unless a member says otherwise.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct ReceivedVideo {
    /// The time from `session.subscribe()` to the first frame on the page (`requestVideoFrameCallback`), in seconds;
    /// absent if there was none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time_to_first_frame: Option<f64>,
    /// Received bit/s.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bitrate: Option<f64>,
    /// Decoded frames per second.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub frame_rate: Option<f64>,
    /// Frames per second that the page presented, counted by `requestVideoFrameCallback`: a second way of counting.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub presented_frame_rate: Option<f64>,
    /// Frames per second that came too late to be presented, as the media element counted them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dropped_frame_rate: Option<f64>,
    /// The frame size that was received for the longest time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resolution: Option<FrameSize>,
    /// The number of freezes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub freeze_count: Option<u64>,
    /// The share of the time for which video was frozen, 0 to 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub freeze_ratio: Option<f64>,
    /// The share of the time for which video was frozen, by the times of the frames that the page presented and by the
    /// standard's definition of a freeze: a second way of counting.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub presented_freeze_ratio: Option<f64>,
    /// The share of packets lost, 0 to 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub packet_loss_ratio: Option<f64>,
    /// The number of requests for packets to be sent again (NACK).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nack_count: Option<u64>,
    /// The number of requests for a key frame (PLI).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pli_count: Option<u64>,
    /// The mean time of a frame in the jitter buffer, in seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub jitter_buffer_delay: Option<f64>,
    /// The time from the capture of a frame to its presentation, in seconds: the median over frames. Absent, like the
    /// members below, unless the publisher's camera plays precall's film.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end_to_end_delay: Option<f64>,
    /// The 95th percentile of that time, in seconds.
    #[serde(default, rename = "endToEndDelayP95", skip_serializing_if = "Option::is_none")]
    pub end_to_end_delay_p95: Option<f64>,
    /// The share of the camera's frames that were never presented, 0 to 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub missing_frames_ratio: Option<f64>,
    /// The number of presented frames that showed the same captured frame as the one before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub repeated_frames: Option<u64>,
    /// The share of presented frames whose number could not be read, 0 to 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unread_frames_ratio: Option<f64>,
    /// The likeness of presented pictures to those that were filmed: the mean structural similarity (SSIM) of luma at
    /// the size of the film, up to 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub similarity: Option<f64>,
}

/// The audio that a subscription received, from the W3C statistics.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct ReceivedAudio {
    /// Received bit/s.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bitrate: Option<f64>,
    /// The share of packets lost, 0 to 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub packet_loss_ratio: Option<f64>,
    /// The share of samples that were concealed, 0 to 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub concealed_samples_ratio: Option<f64>,
    /// The mean time of a sample in the jitter buffer, in seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub jitter_buffer_delay: Option<f64>,
    /// The level as the root of the mean energy, 0 to 1 of full scale.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub level: Option<f64>,
    /// The time from the microphone to the loudspeaker, in seconds: the median over beginnings of speech. Absent unless
    /// the publisher's microphone plays speech.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end_to_end_delay: Option<f64>,
    /// The quality of the speech by ITU-T P.862.2 (MOS-LQO, 1.04 to 4.64): the mean over recordings of twelve
    /// seconds; the least where the speech of a microphone that spoke was not heard. Absent unless the publisher's
    /// microphone plays speech, and where no recording was complete.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mos_lqo: Option<f64>,
    /// The share of the sound that was silent, 0 to 1. Absent, like the members below, unless the publisher's camera
    /// plays precall's film.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub silence_ratio: Option<f64>,
    /// The share of samples at full scale, 0 to 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clipped_samples_ratio: Option<f64>,
    /// The share of the sound of the publisher's microphone that was silent, 0 to 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub microphone_silence_ratio: Option<f64>,
    /// The share of samples of the publisher's microphone at full scale, 0 to 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub microphone_clipped_samples_ratio: Option<f64>,
}

impl CallResult {
    /// Returns the participant of a name; `None` if there is none.
    pub fn participant(&self, name: &str) -> Option<&ParticipantResult> {
        self.participants.iter().find(|participant| participant.name == name)
    }
}
