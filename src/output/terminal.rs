//! What the standard streams lead to.

use std::io::{self, IsTerminal};

use super::colour::{is_capable, is_coloured};
use crate::environment;

/// The width of the terminal that standard output leads to, in characters; `None` where it leads elsewhere.
pub fn stdout_width() -> Option<u16> {
    let terminal = console::Term::stdout();
    terminal.is_term().then(|| terminal.size().1)
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
