//! Everything that precall needs of a machine, checked one by one, each with its fix.

mod checks;

pub use checks::{Check, Status, examine};
