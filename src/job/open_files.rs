//! The number of files that precall may have open at once.

use nix::sys::resource::{Resource, getrlimit, setrlimit};

use super::error::JobError;

/// The smallest number of files, sockets and pipes that a run or a platform needs at once. A case has some dozens.
const LEAST_OPEN_FILES: u64 = 256;

/// The number that dozens of cases have. precall asks for no more, since programs that it starts may go through all
/// possible files.
const MOST_OPEN_FILES: u64 = 65_536;

/// Raises the number of files that may be open at once as far as that is allowed. Shells and services start programs
/// with few, though far more are allowed.
pub fn raise_open_files() {
    if let Ok((soft, hard)) = getrlimit(Resource::RLIMIT_NOFILE) {
        let wanted = hard.min(MOST_OPEN_FILES);
        if soft < wanted {
            // A limit that cannot be raised is an error only once it is too low.
            let _ = setrlimit(Resource::RLIMIT_NOFILE, wanted, hard);
        }
    }
}

/// Checks that enough files may be open to run anything.
///
/// # Errors
///
/// When there may be fewer.
pub fn check_open_files() -> Result<(), JobError> {
    match getrlimit(Resource::RLIMIT_NOFILE) {
        Ok((limit, _)) if limit < LEAST_OPEN_FILES => Err(JobError::OpenFiles { limit, least: LEAST_OPEN_FILES }),
        _ => Ok(()),
    }
}
