//! Slots: the next case to begin, with as many at once as the CPUs bear.

use super::case::PendingCase;
use super::options::RunOptions;
use precall_judge::comparison::Stopping;
use precall_scenario::plan::{Case, CpuWeight, Job, comparable_lengths, next, order};

/// The weight of each case where cases are counted.
const ONE: CpuWeight = CpuWeight::from_thousandths(1000);

/// The cases that wait, and what is free.
pub(super) struct Slots {
    waiting: Vec<(usize, CpuWeight)>,
    /// The cases that run exclusively when all others are done.
    alone: Vec<PendingCase>,
    free: CpuWeight,
    running: usize,
}

impl Slots {
    pub fn new(cases: &[Case], options: &RunOptions) -> Self {
        let weight = |case: &Case| if options.slots.is_some() { ONE } else { CpuWeight::of(case) };
        let lengths = comparable_lengths(cases, &options.durations);
        let jobs: Vec<_> =
            cases.iter().zip(lengths).map(|(case, duration)| Job { duration, weight: weight(case) }).collect();
        let order = match &options.sequential {
            // Every cell of a gate has to come to a look at the same time.
            Some(Stopping::Gate(_)) => (0..jobs.len()).collect(),
            _ => order(&jobs),
        };
        let waiting = order.into_iter().map(|index| (index, jobs[index].weight)).collect();
        let free = options.slots.map_or(options.capacity, CpuWeight::from_cpus);
        Self { waiting, alone: Vec::new(), free, running: 0 }
    }

    /// The next case that may begin, and what it takes.
    pub fn take(&mut self) -> Option<(PendingCase, CpuWeight)> {
        let weights = self.waiting.iter().map(|(_, weight)| *weight);
        let (work, weight) = match next(weights, self.free, self.running == 0) {
            Some(place) => {
                let (index, weight) = self.waiting.remove(place);
                (PendingCase::new(index), weight)
            }
            None if self.waiting.is_empty() && self.running == 0 => (self.alone.pop()?, self.free),
            None => return None,
        };
        // What was heavier than all there is gives back no more than it took.
        let taken = weight.min(self.free);
        self.free = self.free.minus(taken);
        self.running += 1;
        Some((work, taken))
    }

    /// Takes cases out that need not run any more; gives which.
    pub fn remove(&mut self, is_decided: impl Fn(usize) -> bool) -> Vec<usize> {
        let waiting = self.waiting.extract_if(.., |(index, _)| is_decided(*index)).map(|(index, _)| index);
        // What was measured once in vain need not be measured again for what is decided.
        let alone = self.alone.extract_if(.., |work| is_decided(work.index)).map(|work| work.index);
        waiting.chain(alone).collect()
    }

    /// A case has ended.
    pub fn give_back(&mut self, taken: CpuWeight) {
        self.free = self.free.plus(taken);
        self.running -= 1;
    }

    /// A case is to run again, alone.
    pub fn put_back(&mut self, work: PendingCase) {
        self.alone.insert(0, work);
    }

    /// Takes the cases that were to run again exclusively, and have not.
    pub fn left_alone(&mut self) -> Vec<PendingCase> {
        std::mem::take(&mut self.alone)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use precall_scenario::plan::Durations;

    fn slots(text: &str, slots: Option<usize>) -> Slots {
        let (cases, options) = RunOptions::planned(text, slots);
        Slots::new(&cases, &options)
    }

    fn take_all(slots: &mut Slots) -> usize {
        std::iter::from_fn(|| slots.take()).count()
    }

    const SIZE: &str = "[test.camera]\npicture = \"detailed\"\nresolution = \"SIZE\"\n[matrix]\nnetwork.delay = [\"1 ms\", \"2 ms\", \"3 ms\", \"4 ms\", \"5 ms\", \"6 ms\"]";

    #[test]
    fn camera_size_decides_cases_at_once() {
        let slow = |text: &str| text.replace("[matrix]", "[network]\nrate = \"1 Mbit/s\"\n[matrix]");
        for (size, on_slow, at_once) in [("320x240", 6, 4), ("640x480", 4, 3), ("1280x720", 2, 2), ("1920x1080", 1, 1)]
        {
            let text = SIZE.replace("SIZE", size);
            assert_eq!(take_all(&mut slots(&text, None)), at_once, "{size}");
            assert_eq!(take_all(&mut slots(&slow(&text), None)), on_slow, "{size} on a slow link");
        }
        assert_eq!(take_all(&mut slots(&SIZE.replace("SIZE", "1280x720"), Some(5))), 5, "cases are counted");
    }

    #[test]
    fn builds_alternate_in_pairs() {
        let text =
            "repeat = 4\n[matrix]\nsdk = [\"2.27.6\", \"2.35.2\"]\nnetwork = [\"3g\", \"lte\"]\n[[case]]\nname = \"a\"";
        let (cases, _) = RunOptions::planned(text, Some(1));
        let seconds = |case: &Case| if case.axes["sdk"] == "2.27.6" { 30 } else { 20 };
        let measured = cases.iter().map(|case| (case.id.clone(), std::time::Duration::from_secs(seconds(case))));
        let mut slots = slots(text, Some(1));
        let lengths = comparable_lengths(&cases, &Durations::measured(measured));
        let jobs: Vec<_> = lengths.into_iter().map(|duration| Job { duration, weight: ONE }).collect();
        slots.waiting = order(&jobs).into_iter().map(|index| (index, ONE)).collect();
        let taken = std::iter::from_fn(|| {
            let (work, weight) = slots.take()?;
            slots.give_back(weight);
            Some(work.index)
        });
        let order: Vec<_> = taken.map(|index| &cases[index]).filter(|case| case.axes["network"] == "3g").collect();
        let builds: Vec<_> = order.iter().map(|case| case.axes["sdk"].as_str()).collect();
        let (a, b) = ("2.27.6", "2.35.2");
        assert_eq!(builds, [a, b, b, a, a, b, b, a]);
        let pairs = order.chunks(2).all(|pair| pair[0].repeat == pair[1].repeat);
        assert!(pairs, "a repeat of one build stands beside the same of the other");
    }

    #[test]
    fn starved_case_runs_exclusively_and_last() {
        let mut slots = slots(&SIZE.replace("SIZE", "1280x720"), None);
        let (first, weight) = slots.take().expect("a case");
        let index = first.index;
        slots.put_back(first);
        slots.give_back(weight);
        let mut taken = Vec::new();
        while let Some((work, weight)) = slots.take() {
            taken.push((work.index, weight));
            let (_, weight) = taken[taken.len() - 1];
            slots.give_back(weight);
        }
        assert_eq!(taken.len(), 6);
        assert_eq!(taken[5], (index, CpuWeight::from_cpus(2)));
    }
}
