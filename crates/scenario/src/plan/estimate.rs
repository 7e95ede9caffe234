//! Estimates the duration of a plan.

use std::collections::HashMap;
use std::time::Duration;

use super::case::Case;
use super::duration::Durations;
use super::schedule::{Job, makespan};
use super::weight::CpuWeight;
use precall_results::CaseKey;

/// Returns the durations by which cases are ordered. Cases that are compared, because they differ only in their build,
/// get the longest duration among them. Otherwise a slower build would run first in all repeats, and the order would
/// not alternate.
pub fn comparable_lengths(cases: &[Case], durations: &Durations) -> Vec<Duration> {
    let key = |case: &Case| CaseKey::new(&case.spec.name, &case.axes).without("sdk").without("module");
    let mut longest = HashMap::new();
    for case in cases {
        let known: &mut Duration = longest.entry(key(case)).or_default();
        *known = durations.of(case).max(*known);
    }
    cases.iter().map(|case| longest.get(&key(case)).copied().unwrap_or_default()).collect()
}

/// The duration of a plan on a host with nothing else to do. A host that cannot keep up adds to it: cases that were not
/// measured properly run again, one at a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DurationEstimate {
    /// The usual wall-clock time.
    pub wall_clock: Duration,
    /// The wall-clock time if every test measures for its longest time.
    pub longest: Duration,
    /// The usual sum of the durations of all cases.
    pub total: Duration,
    /// The longest case: the time that each repeated attempt can add.
    pub again: Duration,
}

impl DurationEstimate {
    /// Estimates cases on this share of the CPUs. With `slots` it counts cases instead of weights.
    pub fn of(cases: &[Case], durations: &Durations, capacity: CpuWeight, slots: Option<usize>) -> Self {
        let weight = |case: &Case| slots.map_or_else(|| CpuWeight::of(case), |_| CpuWeight::from_cpus(1));
        let capacity = slots.map_or(capacity, CpuWeight::from_cpus);
        let jobs = |length: &dyn Fn(&Case) -> Duration| -> Vec<Job> {
            cases.iter().map(|case| Job { duration: length(case), weight: weight(case) }).collect()
        };
        let usual = jobs(&|case| durations.of(case));
        let longest = jobs(&|case| durations.longest(case));
        Self {
            wall_clock: makespan(&usual, capacity),
            longest: makespan(&longest, capacity),
            total: usual.iter().map(|job| job.duration).sum(),
            again: longest.iter().map(|job| job.duration).max().unwrap_or_default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::plan::{Releases, expand};

    fn cases(text: &str) -> Vec<Case> {
        let scenario = crate::parse(text, Path::new("test.toml")).expect("a scenario");
        expand(&[scenario], &Releases::default()).expect("a plan")
    }

    #[test]
    fn measured_durations_override_estimates() {
        let cases = cases("[test]\ntimeout = \"10 s\"\n[[case]]\nname = \"a\"\n[[case]]\nname = \"b\"");
        let durations = Durations::measured([("a".to_owned(), Duration::from_secs(7))]);
        assert_eq!(durations.of(&cases[0]), Duration::from_secs(7));
        assert_eq!(durations.of(&cases[1]), Duration::from_secs(16));
        let two = CpuWeight::from_cpus(2);
        let seconds = Duration::from_secs;
        let estimate = DurationEstimate::of(&cases, &durations, two, None);
        assert_eq!((estimate.wall_clock, estimate.total, estimate.again), (seconds(16), seconds(23), seconds(16)));
        let one_by_one = DurationEstimate::of(&cases, &durations, two, Some(1));
        assert_eq!(one_by_one.wall_clock, seconds(23));
    }

    #[test]
    fn excessive_recorded_durations_are_limited() {
        let cases = cases("[[case]]\nname = \"a\"\n[[case]]\nname = \"b\"");
        let endless = ["a", "b"].map(|id| (id.to_owned(), Duration::MAX));
        let estimate = DurationEstimate::of(&cases, &Durations::measured(endless), CpuWeight::from_cpus(1), None);
        assert_eq!(estimate.total, Duration::from_secs(2 * 30 * 24 * 3600));
    }

    #[test]
    fn video_has_the_largest_weight() {
        let text = "[[case]]\nname = \"a\"\n[[case]]\nname = \"b\"\ntest.audioOnly = true\n[[case]]\nname = \"c\"\ntest.quality = false";
        let weights: Vec<_> = cases(text).iter().map(CpuWeight::of).collect();
        assert!(weights[0] > weights[1] && weights[0] > weights[2], "{weights:?}");
    }
}
