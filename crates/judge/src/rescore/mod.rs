//! Rescoring: a recorded case is judged again without a browser, by new expectations or by a newer precall. Pure.

mod call;
mod judge;
mod specs;

pub use call::rescore_call;
pub use judge::{Rescored, rescore};
pub use specs::Specs;
