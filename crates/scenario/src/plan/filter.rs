//! `--filter`: the selection of cases of a plan.

use std::collections::BTreeSet;

use globset::{GlobBuilder, GlobMatcher};

use super::case::Case;
use crate::suggestion;

/// A condition on the id, the name or the axes of a case: `sdk=2.3*,network=3g`, `clean`, `case!=clean`,
/// `network!=lte`.
#[derive(Debug, Clone)]
pub struct Filter(Vec<Term>);

#[derive(Debug, Clone)]
struct Term {
    /// The name of an axis; `None` matches the id and the name.
    axis: Option<String>,
    pattern: GlobMatcher,
    is_negated: bool,
}

impl Filter {
    /// Parses terms that are separated by commas. A case must match all of them.
    ///
    /// # Errors
    ///
    /// Returns the reason, in one sentence.
    pub fn parse(text: &str) -> Result<Self, String> {
        text.split(',').map(Term::parse).collect::<Result<_, _>>().map(Self)
    }

    /// Returns a pattern of a term that matches a text. What separates terms and axes is matched by `?`, so that the
    /// pattern may match other texts of the same length.
    pub fn pattern(text: &str) -> String {
        globset::escape(text).replace([',', '='], "?")
    }

    /// Returns whether a case matches.
    pub fn matches(&self, case: &Case) -> bool {
        self.0.iter().all(|term| term.matches(case))
    }

    /// Checks that every axis of the filter exists: with an unknown axis it would match no case, or with `!=` every
    /// case.
    ///
    /// # Errors
    ///
    /// Returns a sentence with the existing axes.
    pub fn check(&self, cases: &[Case]) -> Result<(), String> {
        let mut axes: BTreeSet<&str> = cases.iter().flat_map(|case| case.axes.keys()).map(String::as_str).collect();
        axes.extend(["case", "repeat"]);
        match self.0.iter().filter_map(|term| term.axis.as_deref()).find(|axis| !axes.contains(axis)) {
            None => Ok(()),
            Some(unknown) => {
                let axes: Vec<_> = axes.into_iter().collect();
                Err(format!("no case has an axis `{unknown}`; {}", suggestion(unknown, &axes)))
            }
        }
    }
}

impl Term {
    fn parse(text: &str) -> Result<Self, String> {
        let (axis, pattern, is_negated) = match text.split_once('=') {
            Some((axis, pattern)) => match axis.strip_suffix('!') {
                Some(axis) => (Some(axis), pattern, true),
                None => (Some(axis), pattern, false),
            },
            None => (None, text, false),
        };
        if axis.is_some_and(str::is_empty) || pattern.is_empty() {
            return Err(format!(
                "{text:?} is not a filter; write `sdk=2.3*,network=3g`, `network!=lte`, or a name: `clean`"
            ));
        }
        let glob = GlobBuilder::new(pattern).build().map_err(|error| error.to_string())?;
        Ok(Self { axis: axis.map(str::to_owned), pattern: glob.compile_matcher(), is_negated })
    }

    fn matches(&self, case: &Case) -> bool {
        let value = match self.axis.as_deref() {
            None => return self.pattern.is_match(&case.spec.name) || self.pattern.is_match(&case.id),
            Some("case") => Some(case.spec.name.clone()),
            Some("repeat") => Some(case.repeat.unwrap_or(1).to_string()),
            Some(axis) => case.axes.get(axis).cloned(),
        };
        value.is_some_and(|value| self.pattern.is_match(value)) != self.is_negated
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::plan::{Releases, expand};

    fn matching(filter: &str) -> Vec<String> {
        let text = r#"
            repeat = 2
            [matrix]
            sdk = ["2.27.6", "2.35.2"]
            network = ["3g", "3g-fast", "lte"]
            [[case]]
            name = "a"
        "#;
        let scenario = crate::parse(text, Path::new("test.toml")).unwrap_or_else(|error| panic!("{error}"));
        let cases = expand(&[scenario], &Releases::default()).expect("a plan");
        let filter = Filter::parse(filter).expect("a filter");
        cases.into_iter().filter(|case| filter.matches(case)).map(|case| case.id).collect()
    }

    #[test]
    fn axes_names_and_ids_select_cases() {
        assert_eq!(matching("sdk=2.27*,network=3g,repeat=1"), ["a,sdk=2.27.6,network=3g,repeat=1"]);
        assert_eq!(matching("network=3g*").len(), 8);
        assert_eq!(matching("network!=3g*").len(), 4);
        assert_eq!((matching("case=a").len(), matching("case!=a").len()), (12, 0));
        assert_eq!(matching("a").len(), 12);
        assert_eq!(matching("*network=lte*").len(), 0, "an axis of that name there is none");
        assert_eq!(matching("b").len(), 0);
        assert_eq!(matching("device=x").len(), 0);
    }

    #[test]
    fn pattern_of_a_text_is_one_term_that_matches_it() {
        for text in ["slow", "../build [1]/a*?.js", "a,b=c", "größer"] {
            let filter = Filter::parse(&Filter::pattern(text)).expect("a filter");
            let [Term { axis: None, pattern, is_negated: false }] = filter.0.as_slice() else { panic!("{filter:?}") };
            assert!(pattern.is_match(text) && !pattern.is_match("other"), "{text}: {filter:?}");
        }
    }

    #[test]
    fn unknown_axis_is_reported() {
        let scenario = crate::parse("[matrix]\nnetwork = [\"3g\", \"lte\"]", Path::new("test.toml"));
        let cases = expand(&[scenario.expect("a scenario")], &Releases::default()).expect("a plan");
        let check = |filter: &str| Filter::parse(filter).expect("a filter").check(&cases);
        assert_eq!(check("network=3g,repeat=1"), Ok(()));
        assert_eq!(check("*3g"), Ok(()));
        let report = check("netwrk!=3g").expect_err("unknown");
        assert_eq!(report, "no case has an axis `netwrk`; did you mean `network`?");
    }

    #[test]
    fn invalid_filter_is_reported() {
        for wrong in ["", "=x", "sdk=", "a,,b", "[a"] {
            assert!(Filter::parse(wrong).is_err(), "{wrong}");
        }
    }
}
