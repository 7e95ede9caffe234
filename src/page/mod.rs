//! The page that a case runs in: its files, what it is handed, and the events it sends back. Interprets no quality.

mod assets;
mod browser_check;
mod event;
mod peers;
mod setup;

pub use assets::{HARNESS_PATH, NETWORK_TEST_PATH, PageServer};
pub use browser_check::{BrowserTraits, DENIED_CALL, Denial, GRANTED_CALL};
pub use event::{BINDING, PageEvent, PageEventError};
pub use peers::{PEERS_PATH, PeersEvent, PeersMedia, PeersSample, accept_call, subscribe_call};
pub use setup::{ModuleOptions, RelayOnly, RtcIceServer, Setup};
