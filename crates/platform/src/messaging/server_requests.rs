//! Carries out requests of applications' servers.

use super::reason::FORCE_DISCONNECTED;
use super::server_message::{ServerReply, ServerRequest};
use super::session_state::SessionState;
use super::signals::server_signal;

/// Handles a request of an application's server.
pub(super) fn handle(state: &mut SessionState, request: ServerRequest) -> ServerReply {
    let done_if = |is_done| if is_done { ServerReply::Done } else { ServerReply::NotFound };
    match request {
        ServerRequest::Streams => {
            ServerReply::Many(state.streams.announced().map(|(id, stream)| stream.listing(id)).collect())
        }
        ServerRequest::Stream { id } => match state.streams.find(&id).filter(|stream| stream.announced) {
            Some(stream) => ServerReply::One(stream.listing(&id)),
            None => ServerReply::NotFound,
        },
        ServerRequest::SetLayoutClasses { items } => done_if(state.streams.set_layout_classes(items)),
        ServerRequest::Connections => {
            ServerReply::Many(state.roster.iter().map(|(id, connection)| connection.listing(id)).collect())
        }
        ServerRequest::Disconnect { connection } => {
            let is_known = state.roster.find(&connection).is_some();
            if is_known {
                state.remove_connection(&connection, FORCE_DISCONNECTED);
            }
            done_if(is_known)
        }
        ServerRequest::Signal { to, kind, data } => server_signal(state, to, &kind, &data),
        ServerRequest::MuteStream { id } => {
            let is_known = state.streams.find(&id).is_some();
            state.mute_stream(&id);
            done_if(is_known)
        }
        ServerRequest::MuteAll { active, except } => {
            state.mute_all(active, &except);
            ServerReply::Done
        }
    }
}
