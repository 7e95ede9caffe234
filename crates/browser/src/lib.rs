//! Chrome: find it, install it, launch it, give each case a context of its own, and leave nothing of it behind.
//!
//! Knows nothing of OpenTok. The DevTools Protocol's types stop at this door.

#![cfg_attr(not(test), deny(clippy::disallowed_macros, clippy::disallowed_methods))]

mod bridge;
mod camera;
mod client;
mod conditions;
mod context;
mod debugging_pipe;
mod elsewhere;
mod error;
mod fake_devices;
mod find;
mod install;
mod launch;
mod launcher;
mod lose;
mod own_view;
mod policy;
mod proxy;
mod resources;
mod sandbox;
mod speech;
mod start;
mod start_failure;
mod supervisor;

pub use client::Browser;
pub use conditions::{Conditions, Traffic};
pub use context::{BrowserEvent, ContextOptions, Device, Page, PageEvents};
pub use error::BrowserError;
pub use fake_devices::{FakeCamera, FakeDevices, FakeMicrophone, FakePicture};
pub use find::{Chrome, find};
pub use install::{InstallPlan, install, plan_install};
pub use launch::{LaunchOptions, NEEDED_ARGUMENTS};
pub use launcher::{LAUNCHER_COMMAND, launch};
pub use policy::{Restriction, restricting};
pub use proxy::{BrowserProxy, ProxyUser};
pub use resources::PageResources;
pub use sandbox::NO_SANDBOX_VARIABLE;
pub use supervisor::{SUPERVISOR_COMMAND, supervise};
