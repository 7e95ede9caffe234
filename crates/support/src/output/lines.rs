//! Lines for standard output that are written in the background.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use super::stream;

/// Interval between checks whether all lines are written.
const INTERVAL: Duration = Duration::from_millis(5);

/// The readers of lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LineKind {
    /// People: lines are text.
    Text,
    /// Programs: each line is JSON.
    Json,
}

/// Lines for standard output, written by a thread. A reader that is slow or does not read at all blocks only
/// that thread.
///
/// Dropping it waits until every line is written.
#[derive(Debug)]
pub struct Lines {
    queue: Option<Sender<String>>,
    writer: Option<JoinHandle<()>>,
    /// The number of waiting lines.
    waiting: Arc<AtomicUsize>,
    /// The largest number of waiting lines; `usize::MAX` for no limit.
    most: usize,
    /// The number of lines that were omitted since a line was last written.
    left_out: usize,
}

impl Lines {
    /// Starts the thread. While `most` lines wait, further lines are omitted, and their number is printed later. With
    /// `None` all lines are kept, whatever memory that takes.
    pub fn start(most: Option<usize>, kind: LineKind) -> Self {
        let (queue, lines) = channel();
        let waiting = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&waiting);
        let writer = std::thread::spawn(move || write(&lines, kind, &counter));
        Self { queue: Some(queue), writer: Some(writer), waiting, most: most.unwrap_or(usize::MAX), left_out: 0 }
    }

    /// Queues a line. `left_out` creates the line with the number of omitted lines before it.
    pub fn push(&mut self, line: String, left_out: impl FnOnce(usize) -> String) {
        if self.waiting.load(Ordering::Acquire) >= self.most {
            self.left_out += 1;
            return;
        }
        if self.left_out > 0 {
            let count = std::mem::take(&mut self.left_out);
            self.send(left_out(count));
        }
        self.send(line);
    }

    fn send(&self, line: String) {
        let Some(queue) = &self.queue else { return };
        self.waiting.fetch_add(1, Ordering::AcqRel);
        // The thread ends only after the queue is closed.
        let _ = queue.send(line);
    }

    /// Waits at most `limit` for the lines to be written, and drops the rest.
    pub fn finish_within(mut self, limit: Duration) {
        let began = Instant::now();
        while self.waiting.load(Ordering::Acquire) > 0 && began.elapsed() < limit {
            std::thread::sleep(INTERVAL);
        }
        // The thread is not joined: the reader may block it, and it ends with the process.
        self.writer = None;
    }
}

impl Drop for Lines {
    fn drop(&mut self) {
        self.queue = None;
        if let Some(writer) = self.writer.take() {
            // A thread that panicked has already reported it.
            let _ = writer.join();
        }
    }
}

fn write(lines: &Receiver<String>, kind: LineKind, waiting: &AtomicUsize) {
    for line in lines {
        match kind {
            LineKind::Text => stream::println(line),
            LineKind::Json => stream::print_json(line),
        }
        waiting.fetch_sub(1, Ordering::AcqRel);
    }
}
