//! The axis of a run that is compared by default.

use super::upgrade::builds;
use precall_results::{BUILD_AXES, CaseResult};

/// Returns the axis of a run that is compared when none is named, with its two values. Builds come before other axes.
///
/// # Errors
///
/// When no axis has two values, or several have: then those, as `axis=value,value`.
pub fn compared_axis(cases: &[CaseResult]) -> Result<(String, [String; 2]), Vec<String>> {
    let mut axes: Vec<(&String, Vec<&String>)> = Vec::new();
    for (axis, value) in cases.iter().flat_map(|case| &case.axes) {
        match axes.iter_mut().find(|(known, _)| *known == axis) {
            Some((_, values)) if values.contains(&value) => {}
            Some((_, values)) => values.push(value),
            None => axes.push((axis, vec![value])),
        }
    }
    axes.retain(|(_, values)| values.len() == 2);
    let of_builds: Vec<_> = axes.iter().filter(|(axis, _)| BUILD_AXES.contains(&axis.as_str())).collect();
    match (of_builds.as_slice(), axes.as_slice()) {
        ([(axis, _)], _) => match builds(cases).filter(|sides| sides.axis.as_ref() == Some(*axis)) {
            Some(sides) => Ok(((*axis).clone(), [sides.from, sides.to])),
            None => Err(vec![(*axis).clone()]),
        },
        ([], [(axis, values)]) => Ok(((*axis).clone(), [values[0].clone(), values[1].clone()])),
        (_, several) => {
            Err(several.iter().map(|(axis, values)| format!("{axis}={},{}", values[0], values[1])).collect())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use precall_results::RunResult;

    fn cases(axes: &[&[(&str, &str)]]) -> Vec<CaseResult> {
        let run: RunResult =
            serde_json::from_str(include_str!("../../../../tests/fixtures/results.json")).expect("a recorded result");
        let owned = |axes: &[(&str, &str)]| axes.iter().map(|(a, v)| ((*a).to_owned(), (*v).to_owned())).collect();
        axes.iter().map(|axes| CaseResult { axes: owned(axes), ..run.cases[0].clone() }).collect()
    }

    #[test]
    fn builds_come_first_with_the_older_one() {
        let all = cases(&[
            &[("network", "3g"), ("sdk", "2.35.2")],
            &[("network", "lte"), ("sdk", "2.35.2")],
            &[("network", "3g"), ("sdk", "2.34.2")],
            &[("network", "lte"), ("sdk", "2.34.2")],
        ]);
        let sides = |a: &str, b: &str| [a.to_owned(), b.to_owned()];
        assert_eq!(compared_axis(&all), Ok(("sdk".to_owned(), sides("2.34.2", "2.35.2"))));
        let networks = cases(&[&[("network", "3g")], &[("network", "lte")]]);
        assert_eq!(compared_axis(&networks), Ok(("network".to_owned(), sides("3g", "lte"))));
    }

    #[test]
    fn several_candidates_are_named() {
        let all = cases(&[&[("sdk", "1"), ("module", "x")], &[("sdk", "2"), ("module", "y")]]);
        assert_eq!(compared_axis(&all), Err(vec!["module=x,y".to_owned(), "sdk=1,2".to_owned()]));
        assert_eq!(compared_axis(&cases(&[&[("sdk", "1")]])), Err(Vec::new()));
    }
}
