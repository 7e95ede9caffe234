//! Drives browsers: locates, installs and launches them, gives each case a browser context of its own, and leaves no
//! process or file behind. Chrome is driven by the DevTools Protocol, Firefox by WebDriver BiDi.
//!
//! The runner uses the traits [`Browser`] and [`Page`], which each browser implements. The crate knows nothing of
//! OpenTok, and no type of either protocol is part of its API.

#![cfg_attr(not(test), deny(clippy::disallowed_macros, clippy::disallowed_methods))]

mod bridge;
mod browser;
mod cdp_filter;
mod chrome;
mod chrome_events;
mod chrome_page;
mod chrome_places;
mod chrome_view;
mod conditions;
mod context;
mod debugging_pipe;
mod device_loss;
mod error;
mod events;
mod fake_devices;
mod film;
mod firefox;
mod health;
mod install;
mod install_target;
mod kinds;
mod launch;
mod launcher;
mod locate;
mod network_events;
mod policy;
mod process;
mod proxy;
mod remote;
mod remote_socket;
mod resources;
mod sandbox;
mod spawn;
mod speech;
mod start;
mod start_failure;
mod supervisor;
#[cfg(test)]
mod third_browser;
mod usage;

pub use browser::{Browser, Page, PageMeter, PageUsage};
pub use chrome::Chrome;
pub use chrome_page::ChromePage;
pub use chrome_places::locate_chrome;
pub use conditions::{Conditions, Traffic};
pub use context::{ContextOptions, Device};
pub use error::BrowserError;
pub use events::{BrowserEvent, PageEvents};
pub use fake_devices::{FakeCamera, FakeDevices, FakeMicrophone, FakePicture};
pub use film::{Film, NumberStrip};
pub use firefox::{OLDEST_MAJOR as OLDEST_FIREFOX, check_page_proxies};
pub use install::{InstallPlan, install, plan_install};
pub use install_target::{BrowserRelease, InstallTarget};
pub use kinds::{launch, locate};
pub use launch::{LaunchOptions, NEEDED_ARGUMENTS};
pub use launcher::{LAUNCHER_COMMAND, run_launcher};
pub use locate::{InstalledBrowser, Search};
pub use policy::{Restriction, page_restrictions};
pub use precall_support::browser_kind::BrowserKind;
pub use proxy::{BrowserProxy, ProxyUser};
pub use resources::PageResources;
pub use sandbox::NO_SANDBOX_VARIABLE;
pub use speech::{SPEECH_SAMPLE_RATE, SPEECH_SPURTS, VOICES, Voice, speech_samples};
pub use supervisor::{SUPERVISOR_COMMAND, run_supervisor};
