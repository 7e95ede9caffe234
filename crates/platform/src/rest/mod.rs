//! The REST API that applications' servers ask, with the paths and replies of OpenTok's and Vonage's: so their server
//! SDKs work unchanged, given this platform's URL as their API URL.
//!
//! Served at the root, and below the hosts of the cloud's API for requests that come by the clients' proxy path. What the
//! cloud has and this platform has not is answered 501, every other path 404, and every refusal says why in JSON.

mod auth;
mod body;
mod create;
mod error;
mod not_provided;
mod options;
mod routes;
mod sessions;
#[cfg(test)]
mod tests;

pub(super) use error::{as_json, not_found};
pub(super) use routes::routes;
