//! What a session holds besides its connections: streams and subscribers.

use serde_json::{Map, Value, json};

use crate::limits::MAX_STREAM_WEIGHT;
use crate::weight::weight;

/// A published stream.
pub(super) struct PublishedStream {
    /// Whose it is.
    pub connection: String,
    /// When it was made, in ms since the Unix epoch.
    pub created_ms: u64,
    /// What its publisher said of it: name, channels, flags.
    pub content: Map<String, Value>,
    /// Whether its media flows, and so whether others know of it.
    pub announced: bool,
    /// Its classes in the layouts of archives and broadcasts, as an application's server set them.
    pub layout_classes: Vec<String>,
}

impl PublishedStream {
    /// The stream object of the protocol.
    pub fn object(&self, id: &str) -> Value {
        let mut object = self.content.clone();
        object.insert("id".to_owned(), json!(id));
        object.insert("creationTime".to_owned(), json!(self.created_ms));
        object.insert("connection".to_owned(), json!({ "id": self.connection }));
        object.insert("connectionId".to_owned(), json!(self.connection));
        Value::Object(object)
    }

    /// What an application's server hears of it.
    pub fn listing(&self, id: &str) -> Value {
        let channels = self.content.get("channel").and_then(Value::as_array);
        let video = channels.and_then(|all| all.iter().find(|channel| channel["type"] == "video"));
        let video_type = video.and_then(|channel| channel["source"].as_str()).unwrap_or("camera");
        json!({
            "id": id,
            "videoType": video_type,
            "name": self.content.get("name").and_then(Value::as_str).unwrap_or_default(),
            "layoutClassList": self.layout_classes,
        })
    }

    /// The id of its video channel, if it has one.
    pub fn video_channel(&self) -> Option<&str> {
        let channels = self.content.get("channel").and_then(Value::as_array)?;
        channels.iter().find(|channel| channel["type"] == "video")?["id"].as_str()
    }

    /// Whether subscribers whose way down is too thin get its audio alone. Newer clients say
    /// `subscriberAudioFallbackEnabled`, older ones `audioFallbackEnabled`; by default a camera's stream has it and a
    /// screen's has not.
    pub fn has_audio_fallback(&self) -> bool {
        let channels = self.content.get("channel").and_then(Value::as_array);
        let is_screen = channels.is_some_and(|all| all.iter().any(|channel| channel["source"] == "screen"));
        let said = ["subscriberAudioFallbackEnabled", "audioFallbackEnabled"];
        said.iter().find_map(|name| self.content.get(*name)?.as_bool()).unwrap_or(!is_screen)
    }

    /// Lays an update over one of its channels; `false` when the stream would weigh too much then.
    pub fn update_channel(&mut self, channel: &str, update: &Value) -> bool {
        let is_found = |candidate: &Value| candidate.get("id").and_then(Value::as_str) == Some(channel);
        let channels = self.content.get("channel").and_then(Value::as_array);
        let at = channels.and_then(|channels| channels.iter().position(is_found));
        let (Some(at), Value::Object(update)) = (at, update) else { return true };
        let mut updated = self.content.clone();
        if let Value::Object(found) = &mut updated["channel"][at] {
            found.extend(update.iter().map(|(key, value)| (key.clone(), value.clone())));
        }
        let is_light = is_light(&updated);
        if is_light {
            self.content = updated;
        }
        is_light
    }
}

/// Whether the description of a stream is within its limit.
pub(super) fn is_light(content: &Map<String, Value>) -> bool {
    content.iter().map(|(name, value)| name.len() + weight(value)).sum::<usize>() <= MAX_STREAM_WEIGHT
}

/// Somebody's subscription to a stream.
pub(super) struct Subscription {
    /// Who subscribes.
    pub connection: String,
    /// To what.
    pub stream: String,
    /// How its client tagged its last offer, by which it knows the answer again.
    pub offer_tags: Map<String, Value>,
}
