//! Chrome: find it, install it, launch it, give each case a context of its own, and leave nothing of it behind.
//!
//! Knows nothing of OpenTok. The DevTools Protocol's types stop at this door.

mod camera;
mod client;
mod context;
mod error;
mod find;
mod install;
mod launch;
mod proxy;
mod resources;
mod supervisor;

pub use camera::FakeCamera;
pub use client::Browser;
pub use context::{BrowserEvent, ContextOptions, Device, HttpConditions, Page};
pub use error::BrowserError;
pub use find::{Chrome, find};
pub use install::{InstallPlan, install, plan_install};
pub use launch::LaunchOptions;
pub use proxy::{BrowserProxy, ProxyUser};
pub use resources::PageResources;
pub use supervisor::{SUPERVISOR_COMMAND, supervise};
