//! The services of the platform, and the faults that they can have.

use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};

/// A service of the platform that can fail, in the order in which a client uses them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub enum Service {
    /// `config.opentok.com`, which serves the settings of a project.
    Config,
    /// `anvil.opentok.com`, which serves session info.
    Api,
    /// The messaging server, a WebSocket.
    Messaging,
    /// The messaging server's response to a client that connects to a session. Status 409 means that the session is
    /// full.
    Connection,
    /// The messaging server's response to a publisher's stream.
    Publish,
    /// The messaging server's response to a subscriber.
    Subscribe,
    /// The relay (TURN), for clients that use it.
    Relay,
    /// The media path between the publisher and the media router.
    PublisherMedia,
    /// The media path between the media router and the subscriber.
    SubscriberMedia,
    /// `hlg.tokbox.com`, which receives the logs of clients and the network test's probe.
    Logging,
}

impl Service {
    /// Every service, in the order in which a client uses them.
    pub const ALL: [Self; 10] = [
        Self::Config,
        Self::Api,
        Self::Messaging,
        Self::Connection,
        Self::Publish,
        Self::Subscribe,
        Self::Relay,
        Self::PublisherMedia,
        Self::SubscriberMedia,
        Self::Logging,
    ];

    /// Returns the key of the service in scenario files.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Config => "config",
            Self::Api => "api",
            Self::Messaging => "messaging",
            Self::Connection => "connection",
            Self::Publish => "publish",
            Self::Subscribe => "subscribe",
            Self::Relay => "relay",
            Self::PublisherMedia => "publisherMedia",
            Self::SubscriberMedia => "subscriberMedia",
            Self::Logging => "logging",
        }
    }

    /// Returns the actions that [`parse_fault`](super::parse_fault) accepts for the service.
    pub fn actions(self) -> &'static [&'static str] {
        match self {
            Self::Config | Self::Api | Self::Logging => &["reset", "hang", "status", "delay"],
            Self::Messaging => &["reset", "hang", "status", "delay", "disconnect"],
            Self::Publish => &["status", "hang", "unpublish"],
            Self::Connection | Self::Subscribe => &["status", "hang"],
            Self::Relay => &["status", "hang", "block"],
            Self::PublisherMedia | Self::SubscriberMedia => &["block"],
        }
    }
}

/// The behaviour of a service that has a fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub enum Action {
    /// Resets the connection without a response. On `messaging` it also resets open sockets.
    Reset,
    /// Accepts the request and never responds. On `messaging` it also stalls open sockets. On `relay` it also stops
    /// forwarding.
    Hang,
    /// Responds with this status, from 400 to 599. It is an HTTP status; on `connection`, `publish` and `subscribe` a
    /// raptor status; on `relay` the STUN error code of an allocation.
    Status(u16),
    /// Responds after this delay.
    Delay(Duration),
    /// Drops every packet. The relay still responds, but forwards nothing.
    Block,
    /// Disconnects every client of the session, as a moderator does.
    Disconnect,
    /// Unpublishes every stream of the session, as a moderator does.
    Unpublish,
}

impl fmt::Display for Action {
    /// Writes the action as scenario files have it, such as `status 503` or `delay 800 ms`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Reset => f.write_str("reset"),
            Self::Hang => f.write_str("hang"),
            Self::Status(code) => write!(f, "status {code}"),
            Self::Delay(time) => write!(f, "delay {} ms", time.as_secs_f64() * 1e3),
            Self::Block => f.write_str("block"),
            Self::Disconnect => f.write_str("disconnect"),
            Self::Unpublish => f.write_str("unpublish"),
        }
    }
}

/// The fault of one service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Fault {
    /// The service that fails. Its name in files is `leg`.
    #[serde(rename = "leg")]
    pub service: Service,
    /// The behaviour of the service while the fault is active.
    pub action: Action,
    /// Time from the start of the network test to the start of the fault; `None` if the fault is always active.
    pub at: Option<Duration>,
}

/// The faults of one case, at most one for each service.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(transparent)]
pub struct Faults(pub Vec<Fault>);

impl Faults {
    /// Returns the fault of a service.
    pub fn of(&self, service: Service) -> Option<&Fault> {
        self.0.iter().find(|fault| fault.service == service)
    }

    /// Returns the active fault of a service. `elapsed` is the time since the network test started; `None` before that.
    pub fn action(&self, service: Service, elapsed: Option<Duration>) -> Option<Action> {
        let fault = self.of(service)?;
        let is_on = fault.at.is_none_or(|at| elapsed.is_some_and(|elapsed| elapsed >= at));
        is_on.then_some(fault.action)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn actions_are_written_as_they_are_read() {
        for (service, text) in [
            (Service::Api, "reset"),
            (Service::Api, "hang"),
            (Service::Config, "status 503"),
            (Service::Logging, "delay 800 ms"),
            (Service::PublisherMedia, "block"),
        ] {
            let fault = crate::fault::parse_fault(service, text).expect("a fault");
            assert_eq!(fault.action.to_string(), text);
        }
    }

    #[test]
    fn fault_starts_at_its_time() {
        let faults = Faults(vec![
            Fault { service: Service::Api, action: Action::Hang, at: None },
            Fault { service: Service::Messaging, action: Action::Reset, at: Some(Duration::from_secs(8)) },
        ]);
        assert_eq!(faults.action(Service::Api, None), Some(Action::Hang));
        assert_eq!(faults.action(Service::Messaging, None), None);
        assert_eq!(faults.action(Service::Messaging, Some(Duration::from_secs(7))), None);
        assert_eq!(faults.action(Service::Messaging, Some(Duration::from_secs(8))), Some(Action::Reset));
        assert_eq!(faults.action(Service::Logging, Some(Duration::from_secs(8))), None);
    }
}
