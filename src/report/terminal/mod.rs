//! What a person sees in a terminal: live progress, then tables.

mod progress;
mod summary;

pub use progress::Progress;
pub use summary::summary;
