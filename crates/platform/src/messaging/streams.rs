//! The streams of a session.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::output::ActiveMedia;
use crate::limits::{MAX_CONNECTION_STREAMS, MAX_STREAM_WEIGHT, MAX_STREAMS};
use crate::weight::weight;

/// A published stream.
pub(super) struct PublishedStream {
    /// The id of the connection that publishes it.
    pub connection: String,
    /// The creation time in milliseconds since the Unix epoch.
    pub created_ms: u64,
    /// The description that its publisher has given: name, channels, flags.
    pub content: Map<String, Value>,
    /// Whether its media flows, so that clients know of it.
    pub announced: bool,
    /// Its classes in the layouts of archives and broadcasts.
    pub layout_classes: Vec<String>,
}

impl PublishedStream {
    /// Returns the stream object of the protocol.
    pub(super) fn object(&self, id: &str) -> Value {
        let mut object = self.content.clone();
        object.insert("id".to_owned(), json!(id));
        object.insert("creationTime".to_owned(), json!(self.created_ms));
        object.insert("connection".to_owned(), json!({ "id": self.connection }));
        object.insert("connectionId".to_owned(), json!(self.connection));
        Value::Object(object)
    }

    /// Returns the object that the REST API lists.
    pub(super) fn listing(&self, id: &str) -> Value {
        let channels = self.content.get("channel").and_then(Value::as_array);
        let video = channels.and_then(|all| all.iter().find(|channel| channel["type"] == "video"));
        let video_type = video.and_then(|channel| channel["source"].as_str()).unwrap_or("camera");
        json!({
            "id": id,
            "videoType": video_type,
            "name": self.name(),
            "layoutClassList": self.layout_classes,
        })
    }

    /// Returns the name that its publisher gave it; empty without one.
    pub(super) fn name(&self) -> &str {
        self.content.get("name").and_then(Value::as_str).unwrap_or_default()
    }

    /// Returns the media that are on.
    pub(super) fn active_media(&self) -> ActiveMedia {
        let channels = self.content.get("channel").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        let is_on = |kind: &str| {
            channels.iter().any(|channel| channel["type"] == kind && channel["active"].as_bool().unwrap_or(true))
        };
        ActiveMedia { audio: is_on("audio"), video: is_on("video") }
    }

    /// Returns the id of its video channel, if it has one.
    pub(super) fn video_channel(&self) -> Option<&str> {
        let channels = self.content.get("channel").and_then(Value::as_array)?;
        channels.iter().find(|channel| channel["type"] == "video")?["id"].as_str()
    }

    /// Returns whether subscribers whose downlink is too narrow for video get audio alone. Newer clients send
    /// `subscriberAudioFallbackEnabled`, older ones `audioFallbackEnabled`. By default the stream of a camera has audio
    /// fallback, and that of a screen has not.
    pub(super) fn has_audio_fallback(&self) -> bool {
        let channels = self.content.get("channel").and_then(Value::as_array);
        let is_screen = channels.is_some_and(|all| all.iter().any(|channel| channel["source"] == "screen"));
        let names = ["subscriberAudioFallbackEnabled", "audioFallbackEnabled"];
        names.iter().find_map(|name| self.content.get(*name)?.as_bool()).unwrap_or(!is_screen)
    }

    /// Updates one of its channels. Returns false, and changes nothing, if the description would exceed its limit.
    fn update_channel(&mut self, channel: &str, update: &Value) -> bool {
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

/// Returns whether the description of a stream is within its limit.
fn is_light(content: &Map<String, Value>) -> bool {
    content.iter().map(|(name, value)| name.len() + weight(value)).sum::<usize>() <= MAX_STREAM_WEIGHT
}

/// Why a stream is not created or updated.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum StreamError {
    /// The id is taken, or there are too many streams.
    Conflict,
    /// The description exceeds its limit.
    TooLarge,
    /// The stream belongs to another connection.
    NotOwner,
}

/// The streams of a session by id.
#[derive(Default)]
pub(super) struct Streams {
    streams: BTreeMap<String, PublishedStream>,
    /// Whether a moderator has muted the session, so that new streams are muted as well.
    is_muted: bool,
}

impl Streams {
    /// Returns the stream with this id.
    pub(super) fn find(&self, id: &str) -> Option<&PublishedStream> {
        self.streams.get(id)
    }

    /// Returns the connection that publishes a stream.
    pub(super) fn owner(&self, id: &str) -> Option<&str> {
        self.streams.get(id).map(|stream| stream.connection.as_str())
    }

    /// Returns the streams whose media flows, by id.
    pub(super) fn announced(&self) -> impl Iterator<Item = (&String, &PublishedStream)> {
        self.streams.iter().filter(|(_, stream)| stream.announced)
    }

    /// Returns the ids of all streams.
    pub(super) fn ids(&self) -> Vec<String> {
        self.streams.keys().cloned().collect()
    }

    /// Returns the ids of the streams of a connection.
    pub(super) fn ids_of(&self, connection: &str) -> Vec<String> {
        let own = self.streams.iter().filter(|(_, stream)| stream.connection == connection);
        own.map(|(id, _)| id.clone()).collect()
    }

    /// Returns whether a connection may create a stream of this id with this description.
    pub(super) fn check_new(
        &self,
        connection: &str,
        id: &str,
        content: &Map<String, Value>,
    ) -> Result<(), StreamError> {
        let own = self.streams.values().filter(|stream| stream.connection == connection).count();
        let is_full = own >= MAX_CONNECTION_STREAMS || self.streams.len() >= MAX_STREAMS;
        if is_full || self.streams.contains_key(id) {
            return Err(StreamError::Conflict);
        }
        if is_light(content) { Ok(()) } else { Err(StreamError::TooLarge) }
    }

    /// Adds a stream.
    pub(super) fn insert(&mut self, id: String, stream: PublishedStream) {
        self.streams.insert(id, stream);
    }

    /// Removes a stream.
    pub(super) fn remove(&mut self, id: &str) -> Option<PublishedStream> {
        self.streams.remove(id)
    }

    /// Marks a stream as announced. Returns its stream object, unless it was announced before.
    pub(super) fn announce(&mut self, id: &str) -> Option<Value> {
        let stream = self.streams.get_mut(id).filter(|stream| !stream.announced)?;
        stream.announced = true;
        Some(stream.object(id))
    }

    /// Updates a channel of a connection's stream. Returns whether other clients know the stream; `None` if there is no
    /// such stream.
    pub(super) fn update_channel(
        &mut self,
        connection: &str,
        id: &str,
        channel: &str,
        update: &Value,
    ) -> Result<Option<bool>, StreamError> {
        let Some(stream) = self.streams.get_mut(id) else { return Ok(None) };
        if stream.connection != connection {
            return Err(StreamError::NotOwner);
        }
        if stream.update_channel(channel, update) { Ok(Some(stream.announced)) } else { Err(StreamError::TooLarge) }
    }

    /// Sets the layout classes of streams. Returns false, and changes nothing, if one of them does not exist.
    pub(super) fn set_layout_classes(&mut self, items: Vec<(String, Vec<String>)>) -> bool {
        if items.iter().any(|(id, _)| !self.streams.contains_key(id)) {
            return false;
        }
        for (id, classes) in items {
            if let Some(stream) = self.streams.get_mut(&id) {
                stream.layout_classes = classes;
            }
        }
        true
    }

    /// Returns whether new streams are muted.
    pub(super) fn is_muted(&self) -> bool {
        self.is_muted
    }

    /// Sets whether new streams are muted.
    pub(super) fn set_muted(&mut self, is_muted: bool) {
        self.is_muted = is_muted;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stream(connection: &str) -> PublishedStream {
        let content = json!({ "channel": [{ "id": "audio1", "type": "audio", "active": true }] });
        let Value::Object(content) = content else { panic!("an object") };
        PublishedStream {
            connection: connection.to_owned(),
            created_ms: 1,
            content,
            announced: false,
            layout_classes: Vec::new(),
        }
    }

    #[test]
    fn streams_are_announced_once_and_updated_by_their_owner() {
        let mut streams = Streams::default();
        streams.insert("s".to_owned(), stream("a"));
        assert_eq!(streams.announced().count(), 0);
        assert_eq!(streams.update_channel("a", "s", "audio1", &json!({ "active": false })), Ok(Some(false)));
        let object = streams.announce("s").expect("the first time");
        assert_eq!((&object["connectionId"], &object["channel"][0]["active"]), (&json!("a"), &json!(false)));
        assert_eq!((streams.announce("s"), streams.announced().count()), (None, 1));
        assert_eq!(streams.update_channel("b", "s", "audio1", &json!({})), Err(StreamError::NotOwner));
        assert_eq!(streams.update_channel("a", "x", "audio1", &json!({})), Ok(None));
        assert!(!streams.set_layout_classes(vec![("x".to_owned(), Vec::new())]));
    }

    #[test]
    fn streams_of_a_connection_are_bounded() {
        let mut streams = Streams::default();
        for number in 0..MAX_CONNECTION_STREAMS {
            assert_eq!(streams.check_new("a", &number.to_string(), &Map::new()), Ok(()));
            streams.insert(number.to_string(), stream("a"));
        }
        assert_eq!(streams.check_new("a", "one more", &Map::new()), Err(StreamError::Conflict));
        assert_eq!(streams.check_new("b", "0", &Map::new()), Err(StreamError::Conflict));
        let large = Map::from_iter([("name".to_owned(), json!("x".repeat(MAX_STREAM_WEIGHT)))]);
        assert_eq!(streams.check_new("b", "new", &large), Err(StreamError::TooLarge));
        assert_eq!((streams.ids_of("a").len(), streams.ids_of("b").len()), (MAX_CONNECTION_STREAMS, 0));
    }
}
