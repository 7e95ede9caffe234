//! The page that a case runs in: its files, what it is handed, and the events it sends back. Interprets no quality.

mod app_setup;
mod assets;
mod browser_check;
mod call_setup;
mod event;
mod fault;
mod gate;
mod limits;
mod line_test_page;
mod meter;
mod peers;
mod perceived;
mod policy;
mod sane;
mod setup;
mod text;

pub(crate) use app_setup::{observer_script, open_call, script_call};
pub use assets::{HARNESS_PATH, NETWORK_TEST_PATH, PageServer};
pub use browser_check::{BrowserTraits, DENIED_CALL, Denial, GRANTED_CALL};
pub use call_setup::CallSetup;
pub(crate) use call_setup::{release_call, step_call};
pub use event::{BINDING, PageEvent};
pub use fault::PageFault;
pub use gate::{EventGate, RequestedTests};
pub use limits::{CASE_LIMIT, PageAllowance};
pub use line_test_page::{LINE_TEST_PATH, line_test_files};
pub use meter::EventMeter;
pub use peers::{PEERS_PATH, PeersEvent, PeersMedia, PeersSample, accept_call, subscribe_call};
pub use perceived::{Patch, PerceivedReport, Recorded};
pub use policy::content_policy;
pub use setup::{ModuleOptions, RelayOnly, RtcIceServer, Setup};
