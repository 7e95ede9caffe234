//! `--shard 2/5`: a part of a plan, for many machines.

use std::collections::HashSet;

use super::case::Case;
use super::estimate::Durations;

/// One of several equal parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shard {
    /// Which, from 1.
    pub number: usize,
    /// Of how many.
    pub of: usize,
}

impl Shard {
    /// Reads `2/5`.
    ///
    /// # Errors
    ///
    /// What is wrong with it, in words.
    pub fn parse(text: &str) -> Result<Self, String> {
        let numbers = text.split_once('/').and_then(|(number, of)| Some((number.parse().ok()?, of.parse().ok()?)));
        match numbers {
            Some((number, of)) if number >= 1 && number <= of => Ok(Self { number, of }),
            _ => Err("write which part and of how many, from 1: `2/5`".to_owned()),
        }
    }

    /// Its cases, in plan order. The longest are dealt out first, and each round goes to and fro, so that the parts are
    /// as long as one another and differ by at most one in number. The same plan and durations are always split in the same
    /// way: every machine takes its own part without asking the others.
    pub fn of(self, cases: Vec<Case>, durations: &Durations) -> Vec<Case> {
        let mut by_length: Vec<_> = cases.iter().enumerate().collect();
        by_length.sort_by_cached_key(|(place, case)| (std::cmp::Reverse(durations.of(case)), *place));
        let mine = by_length.iter().enumerate().filter(|(place, _)| {
            let (round, within) = (place / self.of, place % self.of);
            let part = if round % 2 == 0 { within } else { self.of - 1 - within };
            part + 1 == self.number
        });
        let mine: HashSet<usize> = mine.map(|(_, (place, _))| *place).collect();
        cases.into_iter().enumerate().filter(|(place, _)| mine.contains(place)).map(|(_, case)| case).collect()
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::plan::{Releases, expand};

    fn cases(count: usize) -> Vec<Case> {
        let timeouts: Vec<_> = (0..count).map(|index| format!("\"{}.{:03} s\"", 6 + index % 23, index)).collect();
        let text = format!("[matrix]\ntest.timeout = [{}]", timeouts.join(", "));
        let scenario = crate::scenario::parse(&text, Path::new("test.toml")).unwrap_or_else(|error| panic!("{error}"));
        expand(&[scenario], &Releases::default()).expect("a plan")
    }

    proptest::proptest! {
        #[test]
        fn the_parts_make_the_whole_and_are_alike(count in 1_usize..60, of in 1_usize..9) {
            let all = cases(count);
            let durations = Durations::default();
            let parts: Vec<_> = (1..=of).map(|number| Shard { number, of }.of(all.clone(), &durations)).collect();
            let mut ids: Vec<_> = parts.iter().flatten().map(|case| case.id.clone()).collect();
            ids.sort();
            let mut wanted: Vec<_> = all.iter().map(|case| case.id.clone()).collect();
            wanted.sort();
            proptest::prop_assert_eq!(ids, wanted);
            let sizes = parts.iter().map(Vec::len);
            proptest::prop_assert!(sizes.clone().max().unwrap_or(0) - sizes.min().unwrap_or(0) <= 1);
            let lengths = parts.iter().map(|part| part.iter().map(|case| durations.of(case).as_secs_f64()).sum::<f64>());
            let longest = all.iter().map(|case| durations.of(case).as_secs_f64()).fold(0.0, f64::max);
            let (least, most) = lengths.fold((f64::MAX, 0.0_f64), |(least, most), l| (least.min(l), most.max(l)));
            proptest::prop_assert!(most - least <= longest + 1e-6);
        }
    }

    #[test]
    fn it_is_read() {
        assert_eq!(Shard::parse("2/5"), Ok(Shard { number: 2, of: 5 }));
        for wrong in ["0/5", "6/5", "2", "2/0", "a/b", ""] {
            assert!(Shard::parse(wrong).is_err(), "{wrong}");
        }
    }
}
