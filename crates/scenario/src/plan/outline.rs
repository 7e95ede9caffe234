//! A summary of a list of cases: its axes and their values, in a few lines.

use std::collections::HashMap;

use super::case::Case;

/// Returns the lines of the summary: all names without axes in one line, and each matrix with its axes.
pub fn outline(cases: &[Case]) -> Vec<String> {
    let mut groups: Vec<(&str, Vec<&Case>)> = Vec::new();
    let mut places: HashMap<&str, usize> = HashMap::new();
    for case in cases {
        let name = case.spec.name.as_str();
        let place = *places.entry(name).or_insert(groups.len());
        match groups.get_mut(place) {
            Some((_, group)) => group.push(case),
            None => groups.push((name, vec![case])),
        }
    }
    let (plain, others): (Vec<_>, Vec<_>) = groups.into_iter().partition(|(_, group)| axes(group).is_empty());
    let names: Vec<_> = plain.iter().map(|(name, _)| *name).collect();
    let plain = (!names.is_empty()).then(|| names.join(", "));
    let matrices = others.into_iter().map(|(name, group)| {
        let axes = axes(&group).into_iter().map(|(axis, values)| format!("{axis}: {}", values.join(", ")));
        let axes = axes.collect::<Vec<_>>().join("; ");
        if name.is_empty() { axes } else { format!("{name}, {axes}") }
    });
    plain.into_iter().chain(matrices).collect()
}

/// Returns the axes of some cases in file order with their values, and the number of repeats at the end.
fn axes<'a>(cases: &[&'a Case]) -> Vec<(&'a str, Vec<String>)> {
    let mut axes: Vec<(&str, Vec<String>)> = Vec::new();
    for case in cases {
        let in_order = case.spec.axes.iter().map(|axis| axis.name.as_str());
        let names = in_order.chain(case.axes.keys().map(String::as_str)).filter(|name| *name != "scenario");
        for name in names {
            let Some(value) = case.axes.get(name) else { continue };
            match axes.iter_mut().find(|(known, _)| *known == name) {
                Some((_, values)) if values.contains(value) => {}
                Some((_, values)) => values.push(value.clone()),
                None => axes.push((name, vec![value.clone()])),
            }
        }
    }
    if let Some(repeats) = cases.iter().filter_map(|case| case.repeat).max() {
        axes.push(("repeats", vec![repeats.to_string()]));
    }
    axes
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::plan::{Releases, expand};

    #[test]
    fn cases_are_summarized_by_axes() {
        let of = |text: &str| {
            let scenario = crate::parse(text, Path::new("a.toml")).unwrap_or_else(|error| panic!("{error}"));
            outline(&expand(&[scenario], &Releases::default()).expect("a plan"))
        };
        let matrix = "repeat = 2\n[matrix]\nnetwork = [\"3g\", \"lte\"]\nsdk = [\"2.34.2\", \"2.35.2\"]\n";
        assert_eq!(of(matrix), ["network: 3g, lte; sdk: 2.34.2, 2.35.2; repeats: 2"]);
        let cases = "[[case]]\nname = \"a\"\n[[case]]\nname = \"rate\"\nmatrix.network.rate = [\"1 Mbit/s\", \"2 Mbit/s\"]\n[[case]]\nname = \"b\"\n";
        assert_eq!(of(cases), ["a, b", "rate, rate: 1Mbit_s, 2Mbit_s"]);
    }
}
