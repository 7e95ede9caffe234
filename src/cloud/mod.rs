//! The real cloud, or any platform with its REST API: whose credentials a run has (`raw_credentials`, `resolve`),
//! and the client that creates sessions with them. Tokens are signed here, without a request.

mod account;
mod accounts;
mod client;
mod destination;
mod error;
mod file;
mod raw_credentials;
mod resolve;

pub use account::{Account, SessionCredentials};
pub use accounts::Accounts;
pub use client::CloudClient;
pub use error::{CloudError, CredentialError};
pub use file::read_private;
pub use resolve::{resolve_account, resolve_account_in};
