//! What a case takes: time, and its share of the CPUs.

use std::collections::HashMap;
use std::time::Duration;

use super::case::Case;
use super::schedule::{Job, makespan};
use crate::scenario::Picture;

/// A part of the host's CPUs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct CpuWeight(u32);

impl CpuWeight {
    /// Thousandths of a CPU.
    pub const fn from_thousandths(thousandths: u32) -> Self {
        Self(thousandths)
    }

    /// So many CPUs.
    pub fn from_cpus(cpus: usize) -> Self {
        Self(u32::try_from(cpus.saturating_mul(1000)).unwrap_or(u32::MAX))
    }

    /// What a case takes. Nearly all of it is the encoding and decoding of video, which grows with the number of pixels and
    /// what is in them. Measured on two CPUs with software encoding: one case at 640x480 takes 0.42 CPUs and up to four run
    /// clean; one at 1280x720 takes 0.66. Chrome's own pattern is published at up to 1280x720 but costs half as much. A
    /// third on top is left for the host.
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

    /// How many of such a weight fit.
    pub fn holds(self, weight: Self) -> usize {
        (self.0 / weight.0.max(1)) as usize
    }

    /// Together with another.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }

    /// Without another; nothing at least.
    #[must_use]
    pub fn minus(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }
}

/// How long cases take: as an earlier run measured, else as their tests promise.
#[derive(Debug, Clone, Default)]
pub struct Durations(HashMap<String, Duration>);

impl Durations {
    /// What was measured, by the cases' ids.
    pub fn measured(durations: impl IntoIterator<Item = (String, Duration)>) -> Self {
        Self(durations.into_iter().collect())
    }

    /// How long a case takes.
    pub fn of(&self, case: &Case) -> Duration {
        self.0.get(&case.id).copied().unwrap_or_else(|| promised(case))
    }
}

/// The lengths that cases begin by: of those that are compared with one another, which differ in their build alone, the longest.
/// So a slower build does not run first in all its repeats, and their order stays to and fro.
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

/// The page and its SDK load, and the session is set up and left.
const AROUND: Duration = Duration::from_secs(2);
/// A connectivity test that goes well.
const CONNECTIVITY: Duration = Duration::from_secs(6);
/// The longest that a quality test measures with video, and without.
const QUALITY: Duration = Duration::from_secs(30);
const AUDIO_ONLY: Duration = Duration::from_secs(10);

fn promised(case: &Case) -> Duration {
    let test = &case.spec.test;
    let own = if test.audio_only { AUDIO_ONLY } else { QUALITY };
    let quality = if test.quality { test.timeout.unwrap_or(own) } else { Duration::ZERO };
    AROUND + quality + if test.connectivity { CONNECTIVITY } else { Duration::ZERO }
}

/// What a plan takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Estimate {
    /// By the clock.
    pub wall_clock: Duration,
    /// All cases one after the other.
    pub total: Duration,
}

impl Estimate {
    /// Of cases on so much of the CPUs; `slots` counts cases instead.
    pub fn of(cases: &[Case], durations: &Durations, capacity: CpuWeight, slots: Option<usize>) -> Self {
        let job = |case: &Case| match slots {
            None => Job { duration: durations.of(case), weight: CpuWeight::of(case) },
            Some(_) => Job { duration: durations.of(case), weight: CpuWeight::from_cpus(1) },
        };
        let jobs: Vec<_> = cases.iter().map(job).collect();
        let capacity = slots.map_or(capacity, CpuWeight::from_cpus);
        Self { wall_clock: makespan(&jobs, capacity), total: jobs.iter().map(|job| job.duration).sum() }
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::plan::{Releases, expand};

    fn cases(text: &str) -> Vec<Case> {
        let scenario = crate::scenario::parse(text, Path::new("test.toml")).expect("a scenario");
        expand(&[scenario], &Releases::default()).expect("a plan")
    }

    #[test]
    fn what_was_measured_is_better_than_what_is_promised() {
        let cases = cases("[test]\ntimeout = \"10 s\"\n[[case]]\nname = \"a\"\n[[case]]\nname = \"b\"");
        let durations = Durations::measured([("a".to_owned(), Duration::from_secs(7))]);
        assert_eq!(durations.of(&cases[0]), Duration::from_secs(7));
        assert_eq!(durations.of(&cases[1]), Duration::from_secs(18));
        let two = CpuWeight::from_cpus(2);
        let estimate = Estimate::of(&cases, &durations, two, None);
        assert_eq!(estimate, Estimate { wall_clock: Duration::from_secs(18), total: Duration::from_secs(25) });
        let one_by_one = Estimate::of(&cases, &durations, two, Some(1));
        assert_eq!(one_by_one.wall_clock, Duration::from_secs(25));
    }

    #[test]
    fn video_weighs_most() {
        let text = "[[case]]\nname = \"a\"\n[[case]]\nname = \"b\"\ntest.audioOnly = true\n[[case]]\nname = \"c\"\ntest.quality = false";
        let weights: Vec<_> = cases(text).iter().map(CpuWeight::of).collect();
        assert!(weights[0] > weights[1] && weights[0] > weights[2], "{weights:?}");
    }
}
