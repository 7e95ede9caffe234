//! Runs the cases of a plan: slots, deadlines, retries, cancellation. Says what happens as typed events; formats
//! nothing.

mod attempt;
mod backend;
mod browsers;
mod call;
mod case;
mod case_error;
mod conditions;
mod contained;
mod deadline;
mod devices;
mod host;
mod observations;

mod launched_browsers;
mod leased_page;
mod listener;
mod live_case;
mod managed;
mod measured;
mod media_host;
mod media_watch;
mod options;
mod platform_lines;
mod remote_browsers;
mod replay;
mod run;
mod schedule;
mod slots;
mod test_bed;

pub use browsers::BrowserChoice;
pub use call::SERVER_SUPERVISOR_COMMAND;
pub use devices::{fake_devices, needs_own_browser};
pub use host::HostMonitor;
pub use launched_browsers::Launches;
pub use media_host::{NoInterface, media_host};
pub use options::{RunOptions, Stop};
pub use replay::replay;
pub use run::run;
pub use schedule::RunEnd;
pub use test_bed::{Builds, CaptureFiles, TestBed, TestBedError};
