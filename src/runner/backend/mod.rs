//! The platform that a case runs on: a local platform of its own, or a session on a remote one.

mod local;
mod open;
mod platform_backend;
mod remote;

pub(super) use local::{
    browser_login, carries_streams, host_of, intercepted_hosts, logins, relay_options, session_options,
    signalling_origins,
};
pub(super) use open::open_backend;
pub(super) use platform_backend::PlatformBackend;
