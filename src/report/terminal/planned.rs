//! A plan before it runs.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::time::Duration;

use serde::Serialize;

use crate::report::format;

/// A case that would run.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PlannedCase {
    /// Its id.
    pub id: String,
    /// Its name in the scenario; empty where a matrix stands alone.
    pub name: String,
    /// Where it stands in its matrix.
    pub axes: BTreeMap<String, String>,
    /// Which of its repeats it is, if there are several.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub repeat: Option<u32>,
    /// How long it is expected to take, in seconds.
    pub seconds: f64,
}

/// A line a case, and what all of them take.
///
/// `takes` is how long they usually take, and how long at most; `again` what each case adds that a busy host makes run again.
pub fn planned(cases: &[PlannedCase], takes: (Duration, Duration), again: Duration, cpus: usize) -> String {
    let mut text = String::new();
    for case in cases {
        let _ = writeln!(text, "{}", case.id);
    }
    let count = format::count(cases.len(), "case", "cases");
    let cpus = format::count(cpus, "CPU", "CPUs");
    let (usual, longest, again) = (format::duration(takes.0), format::duration(takes.1), format::duration(again));
    let _ = writeln!(
        text,
        "\n{count}, about {usual} on {cpus}, at most {longest}; a case that runs again because the host was busy adds up to {again}"
    );
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plan_and_what_it_takes() {
        let case = |id: &str| PlannedCase {
            id: id.to_owned(),
            name: String::new(),
            axes: BTreeMap::new(),
            repeat: None,
            seconds: 36.0,
        };
        let cases = [case("sdk=2.27.6,network=3g"), case("sdk=2.35.2,network=3g")];
        insta::assert_snapshot!(planned(
            &cases,
            (Duration::from_secs(2400), Duration::from_secs(3723)),
            Duration::from_secs(38),
            2
        ));
    }
}
