//! Standard output and standard error of the whole program.
//!
//! All output of precall passes through this module, so that two rules hold everywhere. Output without a reader ends
//! quietly: it changes no exit code, costs no report, and stops no platform. Output for people neither controls a
//! terminal nor gives commands to a CI system, regardless of its author. `clippy.toml` forbids `println!` and similar
//! macros in all other modules.

#![allow(clippy::disallowed_methods, reason = "this is the module that the others are sent to")]

mod colour;
mod fit;
mod lines;
mod stream;
mod terminal;

pub use lines::{LineKind, Lines};
pub use stream::{StandardError, eprint, eprint_data, eprintln, print, print_data, print_json, println};
pub use terminal::{choose_colours, is_live_terminal, stderr_width, stdout_width};
