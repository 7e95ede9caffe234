//! Cases of both sides, put together by what they have in common.

use std::collections::BTreeMap;

use precall_results::{CaseResult, RunResult};

/// The cases of a cell on one side.
pub(super) type Cases<'a> = Vec<&'a CaseResult>;

/// What cases of a cell have in common.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Key {
    pub name: String,
    pub axes: BTreeMap<String, String>,
}

impl Key {
    /// Of a case; `axis` is what is compared.
    fn of(case: &CaseResult, axis: Option<&str>) -> Self {
        let mut axes = case.axes.clone();
        axis.map(|axis| axes.remove(axis));
        Self { name: case.name.clone(), axes }
    }

    /// As ids have it.
    pub fn id(&self) -> String {
        let axes = self.axes.iter().map(|(name, value)| format!("{name}={value}"));
        let name = Some(self.name.clone()).filter(|name| !name.is_empty());
        let id = name.into_iter().chain(axes).collect::<Vec<_>>().join(",");
        if id.is_empty() { "all cases".to_owned() } else { id }
    }
}

/// The cases of a side by their cells, in the order of the run.
#[derive(Debug, Default)]
pub(super) struct Cells<'a>(Vec<(Key, Cases<'a>)>);

impl<'a> Cells<'a> {
    /// Those of a run; with an axis only those that have this value of it.
    pub fn of(run: &'a RunResult, axis: Option<(&str, &str)>) -> Self {
        let mut cells = Self::default();
        for case in &run.cases {
            if axis.is_some_and(|(axis, value)| case.axes.get(axis).is_none_or(|of_case| of_case != value)) {
                continue;
            }
            let key = Key::of(case, axis.map(|(axis, _)| axis));
            match cells.0.iter_mut().find(|(known, _)| *known == key) {
                Some((_, cases)) => cases.push(case),
                None => cells.0.push((key, vec![case])),
            }
        }
        cells
    }

    /// Each cell.
    pub fn iter(&self) -> impl Iterator<Item = &(Key, Cases<'a>)> {
        self.0.iter()
    }

    /// The cases of a cell.
    pub fn get(&self, key: &Key) -> Option<&Cases<'a>> {
        self.0.iter().find(|(known, _)| known == key).map(|(_, cases)| cases)
    }
}
