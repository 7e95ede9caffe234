//! The order in which cases run, and the duration of all of them.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap, VecDeque};
use std::time::Duration;

use super::weight::CpuWeight;

/// The duration and the weight of a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Job {
    /// Duration of the case.
    pub duration: Duration,
    /// Share of the CPUs during that time.
    pub weight: CpuWeight,
}

/// Returns the order of a run: the longest case first, so that none is left at the end; equally long cases stay in
/// order.
pub fn order(jobs: &[Job]) -> Vec<usize> {
    let mut order: Vec<_> = (0..jobs.len()).collect();
    order.sort_by_key(|index| Reverse(jobs[*index].duration));
    order
}

/// Returns the next of the waiting cases: the first that fits in the free share of the CPUs. A case heavier than all
/// CPUs runs alone.
pub fn next(waiting: impl IntoIterator<Item = CpuWeight>, free: CpuWeight, is_idle: bool) -> Option<usize> {
    waiting.into_iter().position(|weight| weight <= free || is_idle)
}

/// Returns how long jobs take that run in [`order`] on this share of the CPUs.
pub fn makespan(jobs: &[Job], capacity: CpuWeight) -> Duration {
    // Waiting jobs by weight: of each weight only the first in the order can be next.
    let mut waiting: BTreeMap<CpuWeight, VecDeque<(usize, Duration)>> = BTreeMap::new();
    for (place, index) in order(jobs).into_iter().enumerate() {
        waiting.entry(jobs[index].weight).or_default().push_back((place, jobs[index].duration));
    }
    let mut running: BinaryHeap<Reverse<(Duration, CpuWeight)>> = BinaryHeap::new();
    let (mut now, mut free) = (Duration::ZERO, capacity);
    loop {
        let is_idle = running.is_empty();
        let fits = waiting.iter().filter(|(weight, _)| **weight <= free || is_idle);
        let first = fits.filter_map(|(weight, jobs)| Some((jobs.front()?.0, *weight))).min();
        let next = first.and_then(|(_, weight)| Some((weight, waiting.get_mut(&weight)?.pop_front()?.1)));
        if let Some((weight, duration)) = next {
            free = free.minus(weight);
            running.push(Reverse((now + duration, weight)));
        } else if let Some(Reverse((end, weight))) = running.pop() {
            now = end;
            free = free.plus(weight).min(capacity);
        } else {
            break;
        }
    }
    now
}

#[cfg(test)]
mod tests {
    use super::*;

    fn job(seconds: u64, weight: u32) -> Job {
        Job { duration: Duration::from_secs(seconds), weight: CpuWeight::from_thousandths(weight) }
    }

    #[test]
    fn light_cases_share_cpus_and_heavy_ones_do_not() {
        let two = CpuWeight::from_thousandths(2000);
        assert_eq!(makespan(&[job(10, 500); 4], two), Duration::from_secs(10));
        assert_eq!(makespan(&[job(10, 1000); 4], two), Duration::from_secs(20));
        assert_eq!(makespan(&[job(10, 1500), job(10, 1500), job(10, 500)], two), Duration::from_secs(20));
        assert_eq!(makespan(&[job(10, 9000), job(5, 500)], two), Duration::from_secs(15));
        assert_eq!(makespan(&[], two), Duration::ZERO);
    }

    /// The same duration with [`next`], which the runner uses.
    fn step_by_step(jobs: &[Job], capacity: CpuWeight) -> Duration {
        let mut waiting = order(jobs);
        let mut running: BinaryHeap<Reverse<(Duration, CpuWeight)>> = BinaryHeap::new();
        let (mut now, mut free) = (Duration::ZERO, capacity);
        while !waiting.is_empty() || !running.is_empty() {
            let weights = waiting.iter().map(|index| jobs[*index].weight);
            if let Some(place) = next(weights, free, running.is_empty()) {
                let Job { duration, weight } = jobs[waiting.remove(place)];
                free = free.minus(weight);
                running.push(Reverse((now + duration, weight)));
            } else if let Some(Reverse((end, weight))) = running.pop() {
                now = end;
                free = free.plus(weight).min(capacity);
            }
        }
        now
    }

    #[test]
    fn large_plans_are_scheduled_quickly() {
        let jobs: Vec<_> = (0..200_000_u64).map(|number| job(number % 7, 400 + (number % 3) as u32 * 500)).collect();
        let began = std::time::Instant::now();
        assert!(makespan(&jobs, CpuWeight::from_thousandths(4000)) > Duration::ZERO);
        // It takes a fraction of a second. A scan of all waiting jobs for each one took minutes.
        assert!(began.elapsed() < Duration::from_secs(20), "{:?}", began.elapsed());
    }

    fn on_four_slots(lengths: &[u64]) -> u64 {
        let jobs: Vec<_> = lengths.iter().map(|seconds| job(*seconds, 1000)).collect();
        makespan(&jobs, CpuWeight::from_thousandths(4000)).as_secs()
    }

    /// Returns the shortest time in which four slots with these loads finish the jobs, by exhaustive search, the last
    /// job first.
    fn best_packing(jobs: &[u64], loads: [u64; 4], best: u64) -> u64 {
        let Some((job, rest)) = jobs.split_last() else { return loads.into_iter().max().unwrap_or(0) };
        let mut best = best;
        for slot in 0..loads.len() {
            let mut next = loads;
            next[slot] += job;
            // Slots with the same load are equivalent, and a longer time cannot become the shortest.
            if next[slot] < best && !loads[..slot].contains(&loads[slot]) {
                best = best.min(best_packing(rest, next, best));
            }
        }
        best
    }

    proptest::proptest! {
        /// R. L. Graham, "Bounds on multiprocessing timing anomalies", 1969: the last job begins once no slot is free.
        #[test]
        fn no_slot_is_free_while_a_job_waits(lengths in proptest::collection::vec(1_u64..60, 1..200)) {
            let total: u64 = lengths.iter().sum();
            let longest = lengths.iter().copied().max().unwrap_or(0);
            let took = on_four_slots(&lengths);
            proptest::prop_assert!(took >= longest.max(total.div_ceil(4)));
            proptest::prop_assert!(took * 4 <= total + 3 * longest);
        }

        #[test]
        fn forecast_equals_the_runner(jobs in proptest::collection::vec((1_u64..60, 1_u32..30), 0..60)) {
            let jobs: Vec<_> = jobs.into_iter().map(|(seconds, weight)| job(seconds, weight * 100)).collect();
            let capacity = CpuWeight::from_thousandths(2000);
            proptest::prop_assert_eq!(makespan(&jobs, capacity), step_by_step(&jobs, capacity));
        }

        /// The same paper: with the longest job first, the duration is at most a third above the optimum.
        #[test]
        fn duration_is_near_the_optimum(mut lengths in proptest::collection::vec(1_u64..60, 1..9)) {
            lengths.sort_unstable();
            let best = best_packing(&lengths, [0; 4], u64::MAX);
            let took = on_four_slots(&lengths);
            proptest::prop_assert!(took >= best && took * 3 <= best * 4, "{took} s, the best is {best} s");
        }
    }
}
