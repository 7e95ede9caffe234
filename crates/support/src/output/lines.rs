//! Lines that are written to standard output while something else goes on.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use super::stream;

/// How often it is looked whether all lines are written.
const INTERVAL: Duration = Duration::from_millis(5);

/// Who reads lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LineKind {
    /// People read them: lines are text.
    Text,
    /// Programs: each line is JSON.
    Json,
}

/// Lines for standard output that a thread of their own writes. A reader that is slow, or does not read at all, holds up nobody but
/// that thread.
///
/// Dropping it waits until every line is written.
#[derive(Debug)]
pub struct Lines {
    queue: Option<Sender<String>>,
    writer: Option<JoinHandle<()>>,
    /// How many lines wait.
    waiting: Arc<AtomicUsize>,
    /// How many may wait; `usize::MAX` for as many as there are.
    most: usize,
    /// How many were left out since a line was last written.
    left_out: usize,
}

impl Lines {
    /// Starts the thread. While `most` lines wait, further ones are left out, and their number is printed later; with `None` all
    /// of them are kept, whatever memory that takes.
    pub fn start(most: Option<usize>, kind: LineKind) -> Self {
        let (queue, lines) = channel();
        let waiting = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&waiting);
        let writer = std::thread::spawn(move || write(&lines, kind, &counter));
        Self { queue: Some(queue), writer: Some(writer), waiting, most: most.unwrap_or(usize::MAX), left_out: 0 }
    }

    /// Has a line written. `left_out` makes the line that says how many lines are missing before it.
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
        // The thread ends only after the queue.
        let _ = queue.send(line);
    }

    /// Waits at most so long for the lines to be written, and leaves the rest.
    pub fn finish_within(mut self, limit: Duration) {
        let began = Instant::now();
        while self.waiting.load(Ordering::Acquire) > 0 && began.elapsed() < limit {
            std::thread::sleep(INTERVAL);
        }
        // Nobody waits for the thread: it may be held up by the reader, and ends with the process.
        self.writer = None;
    }
}

impl Drop for Lines {
    fn drop(&mut self) {
        self.queue = None;
        if let Some(writer) = self.writer.take() {
            // A thread that panicked has said so.
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
