//! The run and what belongs to it: from a request to a result, without a command line.

mod conclusion;

pub use conclusion::conclude;
