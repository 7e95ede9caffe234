//! The local platform as a job of its own: a request, a platform that runs until it ends or is dropped, and its events.

mod request;
mod run;
mod secrets;

pub use request::{PlatformRequest, RelaySettings};
pub use run::{Ready, run_local_platform};
