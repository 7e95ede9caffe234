//! Warnings about scenarios that cannot show what they seem to promise. They are valid, so they run; a reader of the
//! results should know the limits beforehand.

mod case_names;
mod compared;
mod expectations;
mod plan;
mod sweep;
mod timing;
mod warning;

pub use compared::separated;
pub use plan::warnings;
pub use warning::Warning;

#[cfg(test)]
mod tests;
