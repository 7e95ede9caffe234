//! The REST API that applications' servers ask, with the paths and replies of OpenTok's and Vonage's: so their server
//! SDKs work unchanged, given this platform's URL as their API URL.
//!
//! Served at the root, and below the hosts of the cloud's API for requests that come by the clients' proxy path. Archives,
//! broadcasts, captions and calls by telephone are not here; asking for them is answered 501.

mod auth;
mod create;
mod routes;
mod sessions;

pub(super) use routes::routes;
