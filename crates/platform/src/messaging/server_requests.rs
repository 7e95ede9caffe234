//! Carries out requests of applications' servers.

use super::reason::FORCE_DISCONNECTED;
use super::room::Room;
use super::server_message::{ServerReply, ServerRequest};
use super::signals::server_signal;

/// Handles a request of an application's server.
pub(super) fn handle(room: &mut Room, request: ServerRequest) -> ServerReply {
    let done_if = |is_done| if is_done { ServerReply::Done } else { ServerReply::NotFound };
    match request {
        ServerRequest::Streams => {
            ServerReply::Many(room.streams.announced().map(|(id, stream)| stream.listing(id)).collect())
        }
        ServerRequest::Stream { id } => match room.streams.find(&id).filter(|stream| stream.announced) {
            Some(stream) => ServerReply::One(stream.listing(&id)),
            None => ServerReply::NotFound,
        },
        ServerRequest::SetLayoutClasses { items } => done_if(room.streams.set_layout_classes(items)),
        ServerRequest::Connections => {
            ServerReply::Many(room.roster.iter().map(|(id, connection)| connection.listing(id)).collect())
        }
        ServerRequest::Disconnect { connection } => {
            let is_known = room.roster.find(&connection).is_some();
            if is_known {
                room.remove_connection(&connection, FORCE_DISCONNECTED);
            }
            done_if(is_known)
        }
        ServerRequest::Signal { to, kind, data } => server_signal(room, to, &kind, &data),
        ServerRequest::MuteStream { id } => {
            let is_known = room.streams.find(&id).is_some();
            room.mute_stream(&id);
            done_if(is_known)
        }
        ServerRequest::MuteAll { active, except } => {
            room.mute_all(active, &except);
            ServerReply::Done
        }
    }
}
