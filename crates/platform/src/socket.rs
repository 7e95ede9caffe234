//! Joins a client's WebSocket to its session.

use axum::extract::ws::{CloseFrame, Message, WebSocket, close_code};

use super::handle::PlatformHandle;
use super::messaging::{Close, Frame, FrameKind, Opening, SocketId};
use super::session_input::SocketInput;
use super::socket_queue::{SocketOutput, SocketOutputs, socket_queue};
use precall_support::secrets::redact;

/// Serves a socket until either side ends it.
pub(super) async fn serve(mut socket: WebSocket, platform: PlatformHandle, session_id: String, opening: Opening) {
    let (queue, mut outputs) = socket_queue();
    let Some(id) = platform.open_socket(&session_id, opening, queue).await else {
        return;
    };
    let must_end = outputs.end();
    let end = tokio::select! {
        end = exchange(&mut socket, &platform, id, &mut outputs) => end,
        // The client may read nothing any more, so that writing to it would never end.
        () = must_end => SocketInput::Closed,
    };
    platform.socket_input(id, end).await;
}

/// Passes frames in both directions until either side ends the socket. Returns how it ended.
async fn exchange(
    socket: &mut WebSocket,
    platform: &PlatformHandle,
    id: SocketId,
    outputs: &mut SocketOutputs,
) -> SocketInput {
    let mut is_writable = true;
    loop {
        tokio::select! {
            output = outputs.next(), if is_writable => match output {
                Some(SocketOutput::Frame(frame)) => {
                    trace("to", id, &frame);
                    // A client that has closed its end may have sent a Disconnect frame before, which has still to be
                    // read.
                    is_writable = socket.send(Message::Binary(frame)).await.is_ok();
                }
                Some(SocketOutput::Close(close)) => {
                    let (code, reason) = match close {
                        Close::Idle => (close_code::AWAY, "idle"),
                        Close::Replaced => (close_code::NORMAL, "replaced by a newer socket"),
                        Close::BadFrame => (close_code::PROTOCOL, "not a frame"),
                        Close::NoToken => (close_code::POLICY, "no token"),
                        Close::Overloaded => (close_code::AGAIN, "overloaded"),
                    };
                    // The client may be gone already.
                    let _ = socket.send(Message::Close(Some(CloseFrame { code, reason: reason.into() }))).await;
                    return SocketInput::Closed;
                }
                // The platform has ended, or a fault has closed the socket.
                None => return SocketInput::Closed,
            },
            input = socket.recv() => match input {
                Some(Ok(Message::Binary(bytes))) => {
                    trace("from", id, &bytes);
                    platform.socket_frame(id, bytes).await;
                }
                Some(Ok(Message::Text(_) | Message::Ping(_) | Message::Pong(_))) => {}
                // The page is gone (RFC 6455 section 7.4.1): no client is left that could come back.
                Some(Ok(Message::Close(Some(frame)))) if frame.code == close_code::AWAY => return SocketInput::Lost,
                Some(Ok(Message::Close(_)) | Err(_)) | None => return SocketInput::Closed,
            },
        }
    }
}

/// Logs a frame for the study of the protocol (`PRECALL_LOG=precall_platform::socket=trace`). Headers are left out,
/// since one of them is the token.
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
