//! A real WebSocket on one side, a session on the other.

use axum::extract::ws::{CloseFrame, Message, WebSocket, close_code};
use tokio::sync::mpsc;

use super::messaging::{Close, Frame, FrameKind, SocketId};
use super::running::Platform;
use super::service::SocketInput;
use crate::credentials::redact;

/// How many frames wait for a client that reads slowly; past that its socket is closed.
const MAX_WAITING_FRAMES: usize = 512;

/// What the session wants done with a socket.
pub(super) enum SocketOutput {
    Frame(Vec<u8>),
    Close(Close),
}

/// Serves a socket until either side ends it.
pub(super) async fn serve(
    mut socket: WebSocket,
    platform: Platform,
    session_id: String,
    client_socket: Option<String>,
    reconnect: bool,
) {
    let (sender, mut outputs) = mpsc::channel(MAX_WAITING_FRAMES);
    let Some(id) = platform.open_socket(&session_id, client_socket, reconnect, sender).await else {
        return;
    };
    let mut is_writable = true;
    let end = loop {
        tokio::select! {
            output = outputs.recv(), if is_writable => match output {
                Some(SocketOutput::Frame(frame)) => {
                    trace("to", id, &frame);
                    // A client that has closed its end may have said before that it leaves, which is still to be read.
                    is_writable = socket.send(Message::Binary(frame.into())).await.is_ok();
                }
                Some(SocketOutput::Close(close)) => {
                    let (code, reason) = match close {
                        Close::Idle => (close_code::AWAY, "idle"),
                        Close::Replaced => (close_code::NORMAL, "replaced by a newer socket"),
                        Close::BadFrame => (close_code::PROTOCOL, "not a frame"),
                    };
                    // The client may be gone already: then there is nobody to tell.
                    let _ = socket.send(Message::Close(Some(CloseFrame { code, reason: reason.into() }))).await;
                    break SocketInput::Closed;
                }
                // The platform has ended, or the client did not keep up.
                None => break SocketInput::Closed,
            },
            input = socket.recv() => match input {
                Some(Ok(Message::Binary(bytes))) => {
                    trace("from", id, &bytes);
                    platform.socket_input(id, SocketInput::Frame(bytes.to_vec())).await;
                }
                Some(Ok(Message::Text(_) | Message::Ping(_) | Message::Pong(_))) => {}
                // The page is gone (RFC 6455 section 7.4.1): nobody is left to come back.
                Some(Ok(Message::Close(Some(frame)))) if frame.code == close_code::AWAY => break SocketInput::Lost,
                Some(Ok(Message::Close(_)) | Err(_)) | None => break SocketInput::Closed,
            },
        }
    };
    platform.socket_input(id, end).await;
}

/// Logs a frame, for whoever looks into the protocol: `PRECALL_LOG=precall::platform::socket=trace`. Headers stay out: a
/// token is among them.
fn trace(direction: &str, socket: SocketId, bytes: &[u8]) {
    if !tracing::enabled!(tracing::Level::TRACE) {
        return;
    }
    if let Ok(frame) = Frame::decode(bytes)
        && !matches!(frame.kind, FrameKind::Ping | FrameKind::Pong)
    {
        let payload = redact(&String::from_utf8_lossy(&frame.payload));
        tracing::trace!("{direction} {}: {:?} {:?} {payload}", socket.0, frame.kind, frame.addresses);
    }
}
