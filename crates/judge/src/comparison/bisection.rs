//! A binary search for the first release that changed something. Pure: the caller runs the releases.

use semver::Version;
use serde::{Deserialize, Serialize};

/// The place of a release between the good and the bad end of a search.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Placement {
    /// The release behaves as the good one.
    Good,
    /// The release has changed, as the bad one has.
    Bad,
    /// The release cannot be placed: it does not load, or its cases are inconclusive.
    Unknown,
}

impl Placement {
    /// Returns the placement in words for people.
    pub fn describe(self) -> &'static str {
        match self {
            Self::Good => "as the good one",
            Self::Bad => "changed",
            Self::Unknown => "cannot be told",
        }
    }
}

/// A search among releases or other builds, oldest first. The first is good and the last is bad.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bisection<T> {
    releases: Vec<T>,
    unknown: Vec<usize>,
    /// The place of the last release that is known to be good.
    good: usize,
    /// The place of the first release that is known to be bad.
    bad: usize,
}

impl Bisection<Version> {
    /// Returns a search among all releases from `good` to `bad`; `None` unless both are among them and `bad` is the
    /// newer one.
    pub fn new(releases: impl IntoIterator<Item = Version>, good: &Version, bad: &Version) -> Option<Self> {
        let mut releases: Vec<_> = releases.into_iter().filter(|version| version >= good && version <= bad).collect();
        releases.sort();
        releases.dedup();
        let is_whole = releases.first() == Some(good) && releases.last() == Some(bad) && good < bad;
        Self::among(releases).filter(|_| is_whole)
    }
}

impl<T: PartialEq> Bisection<T> {
    /// Returns a search among builds from a good one to a bad one; `None` if there are fewer than two.
    pub fn among(builds: Vec<T>) -> Option<Self> {
        let bad = builds.len().checked_sub(1).filter(|last| *last > 0)?;
        Some(Self { releases: builds, unknown: Vec::new(), good: 0, bad })
    }

    /// Returns the same search, with something else in place of each release.
    pub fn map<U>(self, other: impl FnMut(T) -> U) -> Bisection<U> {
        let Self { releases, unknown, good, bad } = self;
        Bisection { releases: releases.into_iter().map(other).collect(), unknown, good, bad }
    }

    /// Returns the builds at both ends: the first one is good, and the last one is bad.
    pub fn ends(&self) -> (&T, &T) {
        (&self.releases[0], &self.releases[self.releases.len() - 1])
    }

    /// Returns the release to try next: the one nearest to the middle of those that may be the first bad one, and that
    /// was not tried without success. `None` when the search is over.
    pub fn next(&self) -> Option<&T> {
        let middle = self.good + (self.bad - self.good) / 2;
        let open = (self.good + 1..self.bad).filter(|index| !self.unknown.contains(index));
        open.min_by_key(|index| index.abs_diff(middle)).map(|index| &self.releases[index])
    }

    /// Records the placement of a release.
    pub fn note(&mut self, release: &T, placement: Placement) {
        let Some(index) = self.releases.iter().position(|known| known == release) else { return };
        match placement {
            Placement::Good if index > self.good && index < self.bad => self.good = index,
            Placement::Bad if index > self.good && index < self.bad => self.bad = index,
            Placement::Unknown => self.unknown.push(index),
            Placement::Good | Placement::Bad => {}
        }
    }

    /// Returns the largest number of releases that are still to be tried.
    pub fn steps_left(&self) -> u32 {
        (self.bad - self.good).next_power_of_two().trailing_zeros()
    }

    /// Returns the last release that is good, and the candidates for the first bad one. That is one release, unless
    /// some could not be placed.
    pub fn result(&self) -> (&T, &[T]) {
        (&self.releases[self.good], &self.releases[self.good + 1..=self.bad])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn releases(count: u64) -> Vec<Version> {
        (0..count).map(|minor| Version::new(2, minor, 0)).collect()
    }

    /// Searches among `count` releases for the first bad one, and returns the candidates and the number of releases
    /// tried.
    fn search(count: u64, first_bad: u64, unknown: &[u64]) -> (Vec<Version>, u32) {
        let all = releases(count);
        let mut bisection = Bisection::new(all.clone(), &all[0], &all[all.len() - 1]).expect("a search");
        let mut tried = 0;
        while let Some(next) = bisection.next().cloned() {
            tried += 1;
            assert!(tried <= count, "the search does not end");
            let placement = match next.minor {
                minor if unknown.contains(&minor) => Placement::Unknown,
                minor if minor >= first_bad => Placement::Bad,
                _ => Placement::Good,
            };
            bisection.note(&next, placement);
        }
        (bisection.result().1.to_vec(), u32::try_from(tried).expect("few"))
    }

    proptest::proptest! {
        #[test]
        fn first_bad_release_is_found_in_log2_steps(count in 2_u64..300, share in 0.0_f64..1.0) {
            let first_bad = 1 + ((count - 1) as f64 * share) as u64;
            let (found, tried) = search(count, first_bad, &[]);
            proptest::prop_assert_eq!(found, vec![Version::new(2, first_bad, 0)]);
            proptest::prop_assert!(f64::from(tried) <= (count as f64).log2().ceil());
        }

        #[test]
        fn releases_that_cannot_be_placed_are_avoided(count in 2_u64..60, share in 0.0_f64..1.0, unknown in proptest::collection::vec(1_u64..59, 0..9)) {
            let first_bad = 1 + ((count - 1) as f64 * share) as u64;
            let unknown: Vec<_> = unknown.into_iter().filter(|minor| *minor < count - 1).collect();
            let (found, _) = search(count, first_bad, &unknown);
            proptest::prop_assert!(found.contains(&Version::new(2, first_bad, 0)));
            // All candidates but the last could not be placed.
            let (_, between) = found.split_last().expect("at least one");
            proptest::prop_assert!(between.iter().all(|version| unknown.contains(&version.minor)));
        }
    }

    #[test]
    fn ends_must_be_known_releases_in_order() {
        let all = releases(4);
        assert_eq!(Bisection::new(all.clone(), &all[2], &all[1]), None);
        assert_eq!(Bisection::new(all.clone(), &all[1], &all[1]), None);
        assert_eq!(Bisection::new(all.clone(), &all[1], &Version::new(9, 0, 0)), None);
        assert_eq!(Bisection::new(all.clone(), &all[0], &all[3]).map(|b| b.steps_left()), Some(2));
    }
}
