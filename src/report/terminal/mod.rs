//! What a person sees in a terminal: live progress, then tables.

mod progress;
mod side_by_side;
mod summary;
mod table;

pub use progress::Progress;
pub use summary::summary;
