//! Which release was the first to change something: a binary search. Pure; who asks runs the releases.

use semver::Version;
use serde::{Deserialize, Serialize};

/// What a release was found to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Found {
    /// As the good one.
    Good,
    /// Changed, as the bad one.
    Bad,
    /// It cannot be told: it does not load, or its cases are inconclusive.
    Unknown,
}

impl Found {
    /// In words for people.
    pub fn in_words(self) -> &'static str {
        match self {
            Self::Good => "as the good one",
            Self::Bad => "changed",
            Self::Unknown => "cannot be told",
        }
    }
}

/// A search among releases, of which the first is good and the last is bad.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bisection {
    releases: Vec<Version>,
    unknown: Vec<usize>,
    /// The last that is good, and the first that is bad.
    good: usize,
    bad: usize,
}

impl Bisection {
    /// A search among all releases from `good` to `bad`; `None` when `bad` does not come after `good`, or is not among them.
    pub fn new(releases: impl IntoIterator<Item = Version>, good: &Version, bad: &Version) -> Option<Self> {
        let mut releases: Vec<_> = releases.into_iter().filter(|version| version >= good && version <= bad).collect();
        releases.sort();
        releases.dedup();
        let is_whole = releases.first() == Some(good) && releases.last() == Some(bad) && good < bad;
        let last = releases.len().checked_sub(1)?;
        is_whole.then(|| Self { releases, unknown: Vec::new(), good: 0, bad: last })
    }

    /// The release to try next: in the middle of those that may be the first bad one, or the nearest to it of which something may be
    /// learned. `None` when nothing more can be.
    pub fn next(&self) -> Option<&Version> {
        let middle = self.good + (self.bad - self.good) / 2;
        let open = (self.good + 1..self.bad).filter(|index| !self.unknown.contains(index));
        open.min_by_key(|index| index.abs_diff(middle)).map(|index| &self.releases[index])
    }

    /// Notes what a release was found to be.
    pub fn note(&mut self, release: &Version, found: Found) {
        let Some(index) = self.releases.iter().position(|known| known == release) else { return };
        match found {
            Found::Good if index > self.good && index < self.bad => self.good = index,
            Found::Bad if index > self.good && index < self.bad => self.bad = index,
            Found::Unknown => self.unknown.push(index),
            Found::Good | Found::Bad => {}
        }
    }

    /// At most so many releases are still to be tried.
    pub fn steps_left(&self) -> u32 {
        (self.bad - self.good).next_power_of_two().trailing_zeros()
    }

    /// The last release that is good, and those of which one is the first bad: one, unless some between could not be told.
    pub fn result(&self) -> (&Version, &[Version]) {
        (&self.releases[self.good], &self.releases[self.good + 1..=self.bad])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn releases(count: u64) -> Vec<Version> {
        (0..count).map(|minor| Version::new(2, minor, 0)).collect()
    }

    /// Searches among so many releases for the first bad one, and gives what was found and how many were tried.
    fn search(count: u64, first_bad: u64, unknown: &[u64]) -> (Vec<Version>, u32) {
        let all = releases(count);
        let mut bisection = Bisection::new(all.clone(), &all[0], &all[all.len() - 1]).expect("a search");
        let mut tried = 0;
        while let Some(next) = bisection.next().cloned() {
            tried += 1;
            assert!(tried <= count, "it goes round in circles");
            let found = match next.minor {
                minor if unknown.contains(&minor) => Found::Unknown,
                minor if minor >= first_bad => Found::Bad,
                _ => Found::Good,
            };
            bisection.note(&next, found);
        }
        (bisection.result().1.to_vec(), u32::try_from(tried).expect("few"))
    }

    proptest::proptest! {
        #[test]
        fn the_first_bad_one_is_found_in_as_few_steps_as_there_are_bits(count in 2_u64..300, share in 0.0_f64..1.0) {
            let first_bad = 1 + ((count - 1) as f64 * share) as u64;
            let (found, tried) = search(count, first_bad, &[]);
            proptest::prop_assert_eq!(found, vec![Version::new(2, first_bad, 0)]);
            proptest::prop_assert!(f64::from(tried) <= (count as f64).log2().ceil());
        }

        #[test]
        fn what_cannot_be_told_is_gone_around(count in 2_u64..60, share in 0.0_f64..1.0, unknown in proptest::collection::vec(1_u64..59, 0..9)) {
            let first_bad = 1 + ((count - 1) as f64 * share) as u64;
            let unknown: Vec<_> = unknown.into_iter().filter(|minor| *minor < count - 1).collect();
            let (found, _) = search(count, first_bad, &unknown);
            proptest::prop_assert!(found.contains(&Version::new(2, first_bad, 0)));
            // All but the last of them are those that could not be told.
            let (_, between) = found.split_last().expect("one at least");
            proptest::prop_assert!(between.iter().all(|version| unknown.contains(&version.minor)));
        }
    }

    #[test]
    fn ends_have_to_be_releases_in_their_order() {
        let all = releases(4);
        assert_eq!(Bisection::new(all.clone(), &all[2], &all[1]), None);
        assert_eq!(Bisection::new(all.clone(), &all[1], &all[1]), None);
        assert_eq!(Bisection::new(all.clone(), &all[1], &Version::new(9, 0, 0)), None);
        assert_eq!(Bisection::new(all.clone(), &all[0], &all[3]).map(|b| b.steps_left()), Some(2));
    }
}
