//! The data of the template for a call: its participants, and what each of them received.

use serde::Serialize;

use crate::format::{self, NONE, or_none};
use precall_netem::Direction;
use precall_results::{CallEventKind, CallResult, ParticipantResult, SubscriptionResult};

#[derive(Debug, Serialize)]
pub(super) struct CallView {
    pub participants: Vec<ParticipantView>,
    pub subscriptions: Vec<SubscriptionView>,
    /// Whether delays and similarities are known.
    is_perceived: bool,
}

#[derive(Debug, Serialize)]
pub(super) struct ParticipantView {
    name: String,
    sdk: String,
    browser: Option<String>,
    up: String,
    down: String,
    connected: String,
    published: String,
    round_trip_time: String,
    reconnections: u64,
    errors: usize,
    heap: String,
    cpu: String,
}

#[derive(Debug, Serialize)]
pub(super) struct SubscriptionView {
    name: String,
    first_frame: String,
    video_bitrate: String,
    frame_rate: String,
    presented: String,
    size: String,
    frozen: String,
    video_loss: String,
    audio_bitrate: String,
    concealed: String,
    delay: String,
    sound_delay: String,
    similarity: String,
    speech: String,
}

impl CallView {
    /// Returns the data of a call.
    pub(super) fn of(call: &CallResult) -> Self {
        let pairs = call.participants.iter().flat_map(|one| one.subscriptions.iter().map(move |other| (one, other)));
        Self {
            participants: call.participants.iter().map(participant).collect(),
            is_perceived: pairs
                .clone()
                .any(|(_, other)| other.video.as_ref().is_some_and(|video| video.end_to_end_delay.is_some())),
            subscriptions: pairs.map(|(one, other)| subscription(&one.name, other)).collect(),
        }
    }
}

fn participant(one: &ParticipantResult) -> ParticipantView {
    let requested = &one.network.requested;
    let reconnections = one.events.iter().filter(|events| events.what == CallEventKind::Reconnecting);
    ParticipantView {
        name: one.name.clone(),
        sdk: one.sdk.version.clone(),
        browser: one.browser.clone(),
        up: format::link_over_time(requested, Direction::Up),
        down: format::link_over_time(requested, Direction::Down),
        connected: or_none(one.connect_time, format::seconds_as_ms),
        published: or_none(one.publish_time, format::seconds_as_ms),
        round_trip_time: or_none(one.network.measured.round_trip_time, format::milliseconds),
        reconnections: reconnections.map(|events| events.count).sum(),
        errors: one.errors.len(),
        heap: or_none(one.page.map(|page| page.heap_size as f64 / 1e6), |megabytes| format!("{megabytes:.1} MB")),
        cpu: or_none(one.page.map(|page| page.cpu_ratio), format::ratio),
    }
}

fn subscription(participant: &str, one: &SubscriptionResult) -> SubscriptionView {
    let (video, audio) = (one.video.as_ref(), one.audio.as_ref());
    let rate = |rate: f64| format!("{rate:.1}");
    SubscriptionView {
        name: pair_name(participant, &one.publisher, &one.stream),
        first_frame: or_none(video.and_then(|video| video.time_to_first_frame), format::seconds_as_ms),
        video_bitrate: or_none(video.and_then(|video| video.bitrate), format::bits_per_second),
        frame_rate: or_none(video.and_then(|video| video.frame_rate), rate),
        presented: or_none(video.and_then(|video| video.presented_frame_rate), rate),
        size: video.and_then(|video| video.resolution).map_or_else(|| NONE.to_owned(), |size| size.to_string()),
        frozen: or_none(video.and_then(|video| video.freeze_ratio), format::ratio),
        video_loss: or_none(video.and_then(|video| video.packet_loss_ratio), format::ratio),
        audio_bitrate: or_none(audio.and_then(|audio| audio.bitrate), format::bits_per_second),
        concealed: or_none(audio.and_then(|audio| audio.concealed_samples_ratio), format::ratio),
        delay: or_none(video.and_then(|video| video.end_to_end_delay), format::seconds_as_ms),
        sound_delay: or_none(audio.and_then(|audio| audio.end_to_end_delay), format::seconds_as_ms),
        similarity: or_none(video.and_then(|video| video.similarity), |similarity| format!("{similarity:.2}")),
        speech: or_none(audio.and_then(|audio| audio.mos_lqo), format::mos),
    }
}

/// Returns the name of a subscription: `bob ← alice`, with the name of the stream if it is not the camera.
pub(super) fn pair_name(participant: &str, publisher: &str, stream: &str) -> String {
    match stream {
        "camera" => format!("{participant} ← {publisher}"),
        stream => format!("{participant} ← {publisher} ({stream})"),
    }
}
