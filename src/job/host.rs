//! The CPUs of this host.

/// Returns the number of CPUs that precall may use, at least 1.
pub fn cpus() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}
