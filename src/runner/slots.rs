//! Which case begins next: as many at once as the CPUs bear.

use super::run::RunOptions;
use crate::plan::{Case, CpuWeight, Job, next, order};

/// What each case weighs where cases are counted.
const ONE: CpuWeight = CpuWeight::from_thousandths(1000);

/// The cases that wait, and what is free.
pub(super) struct Slots {
    waiting: Vec<(usize, CpuWeight)>,
    free: CpuWeight,
    running: usize,
}

impl Slots {
    pub fn new(cases: &[Case], options: &RunOptions) -> Self {
        let weight = |case: &Case| if options.slots.is_some() { ONE } else { CpuWeight::of(case) };
        let job = |case: &Case| Job { duration: options.durations.of(case), weight: weight(case) };
        let jobs: Vec<_> = cases.iter().map(job).collect();
        let waiting = order(&jobs).into_iter().map(|index| (index, jobs[index].weight)).collect();
        Self { waiting, free: options.slots.map_or(options.capacity, CpuWeight::from_cpus), running: 0 }
    }

    /// The next case that may begin, and what it takes.
    pub fn take(&mut self) -> Option<(usize, CpuWeight)> {
        let weights = self.waiting.iter().map(|(_, weight)| *weight);
        let place = next(weights, self.free, self.running == 0)?;
        let (index, weight) = self.waiting.remove(place);
        // What was heavier than all there is gives back no more than it took.
        let taken = weight.min(self.free);
        self.free = self.free.minus(taken);
        self.running += 1;
        Some((index, taken))
    }

    /// A case has ended.
    pub fn give_back(&mut self, taken: CpuWeight) {
        self.free = self.free.plus(taken);
        self.running -= 1;
    }
}
