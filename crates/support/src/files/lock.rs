//! Locks between processes.

use std::ffi::OsStr;
use std::fs::{File, TryLockError};
use std::io;
use std::time::{Duration, Instant};

use nix::fcntl::OFlag;

use super::directory::Directory;

/// Interval between attempts to acquire a lock.
const INTERVAL: Duration = Duration::from_millis(20);

/// A lock that this process holds until the value is dropped or the process ends.
#[derive(Debug)]
pub struct Lock {
    _file: File,
}

impl Directory {
    /// Locks the file of this name, and creates it if necessary. Returns `None` if another process holds the lock.
    ///
    /// # Errors
    ///
    /// Returns an error if the name belongs to something other than a file, or if the file cannot be created.
    pub fn lock(&self, name: &str) -> io::Result<Option<Lock>> {
        let file = self.open_file(OsStr::new(name), OFlag::O_RDWR | OFlag::O_APPEND | OFlag::O_CREAT)?;
        match file.try_lock() {
            Ok(()) => Ok(Some(Lock { _file: file })),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(error),
        }
    }

    /// As [`Directory::lock`], and waits at most `limit` for the lock.
    ///
    /// # Errors
    ///
    /// As [`Directory::lock`].
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
    fn lock_is_exclusive() {
        let base = tempfile::tempdir().expect("a directory");
        let directory = Directory::open(base.path()).expect("opened");
        let lock = directory.lock("lock").expect("made").expect("free");
        assert!(directory.lock("lock").expect("asked").is_none());
        assert!(directory.lock_within("lock", Duration::from_millis(30)).expect("asked").is_none());
        drop(lock);
        assert!(directory.lock("lock").expect("asked").is_some());
    }
}
