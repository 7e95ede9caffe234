//! A real WebSocket on one side, a session on the other.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use axum::extract::ws::{CloseFrame, Message, WebSocket, close_code};
use bytes::Bytes;
use tokio::sync::mpsc;
use tokio_util::sync::{CancellationToken, DropGuard};

use super::limits::{MAX_WAITING_BYTES, MAX_WAITING_FRAMES};
use super::messaging::{Close, Frame, FrameKind, Opening, SocketId};
use super::running::Platform;
use super::service::SocketInput;
use precall_support::secrets::redact;

/// How long a socket that the session has closed may go on writing what waited: its client may read slowly, or not at all.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(5);

/// What the session wants done with a socket.
pub(super) enum SocketOutput {
    Frame(Bytes),
    Close(Close),
}

/// Frames on their way to a client. Their number and their bytes are bounded. Dropped, it closes the socket behind what waits.
pub(super) struct SocketQueue {
    outputs: mpsc::Sender<SocketOutput>,
    waiting: Arc<AtomicUsize>,
    _dropped: DropGuard,
    cut: CancellationToken,
}

/// The other end of a [`SocketQueue`].
pub(super) struct SocketOutputs {
    outputs: mpsc::Receiver<SocketOutput>,
    waiting: Arc<AtomicUsize>,
    dropped: CancellationToken,
    cut: CancellationToken,
}

/// A client does not keep up.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct TooSlow;

/// A queue without anything in it.
pub(super) fn socket_queue() -> (SocketQueue, SocketOutputs) {
    let (sender, receiver) = mpsc::channel(MAX_WAITING_FRAMES);
    let waiting = Arc::new(AtomicUsize::new(0));
    let (dropped, cut) = (CancellationToken::new(), CancellationToken::new());
    let outputs =
        SocketOutputs { outputs: receiver, waiting: Arc::clone(&waiting), dropped: dropped.clone(), cut: cut.clone() };
    (SocketQueue { outputs: sender, waiting, _dropped: dropped.drop_guard(), cut }, outputs)
}

impl SocketQueue {
    /// Puts a frame behind those that wait.
    pub fn push(&self, frame: Bytes) -> Result<(), TooSlow> {
        let bytes = frame.len();
        let waiting = self.waiting.fetch_add(bytes, Ordering::AcqRel);
        // One that is larger than the limit waits alone.
        let has_room = waiting == 0 || waiting + bytes <= MAX_WAITING_BYTES;
        if has_room && self.outputs.try_send(SocketOutput::Frame(frame)).is_ok() { Ok(()) } else { Err(TooSlow) }
    }

    /// Closes the socket behind what waits. A full queue closes it as well, only without saying why.
    pub fn close(self, close: Close) {
        let _ = self.outputs.try_send(SocketOutput::Close(close));
    }

    /// Ends the socket at once, with what waits.
    pub fn cut(self) {
        self.cut.cancel();
    }
}

impl SocketOutputs {
    /// The next; `None` once the other end is gone.
    pub async fn next(&mut self) -> Option<SocketOutput> {
        let output = self.outputs.recv().await?;
        if let SocketOutput::Frame(frame) = &output {
            self.waiting.fetch_sub(frame.len(), Ordering::AcqRel);
        }
        Some(output)
    }

    /// What waits until the socket has to end: at once where it is cut, and a while after it was closed.
    fn end(&self) -> impl Future<Output = ()> + use<> {
        let (dropped, cut) = (self.dropped.clone(), self.cut.clone());
        async move {
            let closed = async {
                dropped.cancelled().await;
                tokio::time::sleep(CLOSE_TIMEOUT).await;
            };
            tokio::select! {
                () = cut.cancelled() => {}
                () = closed => {}
            }
        }
    }
}

/// Serves a socket until either side ends it.
pub(super) async fn serve(mut socket: WebSocket, platform: Platform, session_id: String, opening: Opening) {
    let (queue, mut outputs) = socket_queue();
    let Some(id) = platform.open_socket(&session_id, opening, queue).await else {
        return;
    };
    let must_end = outputs.end();
    let end = tokio::select! {
        end = exchange(&mut socket, &platform, id, &mut outputs) => end,
        // Its client may take nothing any more, so that writing to it would never end.
        () = must_end => SocketInput::Closed,
    };
    platform.socket_input(id, end).await;
}

/// Carries frames both ways until either side ends the socket; says how.
async fn exchange(
    socket: &mut WebSocket,
    platform: &Platform,
    id: SocketId,
    outputs: &mut SocketOutputs,
) -> SocketInput {
    let mut is_writable = true;
    loop {
        tokio::select! {
            output = outputs.next(), if is_writable => match output {
                Some(SocketOutput::Frame(frame)) => {
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
                // The page is gone (RFC 6455 section 7.4.1): nobody is left to come back.
                Some(Ok(Message::Close(Some(frame)))) if frame.code == close_code::AWAY => return SocketInput::Lost,
                Some(Ok(Message::Close(_)) | Err(_)) | None => return SocketInput::Closed,
            },
        }
    }
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

    fn frame(bytes: usize) -> Bytes {
        vec![0; bytes].into()
    }

    #[tokio::test]
    async fn frames_wait_in_bounded_number_and_bytes() {
        let (queue, mut outputs) = socket_queue();
        for _ in 0..MAX_WAITING_FRAMES {
            assert_eq!(queue.push(frame(9)), Ok(()));
        }
        assert_eq!(queue.push(frame(9)), Err(TooSlow));
        assert!(outputs.next().await.is_some());

        let (queue, mut outputs) = socket_queue();
        assert_eq!(queue.push(frame(2 * MAX_WAITING_BYTES)), Ok(()), "it waits alone");
        assert_eq!(queue.push(frame(1)), Err(TooSlow));
        drop(queue);
        assert!(outputs.next().await.is_some() && outputs.next().await.is_none());
    }

    #[tokio::test(start_paused = true)]
    async fn a_socket_that_is_closed_or_cut_ends_whether_or_not_its_client_reads() {
        let began = tokio::time::Instant::now();
        let (queue, outputs) = socket_queue();
        queue.close(Close::Idle);
        outputs.end().await;
        assert_eq!(began.elapsed(), CLOSE_TIMEOUT);
        let (queue, outputs) = socket_queue();
        queue.cut();
        outputs.end().await;
        assert_eq!(began.elapsed(), CLOSE_TIMEOUT, "it goes on");
        let (_queue, outputs) = socket_queue();
        assert!(tokio::time::timeout(CLOSE_TIMEOUT * 9, outputs.end()).await.is_err(), "it is open");
    }
}
