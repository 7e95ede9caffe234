//! Warnings about comparisons of two builds that the scenario or the command line makes impossible.

use std::collections::{BTreeMap, BTreeSet};

use super::sweep::swept;
use super::warning::{PlacedMessage, Warning};
use crate::statistics::fewest_repeats;
use precall_results::{BUILD_AXES, CaseKey, CaseKind, CompareSpec, Metric};
use precall_scenario::Picture;
use precall_scenario::plan::Case;
use precall_support::text::count;

/// The camera that is best for detecting changes, as a line of `[test]`.
pub(super) const DETAILED: &str = "camera = { picture = \"detailed\", resolution = \"640x480\" }";

/// The largest number of repeats that a scenario can request.
const MAX_REPEATS: usize = 1000;

/// Two builds that run under the same conditions.
pub(super) struct Pair<'a> {
    /// The axis of the builds.
    pub axis: &'static str,
    /// The two values of the axis.
    pub values: [&'a str; 2],
    /// The cases of both builds.
    pub cases: Vec<&'a Case>,
}

/// Returns every pair: cases that differ only in their build, with two builds in all. More than two builds are a
/// survey, and so is a sweep over rates or losses.
pub(super) fn pairs<'a>(cases: &[&'a Case]) -> Vec<Pair<'a>> {
    let mut pairs = Vec::new();
    let swept = swept(cases);
    let cases: Vec<_> = cases.iter().copied().filter(|case| !swept.contains(case.spec.name.as_str())).collect();
    for axis in BUILD_AXES {
        let mut cells: BTreeMap<CaseKey, Vec<&Case>> = BTreeMap::new();
        for case in cases.iter().filter(|case| case.axes.contains_key(axis)) {
            let key = CaseKey::new(&case.spec.name, &case.axes).without(axis);
            cells.entry(key).or_default().push(case);
        }
        for cases in cells.into_values() {
            let values: BTreeSet<_> = cases.iter().filter_map(|case| case.axes.get(axis)).map(String::as_str).collect();
            if let [a, b] = values.into_iter().collect::<Vec<_>>()[..] {
                pairs.push(Pair { axis, values: [a, b], cases });
            }
        }
    }
    pairs
}

fn what(axis: &str) -> &'static str {
    if axis == "sdk" { "releases" } else { "modules" }
}

/// Warns of too few repeats to detect a change.
pub(super) fn too_few_repeats<'a>(cases: &[&'a Case], compare: &CompareSpec) -> Vec<PlacedMessage<'a>> {
    let kind = cases.first().map_or(CaseKind::NetworkTest, |case| case.spec.kind());
    let fewest = fewest_repeats(compare.level, Metric::compared_in(kind).count()).unwrap_or(MAX_REPEATS);
    let said = pairs(cases).into_iter().filter_map(|pair| {
        let of = |value: &str| pair.cases.iter().filter(|case| case.axes[pair.axis] == value).count();
        let repeats = pair.values.map(of).into_iter().min().unwrap_or(0);
        let case = pair.cases.first().filter(|_| repeats < fewest)?;
        let places = &case.spec.places;
        let place = places.get("repeat").or_else(|| places.get("sdk")).or_else(|| places.get("test.module"));
        let message = format!(
            "{} of two {} cannot show a change, and {fewest} can: write `repeat = {fewest}`",
            count(repeats, "repeat", "repeats"),
            what(pair.axis)
        );
        Some((place, message))
    });
    said.collect()
}

/// Warns of a picture whose bitrate varies more than the changes that a comparison looks for.
pub(super) fn plain_picture<'a>(cases: &[&'a Case]) -> Vec<PlacedMessage<'a>> {
    let is_plain = |case: &&&Case| {
        let test = &case.spec.test;
        test.quality && !test.audio_only && test.camera.picture == Picture::Pattern
    };
    let said = pairs(cases).into_iter().filter_map(|pair| {
        let case = *pair.cases.iter().find(is_plain)?;
        let places = &case.spec.places;
        let place = places.get("test.camera").or_else(|| places.get("sdk")).or_else(|| places.get("test.module"));
        let message = format!(
            "Chrome's own picture hides changes between two {}, as its bitrate jumps between a few values: write `{DETAILED}` \
             below [test]",
            what(pair.axis)
        );
        Some((place, message))
    });
    said.collect()
}

/// Warns of a shard that separates two builds: it runs one of them, and another machine runs the other.
pub fn separated(all: &[Case], mine: &[Case], shard: &str) -> Option<Warning> {
    let all: Vec<_> = all.iter().collect();
    let mine: BTreeSet<_> = mine.iter().map(|case| case.id.as_str()).collect();
    let is_separated = |pair: &&Pair<'_>| {
        let here = |value: &str| {
            pair.cases.iter().filter(|case| case.axes[pair.axis] == value && mine.contains(case.id.as_str())).count()
        };
        let [a, b] = pair.values.map(here);
        a != b
    };
    let pairs = pairs(&all);
    let pair = pairs.iter().find(is_separated)?;
    let [a, b] = pair.values;
    let axis = pair.axis;
    let case = pair.cases.first()?;
    let filter = case.axes.iter().find(|(name, _)| !BUILD_AXES.contains(&name.as_str()) && *name != "scenario");
    let filter = match (filter, case.spec.name.as_str()) {
        (Some((name, value)), _) => {
            format!(": give each machine a part of the cases, such as `--filter {name}={value}`")
        }
        (None, "") => String::new(),
        (None, name) => format!(": give each machine a part of the cases, such as `--filter {name}`"),
    };
    let message = format!(
        "--shard {shard} runs {axis}={a} and {axis}={b} on different machines, and what is compared belongs on one{filter}"
    );
    Some(Warning { file: None, place: None, message })
}
