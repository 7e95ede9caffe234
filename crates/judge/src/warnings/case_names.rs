//! The names of the cases that a warning concerns.

use std::collections::HashSet;
use std::fmt;

use precall_results::CaseKey;
use precall_scenario::plan::Case;

/// Names of cases, each once, in the order of the cases.
#[derive(Debug, Default)]
pub(super) struct CaseNames {
    seen: HashSet<String>,
    /// The first names; at most three.
    first: Vec<String>,
}

impl CaseNames {
    /// Returns the name of one case.
    pub(super) fn of(case: &Case) -> Self {
        let mut names = Self::default();
        names.add(case);
        names
    }

    /// Adds the name of a case, unless it is already there.
    pub(super) fn add(&mut self, case: &Case) {
        let name = name_of(case);
        if !self.seen.contains(&name) {
            if self.first.len() < 3 {
                self.first.push(name.clone());
            }
            self.seen.insert(name);
        }
    }
}

impl fmt::Display for CaseNames {
    /// Writes the first names: `3g and lte`, `3g, lte and 4 more`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.first[..], self.seen.len()) {
            ([], _) => Ok(()),
            ([one], _) => f.write_str(one),
            ([first, second], _) => write!(f, "{first} and {second}"),
            ([first, second, third], 3) => write!(f, "{first}, {second} and {third}"),
            ([first, second, ..], all) => write!(f, "{first}, {second} and {} more", all - 2),
        }
    }
}

/// Returns the name of a case without its build, which all cases of a warning have in common.
fn name_of(case: &Case) -> String {
    let key = CaseKey::new(&case.spec.name, &case.axes);
    let id = key.without("sdk").without("module").without("scenario").id();
    if id.is_empty() { "every case".to_owned() } else { format!("`{id}`") }
}
