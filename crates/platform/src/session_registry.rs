//! The registry of all sessions. `session_task` runs those that have clients.

use std::collections::{HashMap, VecDeque};

use super::media::RtpVideoCodec;
use crate::credentials::{Project, SessionId};

/// The most sessions that are remembered. Beyond it the oldest is forgotten, and no new client can join it.
const MAX_SESSIONS: usize = 10_000;

/// How media flows in a session: through the media router or between the clients.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum MediaMode {
    /// Through the media router.
    #[default]
    Routed,
    /// From client to client (`p2p`).
    Relayed,
}

/// The options that a session is created with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SessionOptions {
    /// How the session's media flows.
    pub media_mode: MediaMode,
    /// The video codec that its streams have, where their publishers know it. In the cloud, a setting of the project.
    pub video_codec: RtpVideoCodec,
    /// Whether publishers of VP8 send several layers once more than two clients are connected. In the cloud, a setting
    /// of the project.
    pub simulcast: bool,
}

impl Default for SessionOptions {
    /// Returns the cloud's defaults: routed, VP8, simulcast.
    fn default() -> Self {
        Self { media_mode: MediaMode::default(), video_codec: RtpVideoCodec::default(), simulcast: true }
    }
}

/// A session that exists.
#[derive(Debug, Clone)]
pub(super) struct SessionRecord {
    /// The project whose tokens open the session.
    pub project: Project,
    /// The options that the session was created with.
    pub options: SessionOptions,
    /// The creation time in milliseconds since the Unix epoch.
    pub created_ms: u64,
}

/// The sessions by id.
#[derive(Debug, Default)]
pub(super) struct SessionRegistry {
    sessions: HashMap<String, SessionRecord>,
    order: VecDeque<String>,
}

impl SessionRegistry {
    /// Adds a session under a new id, and returns the id.
    pub(crate) fn create(&mut self, record: SessionRecord) -> SessionId {
        let id = SessionId::generate(&record.project.api_key, record.created_ms);
        self.sessions.insert(id.as_str().to_owned(), record);
        self.order.push_back(id.as_str().to_owned());
        if self.order.len() > MAX_SESSIONS
            && let Some(oldest) = self.order.pop_front()
        {
            self.sessions.remove(&oldest);
        }
        id
    }

    /// Returns the session of this id.
    pub(crate) fn find(&self, id: &str) -> Option<SessionRecord> {
        self.sessions.get(id).cloned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use precall_support::secrets::Secret;

    #[test]
    fn the_oldest_session_is_evicted() {
        let record = SessionRecord {
            project: Project::opentok("1", Secret::new("s")),
            options: SessionOptions::default(),
            created_ms: 0,
        };
        let mut registry = SessionRegistry::default();
        let first = registry.create(record.clone());
        let second = registry.create(record.clone());
        for _ in 1..MAX_SESSIONS {
            registry.create(record.clone());
        }
        assert!(registry.find(first.as_str()).is_none());
        assert!(registry.find(second.as_str()).is_some());
        assert_eq!((registry.sessions.len(), registry.order.len()), (MAX_SESSIONS, MAX_SESSIONS));
    }
}
