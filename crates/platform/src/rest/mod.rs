//! The REST API for applications' servers, with the paths and replies of OpenTok's and Vonage's. Their server SDKs work
//! unchanged with this platform's URL as their API URL.
//!
//! It is served at the root, and below the hosts of the cloud's API for requests through the clients' proxy path.
//! Features that the cloud has and this platform has not are answered with 501, every other path with 404, and every
//! refusal states its reason in JSON.

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
