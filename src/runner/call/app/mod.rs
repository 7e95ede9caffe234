//! The application of a call: its server, the URLs of its pages, and what the platform tells of them.

mod live_app;
mod server;
mod view;

pub(super) use live_app::{AppEnd, LiveApp};
pub use server::SERVER_SUPERVISOR_COMMAND;
pub(super) use view::PlatformView;
