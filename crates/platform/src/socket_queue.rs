//! The queue of frames for a client's WebSocket.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::mpsc;
use tokio_util::sync::{CancellationToken, DropGuard};

use super::limits::{MAX_WAITING_BYTES, MAX_WAITING_FRAMES};
use super::messaging::Close;

/// How long a socket that the session has closed may still write waiting frames: its client may read slowly, or not at
/// all.
pub(super) const CLOSE_TIMEOUT: Duration = Duration::from_secs(5);

/// An output of a session to a client's socket.
pub(super) enum SocketOutput {
    /// Sends a frame.
    Frame(Bytes),
    /// Closes the socket.
    Close(Close),
}

/// The sending half of a socket's queue. The number of frames and of their bytes is bounded. Dropping it closes the
/// socket after the waiting frames.
pub(super) struct SocketQueue {
    outputs: mpsc::Sender<SocketOutput>,
    waiting: Arc<AtomicUsize>,
    _dropped: DropGuard,
    aborted: CancellationToken,
}

/// The receiving half of a [`SocketQueue`].
pub(super) struct SocketOutputs {
    outputs: mpsc::Receiver<SocketOutput>,
    waiting: Arc<AtomicUsize>,
    dropped: CancellationToken,
    aborted: CancellationToken,
}

/// The queue is full, since its client does not keep up.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct TooSlow;

/// Creates an empty queue.
pub(super) fn socket_queue() -> (SocketQueue, SocketOutputs) {
    let (sender, receiver) = mpsc::channel(MAX_WAITING_FRAMES);
    let waiting = Arc::new(AtomicUsize::new(0));
    let (dropped, aborted) = (CancellationToken::new(), CancellationToken::new());
    let outputs = SocketOutputs {
        outputs: receiver,
        waiting: Arc::clone(&waiting),
        dropped: dropped.clone(),
        aborted: aborted.clone(),
    };
    (SocketQueue { outputs: sender, waiting, _dropped: dropped.drop_guard(), aborted }, outputs)
}

impl SocketQueue {
    /// Appends a frame.
    pub(crate) fn push(&self, frame: Bytes) -> Result<(), TooSlow> {
        let bytes = frame.len();
        let waiting = self.waiting.fetch_add(bytes, Ordering::AcqRel);
        // A frame that is larger than the limit waits alone.
        let has_room = waiting == 0 || waiting + bytes <= MAX_WAITING_BYTES;
        if has_room && self.outputs.try_send(SocketOutput::Frame(frame)).is_ok() { Ok(()) } else { Err(TooSlow) }
    }

    /// Closes the socket after the waiting frames. A socket whose queue is full closes as well, without a reason.
    pub(crate) fn close(self, close: Close) {
        let _ = self.outputs.try_send(SocketOutput::Close(close));
    }

    /// Ends the socket at once and drops the waiting frames.
    pub(crate) fn abort(self) {
        self.aborted.cancel();
    }
}

impl SocketOutputs {
    /// Waits for the next output; `None` once the sending half is dropped and the queue is empty.
    pub(crate) async fn next(&mut self) -> Option<SocketOutput> {
        let output = self.outputs.recv().await?;
        if let SocketOutput::Frame(frame) = &output {
            self.waiting.fetch_sub(frame.len(), Ordering::AcqRel);
        }
        Some(output)
    }

    /// Waits until the socket has to end: at once if it is aborted, and [`CLOSE_TIMEOUT`] after it was closed.
    pub(crate) fn end(&self) -> impl Future<Output = ()> + use<> {
        let (dropped, aborted) = (self.dropped.clone(), self.aborted.clone());
        async move {
            let closed = async {
                dropped.cancelled().await;
                tokio::time::sleep(CLOSE_TIMEOUT).await;
            };
            tokio::select! {
                () = aborted.cancelled() => {}
                () = closed => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(bytes: usize) -> Bytes {
        vec![0; bytes].into()
    }

    #[tokio::test]
    async fn queued_frames_are_bounded_in_number_and_bytes() {
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
    async fn closed_sockets_end_although_clients_do_not_read() {
        let began = tokio::time::Instant::now();
        let (queue, outputs) = socket_queue();
        queue.close(Close::Idle);
        outputs.end().await;
        assert_eq!(began.elapsed(), CLOSE_TIMEOUT);
        let (queue, outputs) = socket_queue();
        queue.abort();
        outputs.end().await;
        assert_eq!(began.elapsed(), CLOSE_TIMEOUT, "it ends at once");
        let (_queue, outputs) = socket_queue();
        assert!(tokio::time::timeout(CLOSE_TIMEOUT * 9, outputs.end()).await.is_err(), "it is open");
    }
}
