//! The `precall` binary: everything it does is in the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    precall::cli::main()
}
