//! Estimates of a plan: its duration, and the CPUs that a case needs.

use std::collections::HashMap;
use std::time::Duration;

use super::case::Case;
use super::duration::Durations;
use super::schedule::{Job, makespan};
use crate::Picture;

/// A share of the host's CPUs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct CpuWeight(u32);

impl CpuWeight {
    /// Thousandths of a CPU.
    pub const fn from_thousandths(thousandths: u32) -> Self {
        Self(thousandths)
    }

    /// Returns the weight of this many CPUs.
    pub fn from_cpus(cpus: usize) -> Self {
        Self(u32::try_from(cpus.saturating_mul(1000)).unwrap_or(u32::MAX))
    }

    /// Returns the weight of a case. Nearly all of it is the encoding and decoding of video, which depends on the number of pixels and
    /// on the picture. Measured on two CPUs with software encoding: a case at 640x480 takes 0.42 CPUs, and up to four run
    /// without loss of quality; a case at 1280x720 takes 0.66. Chrome's own pattern is published at up to 1280x720 but costs half as
    /// much. The weight leaves an additional third for the host.
    pub fn of(case: &Case) -> Self {
        let test = &case.spec.test;
        let pixels = match test.camera.picture {
            _ if !test.quality || test.audio_only => return Self(500),
            Picture::Pattern => return Self(650),
            Picture::Detailed { width, height } => u64::from(width) * u64::from(height),
        };
        let thousandths = 250 + pixels * 700 / 921_600;
        Self(u32::try_from(thousandths).unwrap_or(u32::MAX))
    }

    /// Returns how many cases of a weight fit in this weight.
    pub fn holds(self, weight: Self) -> usize {
        (self.0 / weight.0.max(1)) as usize
    }

    /// Returns the sum of two weights.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }

    /// Returns the difference of two weights, at least zero.
    #[must_use]
    pub fn minus(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }
}

/// Returns the durations by which cases are ordered. Cases that are compared, because they differ only in their build, get the
/// longest duration among them. Otherwise a slower build would run first in all repeats, and the order would not alternate.
pub fn comparable_lengths(cases: &[Case], durations: &Durations) -> Vec<Duration> {
    let key = |case: &Case| {
        let is_build = |name: &str| matches!(name, "sdk" | "module");
        let axes = case.axes.iter().filter(|(name, _)| !is_build(name));
        (case.spec.name.clone(), axes.map(|(name, value)| (name.clone(), value.clone())).collect::<Vec<_>>())
    };
    let mut longest = HashMap::new();
    for case in cases {
        let known: &mut Duration = longest.entry(key(case)).or_default();
        *known = durations.of(case).max(*known);
    }
    cases.iter().map(|case| longest.get(&key(case)).copied().unwrap_or_default()).collect()
}

/// The duration of a plan on a host with nothing else to do. A host that cannot keep up adds to it: cases that were not measured
/// properly run again, one at a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Estimate {
    /// The usual wall-clock time.
    pub wall_clock: Duration,
    /// The wall-clock time if every test measures for its longest time.
    pub longest: Duration,
    /// The usual sum of the durations of all cases.
    pub total: Duration,
    /// The longest case: the time that each repeated attempt can add.
    pub again: Duration,
}

impl Estimate {
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
        let estimate = Estimate::of(&cases, &durations, two, None);
        assert_eq!((estimate.wall_clock, estimate.total, estimate.again), (seconds(16), seconds(23), seconds(16)));
        let one_by_one = Estimate::of(&cases, &durations, two, Some(1));
        assert_eq!(one_by_one.wall_clock, seconds(23));
    }

    #[test]
    fn zero_duration_leaves_the_estimate() {
        let cases = cases("[[case]]\nname = \"a\"\n[[case]]\nname = \"b\"");
        let endless = ["a", "b"].map(|id| (id.to_owned(), Duration::MAX));
        let estimate = Estimate::of(&cases, &Durations::measured(endless), CpuWeight::from_cpus(1), None);
        assert_eq!(estimate.total, Duration::from_secs(2 * 30 * 24 * 3600));
    }

    #[test]
    fn video_has_the_largest_weight() {
        let text = "[[case]]\nname = \"a\"\n[[case]]\nname = \"b\"\ntest.audioOnly = true\n[[case]]\nname = \"c\"\ntest.quality = false";
        let weights: Vec<_> = cases(text).iter().map(CpuWeight::of).collect();
        assert!(weights[0] > weights[1] && weights[0] > weights[2], "{weights:?}");
    }
}
