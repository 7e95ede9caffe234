//! Credentials and permissions: a project's key and secret, session ids, and the tokens made of them.

mod jwt;
mod layout_classes;
mod project;
mod role;
mod rsa;
mod session_id;
mod t1;
#[cfg(test)]
pub(crate) mod testing;
mod token;
mod token_claims;
mod token_error;
mod token_time;

pub use project::{Project, SigningKey};
pub use role::Role;
pub use rsa::{RsaKeyError, RsaKeyPair};
pub use session_id::SessionId;
pub use token::{has_token_form, server_token, verify_server_token};
pub use token_claims::{Token, TokenClaims};
pub use token_error::TokenError;
pub use token_time::TimeFault;
