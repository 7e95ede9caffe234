//! Requests about a client's own streams.

use serde_json::{Map, Value, json};

use super::answer::{CONFLICT, FORBIDDEN, FollowUp, OK, RequestAnswer, TOO_LARGE};
use super::output::Activity;
use super::raptor::Message;
use super::reason::{CLIENT_DISCONNECTED, FORCE_UNPUBLISHED};
use super::session_state::SessionState;
use super::streams::{PublishedStream, StreamError};
use crate::clock::Now;
use crate::media::RtpVideoCodec;

/// From how many clients on a publisher sends several layers.
const MIN_CONNECTIONS_FOR_SIMULCAST: usize = 3;

/// Creates a stream. A routed stream is announced once its media flows, a relayed one at once.
pub(super) fn create_stream(
    state: &mut SessionState,
    now: Now,
    from: &str,
    id: String,
    content: Value,
) -> RequestAnswer {
    let Some(publisher) = state.roster.find(from).filter(|connection| connection.may("publish")) else {
        return FORBIDDEN;
    };
    let layout_classes = publisher.layout_classes().to_vec();
    let content = match content {
        Value::Object(content) => content,
        _ => Map::new(),
    };
    if let Err(error) = state.streams.check_new(from, &id, &content) {
        return refusal_of(&error);
    }
    let follow_up = if state.is_relayed() {
        // The media is between the publisher and each subscriber, so there is none to wait for.
        FollowUp::Announce(id.clone())
    } else {
        let wants = if wants_simulcast(state, &content) { json!({ "simulcastEnabled": true }) } else { json!({}) };
        FollowUp::ToOne(from.to_owned(), Message::new("generateoffer", state.stream_uri(&id), wants))
    };
    state.follow_up(follow_up);
    let connection = from.to_owned();
    let stream = PublishedStream { connection, created_ms: now.unix_ms, content, announced: false, layout_classes };
    state.streams.insert(id, stream);
    // Older clients read their ICE servers from here.
    (200, json!({ "content": { "iceServers": [] } }))
}

/// Updates a channel of a client's own stream.
pub(super) fn update_channel(
    state: &mut SessionState,
    from: &str,
    id: &str,
    channel: &str,
    message: Message,
) -> RequestAnswer {
    let media_of = |state: &SessionState| state.streams.find(id).map(PublishedStream::active_media);
    let before = media_of(state);
    match state.streams.update_channel(from, id, channel, &message.content) {
        Ok(is_announced) => {
            if is_announced == Some(true) {
                if let Some(media) = media_of(state).filter(|media| Some(*media) != before) {
                    state.outputs.report(Activity::MediaChanged { stream: id.to_owned(), media });
                }
                state.follow_up(FollowUp::ToAll(Message::new("updated", message.uri, message.content)));
            }
            // An update may cross the end of its stream.
            OK
        }
        Err(error) => refusal_of(&error),
    }
}

/// Removes a stream: the client's own, or that of another as a moderator.
pub(super) fn delete_stream(state: &mut SessionState, from: &str, id: &str) -> RequestAnswer {
    match state.streams.owner(id) {
        Some(owner) if owner == from => state.remove_stream(id, CLIENT_DISCONNECTED),
        Some(_) if state.roster.may(from, "forceunpublish") => state.remove_stream(id, FORCE_UNPUBLISHED),
        Some(_) => return FORBIDDEN,
        // Some releases delete a stream twice.
        None => {}
    }
    OK
}

fn refusal_of(error: &StreamError) -> RequestAnswer {
    match error {
        StreamError::Conflict => CONFLICT,
        StreamError::TooLarge => TOO_LARGE,
        StreamError::NotOwner => FORBIDDEN,
    }
}

/// Returns whether a publisher sends several layers. As in the cloud, it does once more than two clients are connected,
/// and not for screens.
fn wants_simulcast(state: &SessionState, content: &Map<String, Value>) -> bool {
    let options = &state.config().options;
    let channels = content.get("channel").and_then(Value::as_array).into_iter().flatten();
    let mut videos = channels.filter(|channel| channel["type"] == "video");
    options.simulcast
        && options.video_codec == RtpVideoCodec::Vp8
        && state.roster.len() >= MIN_CONNECTIONS_FOR_SIMULCAST
        && !videos.any(|video| video["source"] == "screen")
}
