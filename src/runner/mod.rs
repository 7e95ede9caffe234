//! Runs the cases of a plan: slots, deadlines, retries, cancellation. Says what happens as typed events; formats nothing.

mod attempt;
mod browsers;
mod conditions;
mod deadline;
mod devices;
mod ground;
mod host;
mod lab;
mod measured;
mod media;
mod run;
mod slots;

pub use devices::fake_devices;
pub use lab::{Builds, CaptureFiles, Lab, LabError};
pub use run::{RunOptions, Stop, run};
