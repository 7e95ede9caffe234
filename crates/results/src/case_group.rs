//! The repeats of a case: cases with one name and one value on each axis.

use std::collections::BTreeMap;

use crate::CaseResult;

/// The name and the axes that all repeats of a case have in common.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CaseKey {
    /// The case's name in the scenario; empty when it has none.
    pub name: String,
    /// The case's value on each axis of its matrix.
    pub axes: BTreeMap<String, String>,
}

impl CaseKey {
    /// Returns the key of cases with this name and these axes.
    pub fn new(name: &str, axes: &BTreeMap<String, String>) -> Self {
        Self { name: name.to_owned(), axes: axes.clone() }
    }

    /// Returns the key of a case.
    pub fn of(case: &CaseResult) -> Self {
        Self::new(&case.name, &case.axes)
    }

    /// Returns this key without an axis: cases that differ in that axis alone have it in common.
    #[must_use]
    pub fn without(mut self, axis: &str) -> Self {
        self.axes.remove(axis);
        self
    }

    /// Returns the case's id without its repeat, such as `slow,network=3g,sdk=2.35.2`; empty when the case has neither
    /// a name nor an axis.
    pub fn id(&self) -> String {
        let axes = self.axes.iter().map(|(axis, value)| format!("{axis}={value}"));
        let name = Some(self.name.clone()).filter(|name| !name.is_empty());
        name.into_iter().chain(axes).collect::<Vec<_>>().join(",")
    }
}

/// Cases with one key.
#[derive(Debug, Clone, PartialEq)]
pub struct CaseGroup<'a> {
    /// The key that all cases of the group have.
    pub key: CaseKey,
    /// The cases, in the order in which they were given; at least one.
    pub cases: Vec<&'a CaseResult>,
}

/// Cases by their keys, in the order in which each key was first seen.
#[derive(Debug, Clone, Default)]
pub struct CaseGroups<'a> {
    groups: Vec<CaseGroup<'a>>,
    /// The place of each key in `groups`.
    places: BTreeMap<CaseKey, usize>,
}

impl<'a> CaseGroups<'a> {
    /// Groups cases by their own keys, so that each group has the repeats of one case.
    pub fn of(cases: impl IntoIterator<Item = &'a CaseResult>) -> Self {
        Self::by_key(cases, CaseKey::of)
    }

    /// Groups cases by another key.
    pub fn by_key(cases: impl IntoIterator<Item = &'a CaseResult>, key: impl Fn(&CaseResult) -> CaseKey) -> Self {
        let mut groups = Self::default();
        for case in cases {
            let key = key(case);
            match groups.places.get(&key) {
                Some(place) => groups.groups[*place].cases.push(case),
                None => {
                    groups.places.insert(key.clone(), groups.groups.len());
                    groups.groups.push(CaseGroup { key, cases: vec![case] });
                }
            }
        }
        groups
    }

    /// Returns every group.
    pub fn iter(&self) -> impl Iterator<Item = &CaseGroup<'a>> {
        self.groups.iter()
    }

    /// Returns the cases with a key; `None` when there are none.
    pub fn get(&self, key: &CaseKey) -> Option<&[&'a CaseResult]> {
        self.places.get(key).map(|place| self.groups[*place].cases.as_slice())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn case(name: &str, network: Option<&str>, repeat: u32) -> CaseResult {
        let mut case = CaseResult::broken(format!("{name}#{repeat}"), name.to_owned(), String::new());
        case.axes = network.map(|value| ("network".to_owned(), value.to_owned())).into_iter().collect();
        case.repeat = Some(repeat);
        case
    }

    #[test]
    fn repeats_are_grouped_in_the_order_of_the_run() {
        let cases = [case("slow", Some("3g"), 1), case("slow", Some("2g"), 1), case("slow", Some("3g"), 2)];
        let groups = CaseGroups::of(&cases);
        let found: Vec<_> = groups.iter().map(|group| (group.key.id(), group.cases.len())).collect();
        assert_eq!(found, [("slow,network=3g".to_owned(), 2), ("slow,network=2g".to_owned(), 1)]);
        assert_eq!(groups.get(&CaseKey::of(&cases[1])).map(<[_]>::len), Some(1));
        assert_eq!(groups.get(&CaseKey::of(&case("other", None, 1))), None);
        let whole = CaseGroups::by_key(&cases, |case| CaseKey::of(case).without("network"));
        assert_eq!(whole.iter().map(|group| group.cases.len()).collect::<Vec<_>>(), [3]);
    }

    #[test]
    fn a_case_without_name_and_axes_has_an_empty_id() {
        assert_eq!(CaseKey::of(&case("", None, 1)).id(), "");
    }
}
