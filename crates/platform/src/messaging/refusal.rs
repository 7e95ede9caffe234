//! Faults of a session: requests that it refuses, and what a moderator does to its clients.

use super::raptor::Resource;
use precall_netem::fault::Service;

/// How a request is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// With this status code.
    Status(u16),
    /// Without an answer.
    Silence,
}

/// A fault of a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SessionFault {
    /// Requests to this service are refused from now on: `connection`, `publish` or `subscribe`.
    Refuse(Service, Refusal),
    /// A moderator disconnects every client.
    DisconnectAll,
    /// A moderator takes every stream down.
    UnpublishAll,
}

/// Returns the service that a request is for, if it can be refused.
pub(super) fn service_of(method: &str, resource: Option<&Resource>) -> Option<Service> {
    match (method, resource?) {
        ("create", Resource::Connection(_)) => Some(Service::Connection),
        ("create", Resource::Stream(_)) => Some(Service::Publish),
        ("create", Resource::Subscriber { .. }) => Some(Service::Subscribe),
        _ => None,
    }
}
