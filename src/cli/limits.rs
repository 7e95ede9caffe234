//! What the system lets a process have.

use nix::sys::resource::{Resource, getrlimit, setrlimit};

use super::error::CliError;
use precall_results::Exit;

/// The files, sockets and pipes that a run or a platform has open at once at the least. A case has some dozens.
const LEAST_OPEN_FILES: u64 = 256;

/// As many as dozens of cases have. More is not asked for, since programs that precall starts may go through all that there can be.
const MOST_OPEN_FILES: u64 = 65_536;

/// Raises the number of files that may be open at once as far as that is allowed. Shells and services start programs with few, though
/// far more are allowed.
pub(super) fn raise_open_files() {
    if let Ok((soft, hard)) = getrlimit(Resource::RLIMIT_NOFILE) {
        let wanted = hard.min(MOST_OPEN_FILES);
        if soft < wanted {
            // What cannot be raised stays as it is, and is told of once it is too few.
            let _ = setrlimit(Resource::RLIMIT_NOFILE, wanted, hard);
        }
    }
}

/// Says so when fewer files may be open than running anything takes.
pub(super) fn check_open_files() -> Result<(), CliError> {
    match getrlimit(Resource::RLIMIT_NOFILE) {
        Ok((soft, _)) if soft < LEAST_OPEN_FILES => {
            let message = format!(
                "only {soft} files may be open at once, and precall takes at least {LEAST_OPEN_FILES}; raise the limit with \
                 `ulimit -n 1024`, for a container with `--ulimit nofile=1024`, for a service with `LimitNOFILE=1024`"
            );
            Err(CliError::new(Exit::Infrastructure, message))
        }
        _ => Ok(()),
    }
}
