//! Fault injection for tests, at the points between two changes of the disk.
//!
//! [`step`] is called before each change of a file or a directory. In a debug build, `PRECALL_DIE_AT_STEP=n` ends the
//! process at the n-th call, as `kill -9` does. In a release build it does nothing.

#[cfg(not(debug_assertions))]
#[inline(always)]
pub(super) fn step() -> std::io::Result<()> {
    Ok(())
}

#[cfg(not(debug_assertions))]
#[inline(always)]
pub(super) fn is_armed() -> bool {
    false
}

#[cfg(debug_assertions)]
pub use armed::fail_after;
#[cfg(debug_assertions)]
pub(super) use armed::{is_armed, step};

#[cfg(debug_assertions)]
mod armed {
    use std::io;
    use std::sync::LazyLock;
    use std::sync::atomic::{AtomicU64, Ordering};

    use crate::environment;

    static LAST: LazyLock<Option<u64>> = LazyLock::new(|| environment::text("PRECALL_DIE_AT_STEP")?.parse().ok());
    static STEPS: AtomicU64 = AtomicU64::new(0);

    thread_local! {
        static LEFT: std::cell::Cell<Option<u64>> = const { std::cell::Cell::new(None) };
    }

    /// Lets this many steps of the current thread succeed, and fails all later ones as a full disk does. `None` ends
    /// the injection. For tests, in debug builds only.
    pub fn fail_after(steps: Option<u64>) {
        LEFT.set(steps);
    }

    /// Returns whether a fault is due at some step. Long writes are then split in two.
    pub(crate) fn is_armed() -> bool {
        if LEFT.get().is_some() {
            return true;
        }
        LAST.is_some()
    }

    /// Ends the process at the requested step, or fails in a test.
    pub(crate) fn step() -> io::Result<()> {
        match LEFT.get() {
            Some(0) => return Err(io::Error::from_raw_os_error(nix::errno::Errno::ENOSPC as i32)),
            left => LEFT.set(left.map(|left| left - 1)),
        }
        let Some(last) = *LAST else { return Ok(()) };
        if STEPS.fetch_add(1, Ordering::SeqCst) + 1 == last {
            // Nothing runs after the signal, not even a destructor.
            let _ = nix::sys::signal::kill(nix::unistd::Pid::this(), nix::sys::signal::Signal::SIGKILL);
            std::thread::park();
        }
        Ok(())
    }
}
