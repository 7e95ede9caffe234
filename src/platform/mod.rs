//! The embedded OpenTok platform: session info (`api`), the messaging leg, the media router and the logging leg.
//!
//! Knows no scenario and no browser: an application could be pointed at it as it is. Clients reach it through the base
//! path of an IP proxy (`OT.setProxyUrl`): `<base>/<original host>/<original path>`.

mod api;
mod clock;
mod event;
mod fault;
mod logging;
pub mod media;
pub mod messaging;
mod service;
mod socket;

pub use event::PlatformEvent;
pub use fault::Cut;
pub use service::{MediaPort, Platform};
