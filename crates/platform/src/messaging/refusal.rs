//! What a session does to its clients by a fault: it refuses them, or puts them out.

use super::raptor::Resource;
use super::session::{FORCE_DISCONNECTED, Session};
use precall_netem::fault::Service;

/// The reason a publisher is told when a moderator takes its stream down.
pub(super) const FORCE_UNPUBLISHED: &str = "forceUnpublished";

/// How a request is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// With this status.
    Status(u16),
    /// It is never answered.
    Silence,
}

impl Session {
    /// From now on requests of this leg are refused: `connection`, `publish` or `subscribe`.
    pub fn refuse(&mut self, service: Service, refusal: Refusal) {
        self.refusals.insert(service, refusal);
    }

    /// How a request is refused, if it is.
    pub(super) fn refusal_of(&self, method: &str, resource: Option<&Resource>) -> Option<Refusal> {
        let leg = match (method, resource?) {
            ("create", Resource::Connection(_)) => Service::Connection,
            ("create", Resource::Stream(_)) => Service::Publish,
            ("create", Resource::Subscriber { .. }) => Service::Subscribe,
            _ => return None,
        };
        self.refusals.get(&leg).copied()
    }

    /// Puts every client out of the session, as a moderator does.
    pub fn disconnect_all(&mut self) {
        let ids: Vec<_> = self.connections.keys().cloned().collect();
        for id in ids {
            self.remove_connection(&id, FORCE_DISCONNECTED);
        }
    }

    /// Takes every stream down, as a moderator does.
    pub fn unpublish_all(&mut self) {
        let ids: Vec<_> = self.streams.keys().cloned().collect();
        for id in ids {
            self.remove_stream(&id, FORCE_UNPUBLISHED);
        }
    }
}
