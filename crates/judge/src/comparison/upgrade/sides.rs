//! The two sides of an upgrade: the old and the new build.

use std::collections::BTreeSet;

use precall_results::{BUILD_AXES, CaseResult, GateInfo, Sides};

/// Returns the two builds that cases compare: those of the first axis, `sdk` or `module`, that has two values; `None`
/// when neither has. The older release is the old side; when a value is not a release, the one that comes first.
pub fn builds(cases: &[CaseResult]) -> Option<Sides> {
    BUILD_AXES.into_iter().find_map(|axis| {
        let mut seen = BTreeSet::new();
        let values: Vec<&String> =
            cases.iter().filter_map(|case| case.axes.get(axis)).filter(|value| seen.insert(*value)).collect();
        let [a, b] = values[..] else { return None };
        let sides = sides_of_axis(cases, axis, a, b);
        let is_reversed = std::iter::zip(release(&sides.from_name), release(&sides.to_name)).any(|(a, b)| a > b);
        Some(if is_reversed { reversed(sides) } else { sides })
    })
}

fn release(name: &str) -> Option<semver::Version> {
    semver::Version::parse(name).ok()
}

fn reversed(sides: Sides) -> Sides {
    let Sides { axis, from, to, from_name, to_name } = sides;
    Sides { axis, from: to, to: from, from_name: to_name, to_name: from_name }
}

/// Returns two values of an axis as sides. A tag is named by the release that it stood for.
fn sides_of_axis(cases: &[CaseResult], axis: &str, from: &str, to: &str) -> Sides {
    let name = |value: &str| {
        let of_value = cases.iter().filter(|case| case.axes.get(axis).is_some_and(|known| known == value));
        let build = |case: &CaseResult| if axis == "sdk" { case.sdk.clone() } else { case.module.clone() };
        let versions: BTreeSet<_> = of_value.map(|case| build(case).version).filter(|v| !v.is_empty()).collect();
        match (versions.first(), versions.len()) {
            // A tag means another release tomorrow. A path is more precise than the version that its build has in it.
            (Some(version), 1) if value == "latest" => version.clone(),
            _ => value.to_owned(),
        }
    };
    let (from_name, to_name) = (name(from), name(to));
    // Two builds of one release keep the names by which they were requested.
    let is_one = from_name == to_name;
    Sides {
        axis: Some(axis.to_owned()),
        from_name: if is_one { from.to_owned() } else { from_name },
        to_name: if is_one { to.to_owned() } else { to_name },
        from: from.to_owned(),
        to: to.to_owned(),
    }
}

/// Returns the sides of a gate. A tag is named by the release that it stood for.
pub(in crate::comparison) fn gate_sides(cases: &[CaseResult], gate: &GateInfo) -> Sides {
    match &gate.axis {
        Some(axis) => sides_of_axis(cases, axis, &gate.from, &gate.to),
        None => {
            let versions: BTreeSet<_> = cases.iter().map(|case| &case.sdk.version).filter(|v| !v.is_empty()).collect();
            let only = versions.first().filter(|_| versions.len() == 1).map(|version| (*version).clone());
            Sides {
                axis: None,
                from: gate.from.clone(),
                to: gate.to.clone(),
                from_name: format!("the baseline {}", gate.from),
                to_name: only.unwrap_or_else(|| gate.to.clone()),
            }
        }
    }
}
