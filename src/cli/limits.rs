//! The limits of the process.

use nix::sys::resource::{Resource, getrlimit, setrlimit};

/// As many open files as a run of many cases takes.
const WANTED_FILES: u64 = 65_536;

/// Raises the number of files that this process and its browsers may open, as far as the system lets it. Shells begin with
/// few (1024, on macOS 256), for the sake of programs that cannot deal with more.
pub(super) fn raise_open_files() {
    let Ok((soft, hard)) = getrlimit(Resource::RLIMIT_NOFILE) else { return };
    let wanted = WANTED_FILES.min(hard);
    if soft < wanted {
        // It goes on with what it has.
        let _ = setrlimit(Resource::RLIMIT_NOFILE, wanted, hard);
    }
}
