//! Jobs as text for people: errors, notices, plans, progress and results, in the words of the command line.

mod error;
mod finished;
mod networks;
mod notices;
mod plan;
mod platform_log;
mod platform_ready;
mod progress;
mod shell_word;
mod view;

pub use error::error_text;
pub use finished::{answer_text, finished_text, reports_text, result_text};
pub use networks::networks_text;
pub use notices::{module_note, print_notes, print_warnings};
pub use plan::{plan_json, plan_text};
pub use platform_log::{platform_json, platform_left_out, platform_line};
pub use platform_ready::print_ready;
pub use progress::{display, print_notice};
pub use shell_word::shell_word;
pub use view::{view, view_of_stderr};
