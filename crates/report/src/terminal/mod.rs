//! Output for a terminal: live progress, then tables.

mod accuracy;
mod advice;
mod bisection;
mod calibration;
mod calls;
mod comparison;
mod explain;
mod forecast;
mod history;
mod links;
mod media;
mod networks;
mod paint;
mod planned;
mod progress;
mod side_by_side;
mod summary;
mod table;
mod verdicts;
mod view;
#[cfg(test)]
mod widths;
mod wrap;

pub use advice::advice;
pub use bisection::bisection;
pub use calibration::calibration;
pub use comparison::comparison;
pub use explain::explanation;
pub use forecast::{GateForecast, gate_forecast};
pub use history::{flaky_cases, past_runs, trend};
pub use networks::{NetworkRow, NetworkTable, networks};
pub use planned::{PlannedCase, planned};
pub use progress::{ExpectedDurations, Progress, Verbosity};
pub use summary::summary;
pub use view::View;
pub use wrap::{indented_paragraph, paragraph};
