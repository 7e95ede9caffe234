//! The terminals of the standard streams.

use std::io::{self, IsTerminal};

use super::colour::{is_capable, is_coloured};
use crate::environment;

/// The width of lines without a terminal, as in a file and in the log of a CI job.
const WIDTH_OF_FILES: usize = 100;

/// The smallest assumed width of a terminal. One that does not report its size has zero columns.
const LEAST_WIDTH: usize = 40;

/// Returns the longest line for standard output in characters: the width of its terminal, or a usual width without one.
pub fn stdout_width() -> usize {
    width(&console::Term::stdout())
}

/// Returns the same for standard error.
pub fn stderr_width() -> usize {
    width(&console::Term::stderr())
}

fn width(terminal: &console::Term) -> usize {
    match terminal.size_checked() {
        Some((_, columns)) if terminal.is_term() && columns > 0 => usize::from(columns).max(LEAST_WIDTH),
        _ => WIDTH_OF_FILES,
    }
}

/// Returns whether standard error is a terminal on which lines can be redrawn.
pub fn is_live_terminal() -> bool {
    io::stderr().is_terminal() && is_capable(environment::text)
}

/// Decides once for the whole program whether each stream is coloured. Without a choice, the terminals and the
/// environment decide; `console` would do so by itself, and treat an empty variable as set.
pub fn choose_colours(choice: Option<bool>) {
    let decide = |is_terminal| choice.unwrap_or_else(|| is_coloured(is_terminal, environment::text));
    console::set_colors_enabled(decide(io::stdout().is_terminal()));
    console::set_colors_enabled_stderr(decide(io::stderr().is_terminal()));
}
