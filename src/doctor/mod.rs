//! Everything that precall needs of a machine, checked one by one, each with its fix.

mod checks;
mod fidelity;

pub use checks::{Check, Status, examine};
pub use fidelity::measure_fidelity;
