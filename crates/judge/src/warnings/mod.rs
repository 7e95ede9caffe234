//! Where a scenario cannot show what it seems to promise. Nothing of it is wrong, so it runs; whoever reads the result should
//! know beforehand.

mod compared;
mod expectations;
mod model;
mod timing;

pub use compared::separated;
pub use model::{Warning, warnings};

#[cfg(test)]
mod tests;
