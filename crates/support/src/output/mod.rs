//! Standard output and standard error of the whole program.
//!
//! Everything that precall prints passes through here, so that one rule holds everywhere: output that nobody takes ends quietly. It
//! changes no exit code, costs no report, and stops no platform. And what is printed for people steers no terminal and gives no commands to a CI
//! system, whoever wrote it. `clippy.toml` forbids `println!` and its like elsewhere.

#![allow(clippy::disallowed_methods, reason = "this is the module that the others are sent to")]

mod colour;
mod fit;
mod lines;
mod stream;
mod terminal;

pub use lines::{LineKind, Lines};
pub use stream::{StandardError, eprint, eprint_data, eprintln, print, print_data, print_json, println};
pub use terminal::{choose_colours, is_live_terminal, stderr_width, stdout_width};
