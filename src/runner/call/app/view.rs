//! What the platform tells of the pages of an application: who connects, publishes and subscribes.
//!
//! An application calls OpenTok.js itself, so its pages tell nothing of that. But the platform sees every connection
//! with its access point, of which each participant has its own.

use std::collections::HashMap;

use precall_platform::PlatformEvent;
use precall_platform::media::{AccessId, FallbackChange};
use precall_platform::messaging::{ActiveMedia, Activity};
use precall_results::{CallEvent, CallEventKind, StreamTracks};

/// The most connections, streams and subscriptions that are followed.
const MAX_FOLLOWED: usize = 1_000;

/// The name of a stream to which its publisher gave none.
const UNNAMED: &str = "camera";

/// Something that the platform tells of a participant.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::runner::call) struct SeenEvent {
    /// The index of the participant.
    pub participant: usize,
    pub event: CallEvent,
    /// The tracks in the participant's page that belong to the stream.
    pub tracks: Vec<String>,
}

/// The sessions of an application, as the platform tells of them.
pub(in crate::runner::call) struct PlatformView {
    /// The access points and the names of the participants, by index.
    participants: Vec<(AccessId, String)>,
    /// The participant of each connection.
    connections: HashMap<String, usize>,
    streams: HashMap<String, SeenStream>,
    subscribers: HashMap<String, SeenSubscriber>,
}

struct SeenStream {
    publisher: usize,
    name: String,
    media: ActiveMedia,
}

struct SeenSubscriber {
    participant: usize,
    /// The id of the stream.
    stream: String,
    from: String,
    name: String,
    /// When it began, in seconds since the call began.
    began: f64,
    has_frame: bool,
}

impl PlatformView {
    pub(in crate::runner::call) fn new(participants: Vec<(AccessId, String)>) -> Self {
        Self { participants, connections: HashMap::new(), streams: HashMap::new(), subscribers: HashMap::new() }
    }

    /// Takes an event of the platform, `at` seconds after the call began.
    pub(in crate::runner::call) fn note(&mut self, event: &PlatformEvent, at: f64) -> Vec<SeenEvent> {
        match event {
            PlatformEvent::Session { activity, .. } => self.activity(activity, at),
            _ => Vec::new(),
        }
    }

    /// Notes that a page shows a first frame. Returns how long after its subscription began it came; `None` without a
    /// subscription, and for one that had a frame before: a page may give a stream to an element twice.
    pub(in crate::runner::call) fn first_frame(
        &mut self,
        participant: usize,
        from: &str,
        stream: &str,
        at: f64,
    ) -> Option<f64> {
        let is_it =
            |one: &&mut SeenSubscriber| one.participant == participant && one.from == from && one.name == stream;
        let latest = self.subscribers.values_mut().filter(is_it).max_by(|a, b| a.began.total_cmp(&b.began))?;
        let is_first = !std::mem::replace(&mut latest.has_frame, true);
        is_first.then(|| (at - latest.began).max(0.0))
    }

    fn activity(&mut self, activity: &Activity, at: f64) -> Vec<SeenEvent> {
        match activity {
            Activity::Connected { connection, access } => {
                let Some(participant) = self.participants.iter().position(|(own, _)| own == access) else {
                    return Vec::new();
                };
                insert(&mut self.connections, connection, participant);
                vec![seen(participant, CallEvent::of(CallEventKind::Connected))]
            }
            Activity::Resumed { connection } => {
                let Some(participant) = self.connections.get(connection) else { return Vec::new() };
                [CallEventKind::Reconnecting, CallEventKind::Reconnected]
                    .map(|what| seen(*participant, CallEvent::of(what)))
                    .to_vec()
            }
            Activity::Disconnected { connection, reason } => {
                let Some(participant) = self.connections.remove(connection) else { return Vec::new() };
                // It may have others: one for each session, or a newer one beside one that timed out.
                if self.connections.values().any(|other| *other == participant) {
                    return Vec::new();
                }
                let detail = Some((*reason).to_owned());
                vec![seen(participant, CallEvent { detail, ..CallEvent::of(CallEventKind::Disconnected) })]
            }
            Activity::Published { stream, connection, name, media } => self.published(stream, connection, name, *media),
            Activity::Unpublished { stream } => {
                let Some(SeenStream { publisher, name, .. }) = self.streams.remove(stream) else { return Vec::new() };
                let event = CallEvent { stream: Some(name), ..CallEvent::of(CallEventKind::Unpublished) };
                vec![seen(publisher, event)]
            }
            Activity::MediaChanged { stream, media } => self.media_changed(stream, *media),
            Activity::Subscribing { subscriber, connection, stream, tracks } => {
                self.subscribing(subscriber, connection, stream, tracks, at)
            }
            Activity::Subscribed { subscriber } => self.about(subscriber, CallEventKind::Subscribed),
            Activity::Unsubscribed { subscriber } => {
                let events = self.about(subscriber, CallEventKind::Unsubscribed);
                self.subscribers.remove(subscriber);
                events
            }
            Activity::Fallback { subscriber, change } => self.about(
                subscriber,
                match change {
                    FallbackChange::Warning => CallEventKind::VideoDisableWarning,
                    FallbackChange::WarningLifted => CallEventKind::VideoDisableWarningLifted,
                    FallbackChange::VideoDisabled => CallEventKind::VideoDisabled,
                    FallbackChange::VideoEnabled => CallEventKind::VideoEnabled,
                },
            ),
            Activity::UnknownRequest { .. } | Activity::MediaFailed { .. } => Vec::new(),
        }
    }

    fn published(&mut self, stream: &str, connection: &str, name: &str, media: ActiveMedia) -> Vec<SeenEvent> {
        let Some(publisher) = self.connections.get(connection).copied() else { return Vec::new() };
        let name = self.unique_name(publisher, name);
        insert(&mut self.streams, stream, SeenStream { publisher, name: name.clone(), media });
        let event =
            CallEvent { stream: Some(name), has: Some(tracks_of(media)), ..CallEvent::of(CallEventKind::Published) };
        vec![seen(publisher, event)]
    }

    /// Returns a name that no other stream of the participant has: applications often give all the same.
    fn unique_name(&self, publisher: usize, name: &str) -> String {
        let name = if name.is_empty() { UNNAMED } else { name };
        let is_taken =
            |name: &str| self.streams.values().any(|stream| stream.publisher == publisher && stream.name == name);
        let numbered = (2..).map(|number| format!("{name}-{number}"));
        std::iter::once(name.to_owned()).chain(numbered).find(|name| !is_taken(name)).unwrap_or_default()
    }

    fn media_changed(&mut self, stream: &str, media: ActiveMedia) -> Vec<SeenEvent> {
        let Some(known) = self.streams.get_mut(stream) else { return Vec::new() };
        let before = std::mem::replace(&mut known.media, media);
        let changes = [("hasAudio", before.audio, media.audio), ("hasVideo", before.video, media.video)];
        let mut events = Vec::new();
        for (property, _, is_on) in changes.into_iter().filter(|(_, before, after)| before != after) {
            for one in self.subscribers.values().filter(|one| one.stream == stream) {
                let event = CallEvent {
                    detail: Some(property.to_owned()),
                    passed: Some(is_on),
                    ..one.event(CallEventKind::StreamPropertyChanged)
                };
                events.push(seen(one.participant, event));
            }
        }
        events
    }

    fn subscribing(
        &mut self,
        subscriber: &str,
        connection: &str,
        stream: &str,
        tracks: &[String],
        at: f64,
    ) -> Vec<SeenEvent> {
        let (Some(participant), Some(known)) = (self.connections.get(connection), self.streams.get(stream)) else {
            return Vec::new();
        };
        let one = SeenSubscriber {
            participant: *participant,
            stream: stream.to_owned(),
            from: self.participants[known.publisher].1.clone(),
            name: known.name.clone(),
            began: at,
            has_frame: false,
        };
        let event = CallEvent { has: Some(tracks_of(known.media)), ..one.event(CallEventKind::Subscribing) };
        let seen = SeenEvent { tracks: tracks.to_vec(), ..seen(*participant, event) };
        insert(&mut self.subscribers, subscriber, one);
        vec![seen]
    }

    fn about(&self, subscriber: &str, what: CallEventKind) -> Vec<SeenEvent> {
        self.subscribers.get(subscriber).map(|one| seen(one.participant, one.event(what))).into_iter().collect()
    }
}

impl SeenSubscriber {
    fn event(&self, what: CallEventKind) -> CallEvent {
        CallEvent { from: Some(self.from.clone()), stream: Some(self.name.clone()), ..CallEvent::of(what) }
    }
}

fn insert<T>(map: &mut HashMap<String, T>, id: &str, value: T) {
    if map.len() < MAX_FOLLOWED {
        map.insert(id.to_owned(), value);
    }
}

fn seen(participant: usize, event: CallEvent) -> SeenEvent {
    SeenEvent { participant, event, tracks: Vec::new() }
}

fn tracks_of(media: ActiveMedia) -> StreamTracks {
    StreamTracks { audio: media.audio, video: media.video }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOTH: ActiveMedia = ActiveMedia { audio: true, video: true };

    fn view() -> PlatformView {
        PlatformView::new(vec![(AccessId(1), "alice".to_owned()), (AccessId(2), "bob".to_owned())])
    }

    fn note(view: &mut PlatformView, activity: Activity, at: f64) -> Vec<String> {
        let event = PlatformEvent::Session { session: "s".to_owned(), activity };
        let words = |one: SeenEvent| {
            let CallEvent { what, from, stream, detail, .. } = one.event;
            let rest = [from, stream, detail].into_iter().flatten().chain(one.tracks).collect::<Vec<_>>();
            format!("{} {} {}", one.participant, what.as_str(), rest.join(" ")).trim().to_owned()
        };
        view.note(&event, at).into_iter().map(words).collect()
    }

    fn connected(connection: &str, access: u32) -> Activity {
        Activity::Connected { connection: connection.to_owned(), access: AccessId(access) }
    }

    fn published(stream: &str, name: &str) -> Activity {
        let (stream, name) = (stream.to_owned(), name.to_owned());
        Activity::Published { stream, connection: "a".to_owned(), name, media: BOTH }
    }

    #[test]
    fn connections_belong_to_the_participant_of_their_access_point() {
        let mut view = view();
        assert_eq!(note(&mut view, connected("b", 2), 1.0), ["1 connected"]);
        assert!(note(&mut view, connected("x", 9), 1.0).is_empty(), "of the server");
        let resumed = Activity::Resumed { connection: "b".to_owned() };
        assert_eq!(note(&mut view, resumed, 2.0), ["1 reconnecting", "1 reconnected"]);
        let left = Activity::Disconnected { connection: "b".to_owned(), reason: "clientDisconnected" };
        assert_eq!(note(&mut view, left.clone(), 3.0), ["1 disconnected clientDisconnected"]);
        assert!(note(&mut view, left, 3.0).is_empty());
        note(&mut view, connected("b1", 2), 4.0);
        note(&mut view, connected("b2", 2), 4.0);
        let one = Activity::Disconnected { connection: "b1".to_owned(), reason: "networkDisconnected" };
        assert!(note(&mut view, one, 5.0).is_empty(), "it is still connected");
    }

    #[test]
    fn a_subscription_has_its_publisher_its_tracks_and_its_times() {
        let mut view = view();
        note(&mut view, connected("a", 1), 0.5);
        note(&mut view, connected("b", 2), 0.5);
        assert_eq!(note(&mut view, published("s1", ""), 1.0), ["0 published camera"]);
        assert_eq!(note(&mut view, published("s2", ""), 1.0), ["0 published camera-2"]);
        let subscribing = Activity::Subscribing {
            subscriber: "u".to_owned(),
            connection: "b".to_owned(),
            stream: "s1".to_owned(),
            tracks: vec!["v".to_owned()],
        };
        assert_eq!(note(&mut view, subscribing, 2.0), ["1 subscribing alice camera v"]);
        assert_eq!(view.first_frame(1, "alice", "camera", 2.4).map(|time| (time * 10.0).round()), Some(4.0));
        assert_eq!(view.first_frame(1, "alice", "camera", 2.5), None, "it had one");
        assert_eq!(view.first_frame(0, "alice", "camera", 2.4), None);
        let muted = ActiveMedia { audio: true, video: false };
        let changed = Activity::MediaChanged { stream: "s1".to_owned(), media: muted };
        assert_eq!(note(&mut view, changed, 3.0), ["1 streamPropertyChanged alice camera hasVideo"]);
        let ended = Activity::Unsubscribed { subscriber: "u".to_owned() };
        assert_eq!(note(&mut view, ended, 4.0), ["1 unsubscribed alice camera"]);
        assert_eq!(note(&mut view, Activity::Unpublished { stream: "s1".to_owned() }, 4.0), ["0 unpublished camera"]);
        assert_eq!(view.first_frame(1, "alice", "camera", 5.0), None);
    }
}
