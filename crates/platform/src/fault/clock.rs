//! The faults that are active at a time.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use precall_netem::fault::{Action, Fault, Faults, Service};

/// The faults of a platform, and the time at which the tests began.
#[derive(Debug, Default)]
pub(crate) struct FaultClock {
    state: Mutex<(Faults, Option<Instant>)>,
}

impl FaultClock {
    /// Replaces the faults. Faults without a time are active at once.
    pub(crate) fn set(&self, faults: Faults) {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).0 = faults;
    }

    /// Begins the tests now. Returns the faults that become active later, each with its delay.
    pub(crate) fn begin(&self) -> Vec<(Duration, Fault)> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.1 = Some(Instant::now());
        state.0.0.iter().filter_map(|fault| Some((fault.at?, *fault))).collect()
    }

    /// Returns what a service does now instead of its work; `None` if it works.
    pub(crate) fn action(&self, service: Service) -> Option<Action> {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.0.action(service, state.1.map(|began| began.elapsed()))
    }
}
