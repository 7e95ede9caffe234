//! Runs the cases of a plan: slots, deadlines, retries, cancellation. Says what happens as typed events; formats nothing.

mod attempt;
mod browsers;
mod deadline;
mod devices;
mod elsewhere;
mod ground;
mod host;
mod lab;
mod measured;
mod media;
mod run;
mod slots;

pub use attempt::fake_camera;
pub use browsers::BrowserChoice;
pub use lab::{Builds, Lab, LabError};
pub use run::{RunOptions, Stop, run};
