//! `precall.toml`: what a project sets for the command line, so that nobody writes it out. It is read like a scenario,
//! with the same diagnostics.

mod defaults;
mod file;
mod schema;

pub use defaults::ProjectDefaults;
pub use file::{PROJECT_FILE, ProjectFile, find_project, load_project};
pub use schema::project_schema;
