//! Memory that clients make a platform hold, counted where it is held.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Counts the bytes that are held. Clones share their count.
#[derive(Debug, Clone, Default)]
pub struct MemoryMeter(Arc<AtomicUsize>);

/// Bytes that count as held until this is dropped.
#[derive(Debug)]
pub struct HeldMemory {
    meter: MemoryMeter,
    bytes: usize,
}

impl MemoryMeter {
    /// Counts this many bytes as held until the return value is dropped.
    pub fn hold(&self, bytes: usize) -> HeldMemory {
        self.0.fetch_add(bytes, Ordering::Relaxed);
        HeldMemory { meter: self.clone(), bytes }
    }

    /// Returns how many bytes are held.
    pub fn bytes(&self) -> usize {
        self.0.load(Ordering::Relaxed)
    }
}

impl Drop for HeldMemory {
    fn drop(&mut self) {
        self.meter.0.fetch_sub(self.bytes, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_is_counted_until_it_is_released() {
        let meter = MemoryMeter::default();
        let first = meter.hold(3);
        let second = meter.clone().hold(4);
        assert_eq!(meter.bytes(), 7);
        drop(first);
        assert_eq!(meter.bytes(), 4);
        drop(second);
        assert_eq!(meter.bytes(), 0);
    }
}
