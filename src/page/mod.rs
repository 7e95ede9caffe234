//! The page that a case runs in: its files, what it is handed, and the events it sends back. Interprets no quality.

mod assets;
mod event;
mod setup;

pub use assets::{HARNESS_PATH, NETWORK_TEST_PATH, PageServer};
pub use event::{BINDING, PageEvent, PageEventError};
pub use setup::{ModuleOptions, RelayOnly, RtcIceServer, Setup};
