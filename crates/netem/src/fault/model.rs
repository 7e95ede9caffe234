//! What can go wrong.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// A leg of the platform: what a client has to reach, in the order in which it does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Leg {
    /// `config.opentok.com`: the project's settings.
    Config,
    /// `anvil.opentok.com`: session info.
    Api,
    /// The messaging WebSocket.
    Messaging,
    /// The session's answer to a client that connects; 409 is a full session.
    Connection,
    /// The session's answer to a stream that is published.
    Publish,
    /// The session's answer to a subscriber.
    Subscribe,
    /// The relay (TURN), for clients that use it.
    Relay,
    /// Media between the publisher and the router.
    PublisherMedia,
    /// Media between the router and the subscriber.
    SubscriberMedia,
    /// `hlg.tokbox.com`: what clients log, and the network test's probe.
    Logging,
}

impl Leg {
    /// All of them.
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

    /// Its key in scenario files.
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

    /// The words that [`parse_fault`](super::parse_fault) takes for it.
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

/// What a leg does instead of working.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Action {
    /// Cuts the connection without an answer. Of messaging: also the sockets that are open.
    Reset,
    /// Takes the request and never answers. Of messaging: also the sockets that are open. Of the relay: nor passes anything on.
    Hang,
    /// Answers with this status: of HTTP; of raptor for `connection`, `publish` and `subscribe`; of TURN for an allocation.
    Status(u16),
    /// Answers, but only after this long.
    Delay(Duration),
    /// No packet passes. Of the relay: it answers, but passes nothing on.
    Block,
    /// A moderator puts every client out of the session.
    Disconnect,
    /// A moderator takes every stream down.
    Unpublish,
}

/// One fault of one leg.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Fault {
    /// Which leg.
    pub leg: Leg,
    /// What it does.
    pub action: Action,
    /// From when on, after the tests begin; `None` is always.
    pub at: Option<Duration>,
}

/// The faults of one case; no leg has two.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Faults(pub Vec<Fault>);

impl Faults {
    /// The fault of a leg.
    pub fn of(&self, leg: Leg) -> Option<&Fault> {
        self.0.iter().find(|fault| fault.leg == leg)
    }

    /// What a leg does, so long after the tests began (`None`: they have not).
    pub fn action(&self, leg: Leg, elapsed: Option<Duration>) -> Option<Action> {
        let fault = self.of(leg)?;
        let is_on = fault.at.is_none_or(|at| elapsed.is_some_and(|elapsed| elapsed >= at));
        is_on.then_some(fault.action)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_is_on_from_its_time() {
        let faults = Faults(vec![
            Fault { leg: Leg::Api, action: Action::Hang, at: None },
            Fault { leg: Leg::Messaging, action: Action::Reset, at: Some(Duration::from_secs(8)) },
        ]);
        assert_eq!(faults.action(Leg::Api, None), Some(Action::Hang));
        assert_eq!(faults.action(Leg::Messaging, None), None);
        assert_eq!(faults.action(Leg::Messaging, Some(Duration::from_secs(7))), None);
        assert_eq!(faults.action(Leg::Messaging, Some(Duration::from_secs(8))), Some(Action::Reset));
        assert_eq!(faults.action(Leg::Logging, Some(Duration::from_secs(8))), None);
    }
}
