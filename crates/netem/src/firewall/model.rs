//! What a firewall can be.

use serde::{Deserialize, Serialize};

use crate::fault::{Action, Fault, Leg};

/// A network's firewall. The default lets everything pass.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Firewall {
    /// `block`: what is dropped without a word, so that who asks waits.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub block: Vec<Target>,
    /// `reset`: whose connections are reset.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub reset: Vec<Target>,
    /// `udp`.
    pub udp: Udp,
    /// `ports`.
    pub ports: Ports,
    /// `proxy`: the HTTP proxy that everything but media goes through.
    pub proxy: HttpProxy,
}

/// What a firewall can tell apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Target {
    /// `config.opentok.com`.
    Config,
    /// `anvil.opentok.com`.
    Api,
    /// The messaging server.
    Messaging,
    /// `hlg.tokbox.com`.
    Logging,
    /// Media, whichever way it goes.
    Media,
}

/// Whether UDP passes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Udp {
    /// `"open"`.
    #[default]
    Open,
    /// `"blocked"`: media has to find the platform's relay (TURN) by TCP or TLS.
    Blocked,
}

/// Which ports are reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ports {
    /// `"any"`.
    #[default]
    Any,
    /// `"tls"`: TLS on TCP's port 443 only. The platform's relay counts as being there, by TLS.
    Tls,
}

/// An HTTP proxy, and what the browser knows of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum HttpProxy {
    /// `"none"`.
    #[default]
    None,
    /// `"open"`: it serves anybody.
    Open,
    /// `"login"`: it asks who is there, and the browser knows the answer.
    Login,
    /// `"wrong-login"`: the browser has another answer.
    WrongLogin,
    /// `"no-login"`: the browser has none.
    NoLogin,
}

impl Target {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Config, Self::Api, Self::Messaging, Self::Logging, Self::Media];

    /// The word in scenario files.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Config => "config",
            Self::Api => "api",
            Self::Messaging => "messaging",
            Self::Logging => "logging",
            Self::Media => "media",
        }
    }

    /// The legs of the platform that it is.
    pub fn legs(self) -> &'static [Leg] {
        match self {
            Self::Config => &[Leg::Config],
            Self::Api => &[Leg::Api],
            Self::Messaging => &[Leg::Messaging],
            Self::Logging => &[Leg::Logging],
            Self::Media => &[Leg::PublisherMedia, Leg::SubscriberMedia],
        }
    }
}

impl Firewall {
    /// Whether everything passes.
    pub fn is_open(&self) -> bool {
        *self == Self::default()
    }

    /// Whether media gets through by TCP only, with TLS or without.
    pub fn blocks_udp(&self) -> bool {
        self.udp == Udp::Blocked || self.ports == Ports::Tls
    }

    /// What it does to single legs, as faults of theirs: to who asks, a request that is dropped on the way and one that is never
    /// answered are the same.
    pub fn faults(&self) -> impl Iterator<Item = Fault> {
        let blocked = self.block.iter().map(|target| {
            let action = if *target == Target::Media { Action::Block } else { Action::Hang };
            (target, action)
        });
        let reset = self.reset.iter().map(|target| (target, Action::Reset));
        blocked
            .chain(reset)
            .flat_map(|(target, action)| target.legs().iter().map(move |leg| Fault { leg: *leg, action, at: None }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_it_does_to_legs_are_their_faults() {
        let firewall =
            Firewall { block: vec![Target::Api, Target::Media], reset: vec![Target::Logging], ..Firewall::default() };
        let faults: Vec<_> = firewall.faults().map(|fault| (fault.leg, fault.action)).collect();
        let expected = [
            (Leg::Api, Action::Hang),
            (Leg::PublisherMedia, Action::Block),
            (Leg::SubscriberMedia, Action::Block),
            (Leg::Logging, Action::Reset),
        ];
        assert_eq!(faults, expected);
        assert!(!firewall.is_open() && !firewall.blocks_udp());
        assert!(Firewall { ports: Ports::Tls, ..Firewall::default() }.blocks_udp());
    }
}
