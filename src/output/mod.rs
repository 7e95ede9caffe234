//! Standard output and standard error of the whole program.
//!
//! Everything that precall prints passes through here, so that one rule holds everywhere: output that nobody takes ends quietly. It
//! changes no exit code, costs no report, and stops no platform. `clippy.toml` forbids `println!` and its like elsewhere.

#![allow(clippy::disallowed_methods, reason = "this is the module that the others are sent to")]

mod colour;
mod lines;
mod stream;
mod terminal;

pub use lines::Lines;
pub use stream::{StandardError, eprint, eprintln, print, println};
pub use terminal::{choose_colours, is_live_terminal, stderr_width, stdout_width};
