//! Whether the advice of network tests is right: calls at each size on the networks of a scenario, and the tests of the
//! scenario beside them.

mod calls;
mod error;
mod read;
mod traces;

pub use calls::{AdviceRequest, plan_calls, plan_tests};
pub use error::CalibrationError;
pub use read::{WrittenAdvice, read_truth, write_advice, write_truth};
