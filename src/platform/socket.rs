//! A real WebSocket on one side, a session on the other.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::extract::ws::{CloseFrame, Message, WebSocket, close_code};
use bytes::Bytes;
use tokio::sync::mpsc;

use super::held::{Held, Meter};
use super::limits::{MAX_WAITING_BYTES, MAX_WAITING_FRAMES};
use super::messaging::{Close, Frame, FrameKind, Opening, SocketId};
use super::running::Platform;
use super::service::SocketInput;
use crate::credentials::redact;

/// What the session wants done with a socket.
pub(super) enum SocketOutput {
    /// Send a frame, which is held until it is written.
    Frame(Bytes, Held),
    Close(Close),
}

/// Frames on their way to a client. Their number and their bytes are bounded.
pub(super) struct SocketQueue {
    outputs: mpsc::Sender<SocketOutput>,
    waiting: Arc<AtomicUsize>,
}

/// The other end of a [`SocketQueue`].
pub(super) struct SocketOutputs {
    outputs: mpsc::Receiver<SocketOutput>,
    waiting: Arc<AtomicUsize>,
}

/// A client does not keep up.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct TooSlow;

/// A queue without anything in it.
pub(super) fn socket_queue() -> (SocketQueue, SocketOutputs) {
    let (sender, receiver) = mpsc::channel(MAX_WAITING_FRAMES);
    let waiting = Arc::new(AtomicUsize::new(0));
    (SocketQueue { outputs: sender, waiting: Arc::clone(&waiting) }, SocketOutputs { outputs: receiver, waiting })
}

impl SocketQueue {
    /// Puts a frame behind those that wait.
    pub fn push(&self, frame: Bytes, meter: &Meter) -> Result<(), TooSlow> {
        let bytes = frame.len();
        let waiting = self.waiting.fetch_add(bytes, Ordering::AcqRel);
        // One that is larger than the limit waits alone.
        let has_room = waiting == 0 || waiting + bytes <= MAX_WAITING_BYTES;
        let frame = SocketOutput::Frame(frame, meter.hold(bytes));
        if has_room && self.outputs.try_send(frame).is_ok() { Ok(()) } else { Err(TooSlow) }
    }

    /// Closes the socket behind what waits. A full queue closes it as well, only without saying why.
    pub fn close(self, close: Close) {
        let _ = self.outputs.try_send(SocketOutput::Close(close));
    }
}

impl SocketOutputs {
    /// The next; `None` once the other end is gone.
    pub async fn next(&mut self) -> Option<SocketOutput> {
        let output = self.outputs.recv().await?;
        if let SocketOutput::Frame(frame, _) = &output {
            self.waiting.fetch_sub(frame.len(), Ordering::AcqRel);
        }
        Some(output)
    }
}

/// Serves a socket until either side ends it.
pub(super) async fn serve(mut socket: WebSocket, platform: Platform, session_id: String, opening: Opening) {
    let (queue, mut outputs) = socket_queue();
    let Some(id) = platform.open_socket(&session_id, opening, queue).await else {
        return;
    };
    let mut is_writable = true;
    let end = loop {
        tokio::select! {
            output = outputs.next(), if is_writable => match output {
                Some(SocketOutput::Frame(frame, _held)) => {
                    trace("to", id, &frame);
                    // A client that has closed its end may have said before that it leaves, which is still to be read.
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
                    platform.socket_frame(id, bytes).await;
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

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn frames_wait_in_bounded_number_and_bytes_and_are_counted_until_they_are_written() {
        let meter = Meter::default();
        let frame = |bytes| Bytes::from(vec![0; bytes]);
        let (queue, mut outputs) = socket_queue();
        for _ in 0..MAX_WAITING_FRAMES {
            assert_eq!(queue.push(frame(9), &meter), Ok(()));
        }
        assert_eq!(queue.push(frame(9), &meter), Err(TooSlow));
        assert_eq!(meter.bytes(), 9 * MAX_WAITING_FRAMES);
        let first = outputs.next().await;
        assert_eq!(meter.bytes(), 9 * MAX_WAITING_FRAMES, "it is being written");
        drop(first);
        assert_eq!(meter.bytes(), 9 * (MAX_WAITING_FRAMES - 1));

        let (queue, mut outputs) = socket_queue();
        assert_eq!(queue.push(frame(2 * MAX_WAITING_BYTES), &meter), Ok(()), "it waits alone");
        assert_eq!(queue.push(frame(1), &meter), Err(TooSlow));
        drop(queue);
        assert!(outputs.next().await.is_some() && outputs.next().await.is_none());
    }
}
