//! The builds under test in the page: OpenTok.js (a release of its npm packages, or a build on disk) and the
//! network-test module (the built-in one, a release from npm, or a build on disk). Fetches and checks builds, and never
//! looks inside a bundle.

mod archive;
mod error;
mod integrity;
mod kept;
mod local_script;
mod manifest;
mod network_test;
mod opentok;
mod registry;
mod store;
mod tree;

pub use error::{SdkError, npm_fix};
pub use network_test::{ModuleFiles, NetworkTestModule};
pub use opentok::{Sdk, is_opentok};
pub use registry::{find, latest, releases};
pub use store::Resolver;

pub use precall_support::directories::cache_directory;
pub use precall_support::npm::Npm;
