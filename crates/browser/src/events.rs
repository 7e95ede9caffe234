//! The events of a page.

use std::time::Duration;

use futures::StreamExt;
use futures::stream::{BoxStream, SelectAll, select_all};

use super::health::Health;

/// The longest line of a console that is kept, in characters.
pub(super) const MAX_CONSOLE_CHARS: usize = 4000;

/// Something that happened in a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BrowserEvent {
    /// The page called the function that precall added to it.
    Binding {
        /// The text that the page passed to the function.
        payload: String,
    },
    /// The page wrote a line to its console.
    Console {
        /// The console's level: `log`, `warning`, `error`, …
        level: String,
        /// The text of the line.
        text: String,
    },
    /// The page threw an exception that no code of it caught.
    Exception {
        /// The description of the exception.
        text: String,
    },
    /// The page navigated itself to another URL.
    Navigated {
        /// The URL that the page navigated to.
        url: String,
    },
    /// The page closed itself. No event follows.
    Closed,
    /// The page made the browser send a message of more than `limit` bytes, which was dropped.
    TooLong {
        /// The longest message that is accepted, in bytes.
        limit: usize,
    },
    /// The page or the whole browser is gone. No event follows.
    Crashed {
        /// Why the page is gone.
        reason: String,
    },
}

/// The events of a page, in the order in which they happen.
pub struct PageEvents {
    streams: SelectAll<BoxStream<'static, BrowserEvent>>,
    health: Health,
}

impl PageEvents {
    /// Merges streams of events. They end with [`BrowserEvent::Crashed`] when the browser is gone.
    pub(super) fn new(streams: Vec<BoxStream<'static, BrowserEvent>>, health: Health) -> Self {
        Self { streams: select_all(streams), health }
    }

    /// Takes the events from now on, and leaves none.
    pub(super) fn take(&mut self) -> Self {
        let none = Self::new(Vec::new(), self.health.clone());
        std::mem::replace(self, none)
    }

    /// Waits for the next event. No event follows [`BrowserEvent::Closed`] or [`BrowserEvent::Crashed`].
    pub async fn next(&mut self) -> BrowserEvent {
        let gone = tokio::select! {
            // Events that precede the end are delivered first.
            biased;
            event = self.streams.next() => match event {
                Some(event) => return event,
                // The streams end with the connection, shortly before the reason for its end is known.
                None => match tokio::time::timeout(Duration::from_secs(1), self.health.clone().gone()).await {
                    Ok(gone) => gone,
                    Err(_) => return BrowserEvent::Closed,
                },
            },
            gone = self.health.clone().gone() => gone,
        };
        BrowserEvent::Crashed { reason: format!("the browser is gone: {gone}") }
    }
}
