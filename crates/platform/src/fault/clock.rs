//! Which fault is on now.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use precall_netem::fault::{Action, Fault, Faults, Service};

/// A platform's faults, and when the tests began.
#[derive(Debug, Default)]
pub(crate) struct FaultClock {
    state: Mutex<(Faults, Option<Instant>)>,
}

impl FaultClock {
    /// Sets the faults; those without a time are on at once.
    pub fn set(&self, faults: Faults) {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).0 = faults;
    }

    /// The tests begin now; gives the faults that come later, and how much later.
    pub fn begin(&self) -> Vec<(Duration, Fault)> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.1 = Some(Instant::now());
        state.0.0.iter().filter_map(|fault| Some((fault.at?, *fault))).collect()
    }

    /// What a service does instead of working, at this moment.
    pub fn action(&self, service: Service) -> Option<Action> {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.0.action(service, state.1.map(|began| began.elapsed()))
    }
}
