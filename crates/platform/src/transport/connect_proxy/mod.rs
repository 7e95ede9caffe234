//! The way of clients that ask for production's hosts: their browser's HTTP proxy, which ends TLS itself.
//!
//! A client asks the proxy for a tunnel (`connect`); whether it gets one is a matter of rules (`rules`). Inside it meets the
//! platform under a certificate that only precall's own browsers trust (`identity`). Nothing is asked of anybody else, so no
//! host is looked up, and those that the platform does not have are refused.

mod listener;
mod proxy;
mod request;
mod rules;

pub use request::{ConnectError, ConnectRequest};
pub use rules::{ProxyCredentials, ProxyRules};

pub(super) use listener::{TunnelInfo, TunnelListener};
pub(super) use proxy::ConnectProxy;
pub(super) use rules::RefusalCounts;
