//! The queue of a platform's events for its operator.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::sync::mpsc;

use super::event::PlatformEvent;
use super::limits::MAX_WAITING_EVENTS;

/// The sending end of a platform's events. Clones are the same queue.
#[derive(Debug, Clone)]
pub(super) struct EventQueue {
    events: mpsc::Sender<PlatformEvent>,
    left_out: Arc<AtomicU64>,
}

/// The receiving end of a platform's events. A receiver that is too slow loses events, and learns how many.
#[derive(Debug)]
pub(super) struct PlatformEvents {
    events: mpsc::Receiver<PlatformEvent>,
    left_out: Arc<AtomicU64>,
}

/// Creates an empty queue.
pub(super) fn event_queue() -> (EventQueue, PlatformEvents) {
    let (sender, events) = mpsc::channel(MAX_WAITING_EVENTS);
    let left_out = Arc::new(AtomicU64::new(0));
    (EventQueue { events: sender, left_out: Arc::clone(&left_out) }, PlatformEvents { events, left_out })
}

impl EventQueue {
    /// Queues an event, or counts it as left out if the queue is full.
    pub(crate) fn push(&self, event: PlatformEvent) {
        // Without a receiver the event is dropped.
        if let Err(mpsc::error::TrySendError::Full(_)) = self.events.try_send(event.shortened()) {
            self.left_out.fetch_add(1, Ordering::Relaxed);
        }
    }
}

impl PlatformEvents {
    /// Returns the next event; `None` once the platform is gone. [`PlatformEvent::LeftOut`] comes after the events that
    /// still had room.
    pub(crate) async fn recv(&mut self) -> Option<PlatformEvent> {
        if self.events.is_empty() {
            let left_out = self.left_out.swap(0, Ordering::Relaxed);
            if left_out > 0 {
                return Some(PlatformEvent::LeftOut(left_out));
            }
        }
        self.events.recv().await
    }
}

#[cfg(test)]
impl PlatformEvents {
    /// Returns the next event that is there already.
    pub(crate) fn try_recv(&mut self) -> Option<PlatformEvent> {
        self.events.try_recv().ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limits::{MAX_EVENT_TEXT_BYTES, MAX_LOGGED_BYTES};

    #[tokio::test]
    async fn events_beyond_the_queue_are_dropped_and_counted() {
        let (queue, mut events) = event_queue();
        for _ in 0..MAX_WAITING_EVENTS + 7 {
            queue.push(PlatformEvent::UnknownSession);
        }
        for _ in 0..MAX_WAITING_EVENTS {
            assert_eq!(events.recv().await, Some(PlatformEvent::UnknownSession));
        }
        assert_eq!(events.recv().await, Some(PlatformEvent::LeftOut(7)));
        queue.push(PlatformEvent::UnknownSession);
        assert_eq!(events.recv().await, Some(PlatformEvent::UnknownSession));
        drop(queue);
        assert_eq!(events.recv().await, None);
    }

    #[tokio::test]
    async fn client_texts_are_truncated() {
        let (queue, mut events) = event_queue();
        let long = "\u{fc}".repeat(100_000);
        queue.push(PlatformEvent::Logged { action: long.clone(), variation: "Attempt".to_owned() });
        queue.push(PlatformEvent::UnknownPath(long));
        let Some(PlatformEvent::Logged { action, variation }) = events.recv().await else { panic!("an event") };
        assert!(action.len() <= MAX_LOGGED_BYTES + 3 && action.ends_with('\u{2026}'), "{action}");
        assert_eq!(variation, "Attempt");
        let Some(PlatformEvent::UnknownPath(path)) = events.recv().await else { panic!("an event") };
        assert!(path.len() <= MAX_EVENT_TEXT_BYTES + 3, "{path}");
    }
}
