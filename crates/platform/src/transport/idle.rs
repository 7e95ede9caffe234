//! The idle connections of a listener, and the time since which each is idle.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio_util::sync::CancellationToken;

/// The connections on which no request is being answered. Clones are the same.
#[derive(Debug, Clone, Default)]
pub(super) struct IdleConnections(Arc<Mutex<Idle>>);

#[derive(Debug, Default)]
struct Idle {
    /// How often a connection has become idle.
    moments: u64,
    /// By the moment at which each became idle.
    connections: BTreeMap<u64, CancellationToken>,
}

/// A connection of a listener. Dropped, it is over.
#[derive(Debug)]
pub(super) struct Slot {
    all: IdleConnections,
    close: CancellationToken,
    /// When it became idle; `None` while it is not.
    since: Arc<Mutex<Option<u64>>>,
}

/// A request of a connection is being answered.
#[derive(Debug)]
pub(super) struct Busy {
    all: IdleConnections,
    close: CancellationToken,
    since: Arc<Mutex<Option<u64>>>,
}

impl IdleConnections {
    /// Returns a new connection, on which no request has arrived yet.
    pub(super) fn add(&self) -> Slot {
        let close = CancellationToken::new();
        let since = Arc::new(Mutex::new(Some(self.lock().push(close.clone()))));
        Slot { all: self.clone(), close, since }
    }

    /// Closes the connection that has been idle for longest; `false` when none is idle.
    pub(super) fn close_oldest(&self) -> bool {
        let oldest = self.lock().connections.pop_first();
        oldest.is_some_and(|(_, close)| {
            close.cancel();
            true
        })
    }

    fn lock(&self) -> MutexGuard<'_, Idle> {
        // It is whole between any two statements that hold the lock.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Idle {
    fn push(&mut self, close: CancellationToken) -> u64 {
        self.moments += 1;
        self.connections.insert(self.moments, close);
        self.moments
    }
}

impl Slot {
    /// Marks the connection as busy until the return value is dropped.
    pub(super) fn busy(&self) -> Busy {
        if let Some(since) = take(&self.since) {
            self.all.lock().connections.remove(&since);
        }
        Busy { all: self.all.clone(), close: self.close.clone(), since: Arc::clone(&self.since) }
    }

    /// Waits until the connection has to make room.
    pub(super) async fn closed(&self) {
        self.close.cancelled().await;
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        if let Some(since) = take(&self.since) {
            self.all.lock().connections.remove(&since);
        }
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        // A connection that is over is forgotten; its slot holds the other reference.
        if Arc::strong_count(&self.since) > 1 {
            let moment = self.all.lock().push(self.close.clone());
            *self.since.lock().unwrap_or_else(PoisonError::into_inner) = Some(moment);
        }
    }
}

fn take(since: &Mutex<Option<u64>>) -> Option<u64> {
    since.lock().unwrap_or_else(PoisonError::into_inner).take()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_idle_connection_is_evicted() {
        let all = IdleConnections::default();
        let (first, second, third) = (all.add(), all.add(), all.add());
        let busy = first.busy();
        let also_busy = second.busy();
        drop(busy);
        assert!(all.close_oldest());
        assert!(third.close.is_cancelled() && !first.close.is_cancelled());
        assert!(all.close_oldest());
        assert!(first.close.is_cancelled(), "it is idle again");
        assert!(!all.close_oldest(), "one that is busy was closed");
        // One that is over before its answer is not idle afterwards.
        drop(second);
        drop(also_busy);
        assert!(!all.close_oldest());
        drop(all.add());
        assert!(!all.close_oldest());
    }
}
