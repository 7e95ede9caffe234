//! The HTTP proxy of browsers that request production's hosts. It ends TLS itself.
//!
//! A client requests a tunnel from the proxy (`request`), and rules decide whether it receives one (`rules`). Inside
//! the tunnel it reaches the platform under a certificate that only precall's own browsers trust (`tls_identity`). The
//! proxy opens no connections and looks up no names; hosts that the platform does not have are refused.

mod listener;
mod proxy;
mod request;
mod rules;

pub use request::{ConnectError, ConnectRequest};
pub use rules::ProxyCredentials;
pub(crate) use rules::ProxyRules;

pub(super) use listener::{TunnelInfo, TunnelListener};
pub(super) use proxy::ConnectProxy;
pub(super) use rules::RefusalCounts;
