//! `--shard 2/5`: the part of a plan that one of several machines runs.

use std::collections::HashSet;

use super::case::Case;
use super::duration::Durations;

/// A CI system: its name, its variables for the index and the count of a machine, and its first index.
type CiSystem = (&'static str, &'static str, &'static str, usize);

/// The CI systems, according to their documentation. The first entry is for variables that a user sets by hand. It has
/// priority, since a job of another system may run in a Kubernetes pod.
const CI_SYSTEMS: [CiSystem; 8] = [
    ("an Indexed Job of Kubernetes", "JOB_COMPLETION_INDEX", "PRECALL_SHARDS", 0),
    ("GitLab", "CI_NODE_INDEX", "CI_NODE_TOTAL", 1),
    ("CircleCI", "CIRCLE_NODE_INDEX", "CIRCLE_NODE_TOTAL", 0),
    ("Buildkite", "BUILDKITE_PARALLEL_JOB", "BUILDKITE_PARALLEL_JOB_COUNT", 0),
    ("Azure Pipelines", "SYSTEM_JOBPOSITIONINPHASE", "SYSTEM_TOTALJOBSINPHASE", 1),
    ("Bitbucket Pipelines", "BITBUCKET_PARALLEL_STEP", "BITBUCKET_PARALLEL_STEP_COUNT", 0),
    ("Semaphore", "SEMAPHORE_JOB_INDEX", "SEMAPHORE_JOB_COUNT", 1),
    ("Cloud Run", "CLOUD_RUN_TASK_INDEX", "CLOUD_RUN_TASK_COUNT", 0),
];

/// Returns whether a variable has a value.
fn is_set(text: &str) -> bool {
    !matches!(text, "" | "null" | "undefined")
}

/// One of several equal parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shard {
    /// Number of the part, from 1.
    pub number: usize,
    /// Number of parts, 1 or more.
    pub of: usize,
}

impl Shard {
    /// Parses `2/5`.
    ///
    /// # Errors
    ///
    /// Returns the reason, in one sentence.
    pub fn parse(text: &str) -> Result<Self, String> {
        let numbers = text.split_once('/').and_then(|(number, of)| Some((number.parse().ok()?, of.parse().ok()?)));
        match numbers {
            Some((number, of)) if number >= 1 && number <= of => Ok(Self { number, of }),
            _ => Err("write the number of the part, from 1, and the number of parts: `2/5`; or `auto`".to_owned()),
        }
    }

    /// Returns the part of this machine, according to the variables of its CI system. It is the whole plan if the
    /// system reports a single machine. `variable` returns the value of an environment variable.
    ///
    /// # Errors
    ///
    /// Returns the missing variables, or the reason why their values are invalid.
    pub fn from_environment(variable: impl Fn(&str) -> Option<String>) -> Result<Self, String> {
        // Some tools that run a job locally set the variable to "null".
        let variable = |name: &str| variable(name).map(|text| text.trim().to_owned()).filter(|text| is_set(text));
        let is_whole = |(_, index, count, _): &CiSystem| variable(index).is_some() && variable(count).is_some();
        let is_part = |(_, index, count, _): &CiSystem| variable(index).is_some() || variable(count).is_some();
        let mut systems = CI_SYSTEMS.iter();
        let Some((system, index_name, count_name, first)) =
            systems.find(|system| is_whole(system)).or(CI_SYSTEMS.iter().find(|system| is_part(system)))
        else {
            let [_, index, count] = [CI_SYSTEMS[0].0, CI_SYSTEMS[0].1, CI_SYSTEMS[0].2];
            let names: Vec<_> =
                CI_SYSTEMS.iter().skip(1).map(|(system, index, ..)| format!("{index} ({system})")).collect();
            return Err(format!(
                "none of the variables is set that tell a machine its part: {index} with {count}, {}; write the part, such as `2/5`, or \
                 `1/1` for all cases",
                names.join(", ")
            ));
        };
        let read = |name: &str| -> Result<usize, String> {
            let text = variable(name).ok_or_else(|| {
                let other = if name == *index_name { count_name } else { index_name };
                format!("{other} is set, but not {name} ({system}): both are needed")
            })?;
            text.parse().map_err(|_| format!("{name} is {text:?}, which is not a number"))
        };
        let of = read(count_name)?;
        if of == 1 {
            // A GitLab job without parallelism has no index.
            return Ok(Self { number: 1, of });
        }
        let index = read(index_name)?;
        match (index + 1).checked_sub(*first) {
            Some(number) if (1..=of).contains(&number) => Ok(Self { number, of }),
            _ => Err(format!(
                "{index_name} is {index}, and {count_name} {of}: there is no such part, as {system} counts from {first}; write the part \
                 itself, such as `2/5`"
            )),
        }
    }

    /// Returns the cases of this part, in the order of the plan. The cases are dealt out by decreasing duration, in
    /// alternating direction, so that the parts have similar durations and differ by at most one case. The split
    /// depends only on the plan and the durations, so machines do not need to communicate.
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
        let scenario = crate::parse(&text, Path::new("test.toml")).unwrap_or_else(|error| panic!("{error}"));
        expand(&[scenario], &Releases::default()).expect("a plan")
    }

    proptest::proptest! {
        #[test]
        fn parts_are_disjoint_and_similar(count in 1_usize..60, of in 1_usize..9) {
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
    fn shard_is_parsed() {
        assert_eq!(Shard::parse("2/5"), Ok(Shard { number: 2, of: 5 }));
        for wrong in ["0/5", "6/5", "2", "2/0", "a/b", ""] {
            assert!(Shard::parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn environment_selects_a_part() {
        let of = |variables: &[(&str, &str)]| {
            Shard::from_environment(|name| {
                variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
            })
        };
        let part = |number, count| Ok(Shard { number, of: count });
        for (_, index, count, first) in CI_SYSTEMS {
            let job = |at: usize| of(&[(index, &(at + first).to_string()), (count, "5")]);
            assert_eq!([job(0), job(4)], [part(1, 5), part(5, 5)], "{index}");
            assert!(job(5).is_err_and(|error| error.contains("no such part")), "{index}");
        }
        // A job without parallelism, and a job that runs locally.
        assert_eq!(of(&[("CI_NODE_TOTAL", "1")]), part(1, 1));
        assert_eq!(of(&[("CI_NODE_INDEX", "null"), ("CI_NODE_TOTAL", "1")]), part(1, 1));
        assert_eq!(of(&[("CI_NODE_INDEX", ""), ("CI_NODE_TOTAL", "1")]), part(1, 1));
        assert_eq!(of(&[("CI_NODE_INDEX", "0"), ("CI_NODE_TOTAL", "1")]), part(1, 1));
        // GitLab's runner in a Kubernetes pod: the complete pair counts.
        assert_eq!(of(&[("JOB_COMPLETION_INDEX", "3"), ("CI_NODE_INDEX", "2"), ("CI_NODE_TOTAL", "5")]), part(2, 5));
        for (variables, expected) in [
            (&[][..], "JOB_COMPLETION_INDEX with PRECALL_SHARDS, CI_NODE_INDEX (GitLab)"),
            (&[("CI_NODE_INDEX", ""), ("CI_NODE_TOTAL", "null")], "none of the variables"),
            (&[("JOB_COMPLETION_INDEX", "0")], "not PRECALL_SHARDS"),
            (&[("CI_NODE_INDEX", "null"), ("CI_NODE_TOTAL", "2")], "not CI_NODE_INDEX (GitLab)"),
            (&[("CI_NODE_INDEX", "0"), ("CI_NODE_TOTAL", "2")], "GitLab counts from 1"),
            (&[("CI_NODE_INDEX", "1"), ("CI_NODE_TOTAL", "0")], "no such part"),
            (&[("CI_NODE_INDEX", "x"), ("CI_NODE_TOTAL", "5")], "not a number"),
        ] {
            let error = of(variables).expect_err(expected);
            assert!(error.contains(expected), "{error}");
        }
    }
}
