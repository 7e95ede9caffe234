//! Whether the advice of network tests is right: held against calls on the same networks. Pure.
//!
//! Advice is a claim about calls: at the advised size a call holds, and at the next one it does not.

mod borderline;
mod call_figures;
mod confusion;
mod judged;
mod ladder;
mod table;
mod truth;

pub use call_figures::{CallFigures, Criterion, SizeTruth, limits};
pub use confusion::{Confusion, ModuleScore};
pub use judged::{JudgedAdvice, NetworkAdvice};
pub use table::{AdviceTable, advice_table};
pub use truth::{NetworkTruth, TruthTable, truth_table};
