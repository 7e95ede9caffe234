//! What runs in the page besides precall's own files: OpenTok.js (a release of its npm packages, or a build on disk) and
//! the network-test module (the built-in one, a release from npm, or a build on disk). Fetches and checks; never looks
//! inside a bundle.

mod archive;
mod cache;
mod error;
mod integrity;
mod manifest;
mod network_test;
mod npm;
mod opentok;
mod store;

pub use cache::cache_directory;
pub use error::SdkError;
pub use network_test::{ModuleFiles, NetworkTestModule};
pub use npm::Npm;
pub use opentok::Sdk;
pub use store::Resolver;
