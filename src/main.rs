//! The `precall` binary: everything it does is in the library.

#![deny(clippy::disallowed_macros, clippy::disallowed_methods)]

use std::process::ExitCode;

fn main() -> ExitCode {
    precall::cli::main()
}
