//! What joins browser and platform for one case, with a network's links in it: the UDP path, the relay, and the path of the
//! signalling, which is HTTP and WebSockets. Decides no verdict.

mod acceptor;
mod capture;
mod connections;
mod datagrams;
mod guard;
mod http;
mod idle;
mod leg;
mod listener;
mod media;
mod media_wall;
mod origin;
mod peer;
mod relay;
mod server;
mod signalling;
mod stream;
mod timer;
mod tunnel;

pub use capture::{Side, Tap};
pub use guard::{Allowed, Refusal, Refused};
pub use http::{HttpPath, HttpPathError};
pub use leg::LegCounters;
pub use media::{MediaPath, MediaPathError, MediaPathOptions};
pub use media_wall::MediaWall;
pub use origin::{OriginError, parse_origin};
pub use peer::PeerPath;
pub use relay::{RelayPath, RelayPathError, RelayPathOptions};
pub use signalling::{SignallingPath, SignallingPathError};
pub use tunnel::{ConnectError, ConnectRequest, IdentityError, ProxyLogin, TlsIdentity, TunnelRules};
