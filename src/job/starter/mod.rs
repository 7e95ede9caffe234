//! The first files of a project: a scenario to change, and what a gate needs in a repository.

mod ci_system;
mod gate_text;
mod ignored;
mod init;
mod scenario;

pub use ci_system::CiSystem;
pub use init::{InitRequest, StarterFile, gate_defaults, init};
pub use scenario::{ScenarioKind, new_scenario};
