//! How output looks: as wide as the terminal, and coloured where it has colours.

use precall_report::terminal::View;
use precall_support::output::{stderr_width, stdout_width};

/// The view of standard output.
pub fn view(is_verbose: bool) -> View {
    View { width: stdout_width(), is_coloured: console::colors_enabled(), is_verbose }
}

/// The view of standard error, where standard output carries data.
pub fn view_of_stderr(is_verbose: bool) -> View {
    View { width: stderr_width(), is_coloured: false, is_verbose }
}
