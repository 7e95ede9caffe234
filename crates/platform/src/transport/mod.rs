//! The sockets of a platform, with a network's links between clients and the platform: media over UDP and ICE-TCP, the
//! relay, and signalling over HTTP and WebSockets. The other modules of the crate hold the protocols, without sockets.

mod acceptor;
mod access_link;
mod capture;
mod client_addr;
mod connect_proxy;
mod connections;
mod datagrams;
mod guard;
mod http_listener;
mod idle;
mod media;
mod media_firewall;
mod origin;
mod peer_bridge;
mod relay;
mod reset_handle;
mod resettable;
mod server;
mod signalling;
mod stream;
mod timer;
mod tls_identity;

pub use access_link::AccessCounters;
pub use capture::Tap;
pub use client_addr::{ClientAddr, ConnectionId};
pub(crate) use connect_proxy::ProxyRules;
pub use connect_proxy::{ConnectError, ConnectRequest, ProxyCredentials};
pub use guard::{AllowedClients, RefusalCause, RefusedRequest};
pub use http_listener::{HttpListener, ListenError};
pub(crate) use media::MediaEndpointOptions;
pub use media::{MediaEndpoint, MediaEndpointError};
pub use media_firewall::MediaFirewall;
pub use origin::{OriginError, parse_origin};
pub use peer_bridge::PeerBridge;
pub use relay::{RelayEndpoint, RelayEndpointError, RelayEndpointOptions};
pub(crate) use reset_handle::{RemoteAddress, ResetHandle};
pub use signalling::SignallingEndpointError;
pub(crate) use signalling::{HostPages, SignallingEndpoint, Tunnels};
pub use tls_identity::{IdentityError, TlsIdentity};
