//! Which OpenTok.js: a release of the npm package `@opentok/client`, or a build on disk. Fetches and checks; never
//! looks inside a bundle.

mod archive;
mod cache;
mod error;
mod integrity;
mod npm;
mod resolve;

pub use cache::cache_directory;
pub use error::SdkError;
pub use npm::Npm;
pub use resolve::{Resolver, Sdk};
