//! The way of clients that ask for production's hosts: their browser's HTTP proxy, which ends TLS itself.
//!
//! A client asks the proxy for a tunnel (`connect`); whether it gets one is a matter of rules (`rules`). Inside it meets the
//! platform under a certificate that only precall's own browsers trust (`identity`). Nothing is asked of anybody else, so no
//! host is looked up, and those that the platform does not have are refused.

mod connect;
mod door;
mod identity;
mod listener;
mod rules;

pub use connect::{ConnectError, ConnectRequest};
pub use identity::{IdentityError, TlsIdentity};
pub use rules::{ProxyLogin, TunnelRules};

pub(super) use door::Door;
#[cfg(test)]
pub(super) use identity::trusting;
pub(super) use listener::{TunnelInfo, TunnelListener};
pub(super) use rules::Refused;
