//! What the standard streams lead to.

use std::io::{self, IsTerminal};

use super::colour::{is_capable, is_coloured};
use crate::environment;

/// How wide lines are where no terminal says so: in a file, and in the log of a CI job.
const WIDTH_OF_FILES: usize = 100;

/// No terminal is taken for narrower: one that says nothing of its size has zero columns.
const LEAST_WIDTH: usize = 40;

/// The longest line for standard output, in characters: the width of its terminal, or a usual one where it leads elsewhere.
pub fn stdout_width() -> usize {
    width(&console::Term::stdout())
}

/// The same for standard error.
pub fn stderr_width() -> usize {
    width(&console::Term::stderr())
}

fn width(terminal: &console::Term) -> usize {
    match terminal.size_checked() {
        Some((_, columns)) if terminal.is_term() && columns > 0 => usize::from(columns).max(LEAST_WIDTH),
        _ => WIDTH_OF_FILES,
    }
}

/// Whether standard error leads to a terminal on which lines can be drawn again.
pub fn is_live_terminal() -> bool {
    io::stderr().is_terminal() && is_capable(environment::text)
}

/// Decides once for the whole program whether each stream is coloured. `console` decides by itself otherwise, and takes a variable
/// that is set to nothing for one that is set.
pub fn choose_colours() {
    console::set_colors_enabled(is_coloured(io::stdout().is_terminal(), environment::text));
    console::set_colors_enabled_stderr(is_coloured(io::stderr().is_terminal(), environment::text));
}
