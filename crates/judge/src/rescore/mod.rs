//! Rescoring: a recorded case is judged again without a browser, by new expectations or by a newer precall. Pure.

mod judge;
mod specs;

pub use judge::{Rescored, rescore};
pub use specs::Specs;
