//! Locks between processes.

use std::ffi::OsStr;
use std::fs::{File, TryLockError};
use std::io;
use std::time::{Duration, Instant};

use nix::fcntl::OFlag;

use super::directory::Directory;

/// How often it is tried to get a lock.
const INTERVAL: Duration = Duration::from_millis(20);

/// A lock that this process holds until the value is dropped, or the process ends.
#[derive(Debug)]
pub struct Lock {
    _file: File,
}

impl Directory {
    /// Locks the file of this name, which is made if there is none; `None` when another process holds the lock.
    ///
    /// # Errors
    ///
    /// When there is something else of this name, or it cannot be made.
    pub fn lock(&self, name: &str) -> io::Result<Option<Lock>> {
        let file = self.open_file(OsStr::new(name), OFlag::O_RDWR | OFlag::O_APPEND | OFlag::O_CREAT)?;
        match file.try_lock() {
            Ok(()) => Ok(Some(Lock { _file: file })),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(error),
        }
    }

    /// As [`Directory::lock`], waiting at most so long.
    ///
    /// # Errors
    ///
    /// As of [`Directory::lock`].
    pub fn lock_within(&self, name: &str, limit: Duration) -> io::Result<Option<Lock>> {
        let began = Instant::now();
        loop {
            match self.lock(name)? {
                None if began.elapsed() < limit => std::thread::sleep(INTERVAL),
                lock => return Ok(lock),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_at_a_time_holds_a_lock() {
        let base = tempfile::tempdir().expect("a directory");
        let directory = Directory::open(base.path()).expect("opened");
        let lock = directory.lock("lock").expect("made").expect("free");
        assert!(directory.lock("lock").expect("asked").is_none());
        assert!(directory.lock_within("lock", Duration::from_millis(30)).expect("asked").is_none());
        drop(lock);
        assert!(directory.lock("lock").expect("asked").is_some());
    }
}
