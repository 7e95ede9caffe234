//! The rules of a firewall.

use serde::{Deserialize, Serialize};

use crate::fault::{Action, Fault, Service};

/// The firewall of a user's network. The default lets all traffic pass.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", default)]
pub struct Firewall {
    /// Services whose traffic is dropped silently, so that clients run into their timeouts (`block`).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub block: Vec<Target>,
    /// Services whose connections are reset (`reset`).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub reset: Vec<Target>,
    /// Whether UDP passes (`udp`).
    pub udp: Udp,
    /// The ports that can be reached (`ports`).
    pub ports: Ports,
    /// The HTTP proxy for all traffic except media (`proxy`).
    pub proxy: HttpProxy,
}

/// A kind of traffic that a firewall distinguishes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub enum Target {
    /// Requests to `config.opentok.com`.
    Config,
    /// Requests to `anvil.opentok.com`.
    Api,
    /// The WebSocket of the messaging server.
    Messaging,
    /// Requests to `hlg.tokbox.com`.
    Logging,
    /// Media, over every transport.
    Media,
}

/// Whether UDP passes a firewall.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Udp {
    /// `"open"`: UDP passes.
    #[default]
    Open,
    /// `"blocked"`: UDP is dropped. Media needs the platform's relay (TURN) over TCP or TLS.
    Blocked,
}

/// The ports that can be reached through a firewall.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Ports {
    /// `"any"`: every port.
    #[default]
    Any,
    /// `"tls"`: only TLS on TCP port 443. The platform's relay over TLS counts as reachable there.
    Tls,
}

/// An HTTP proxy, and the credentials that the browser has for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum HttpProxy {
    /// `"none"`: there is no proxy.
    #[default]
    None,
    /// `"open"`: the proxy requires no credentials.
    Open,
    /// `"login"`: the proxy requires credentials (407), and the browser has them.
    Login,
    /// `"wrong-login"`: the proxy requires credentials, and the browser has wrong ones.
    WrongLogin,
    /// `"no-login"`: the proxy requires credentials, and the browser has none.
    NoLogin,
}

impl Target {
    /// All targets, in the order of their declaration.
    pub const ALL: [Self; 5] = [Self::Config, Self::Api, Self::Messaging, Self::Logging, Self::Media];

    /// Returns the name of the target in scenario files.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Config => "config",
            Self::Api => "api",
            Self::Messaging => "messaging",
            Self::Logging => "logging",
            Self::Media => "media",
        }
    }

    /// Returns the services of the platform that the target covers.
    pub fn services(self) -> &'static [Service] {
        match self {
            Self::Config => &[Service::Config],
            Self::Api => &[Service::Api],
            Self::Messaging => &[Service::Messaging],
            Self::Logging => &[Service::Logging],
            Self::Media => &[Service::PublisherMedia, Service::SubscriberMedia],
        }
    }
}

impl Firewall {
    /// Returns whether all traffic passes.
    pub fn is_open(&self) -> bool {
        *self == Self::default()
    }

    /// Returns whether media needs TCP, with or without TLS.
    pub fn blocks_udp(&self) -> bool {
        self.udp == Udp::Blocked || self.ports == Ports::Tls
    }

    /// Returns the rules for single services as faults of these services: a client cannot distinguish a request that is
    /// dropped on the way from one that is never answered.
    pub fn faults(&self) -> impl Iterator<Item = Fault> {
        let blocked = self.block.iter().map(|target| {
            let action = if *target == Target::Media { Action::Block } else { Action::Hang };
            (target, action)
        });
        let reset = self.reset.iter().map(|target| (target, Action::Reset));
        blocked.chain(reset).flat_map(|(target, action)| {
            target.services().iter().map(move |service| Fault { service: *service, action, at: None })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_become_faults_of_services() {
        let firewall =
            Firewall { block: vec![Target::Api, Target::Media], reset: vec![Target::Logging], ..Firewall::default() };
        let faults: Vec<_> = firewall.faults().map(|fault| (fault.service, fault.action)).collect();
        let expected = [
            (Service::Api, Action::Hang),
            (Service::PublisherMedia, Action::Block),
            (Service::SubscriberMedia, Action::Block),
            (Service::Logging, Action::Reset),
        ];
        assert_eq!(faults, expected);
        assert!(!firewall.is_open() && !firewall.blocks_udp());
        assert!(Firewall { ports: Ports::Tls, ..Firewall::default() }.blocks_udp());
    }
}
