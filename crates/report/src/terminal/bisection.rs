//! The result of a bisection over releases.

use super::comparison::comparison;
use super::view::View;
use super::wrap::indented;
use crate::names::Names;
use precall_judge::comparison::{Bisected, Target};

/// Returns a bisection for people: the comparison of the first and the last release, and the first release with a
/// change.
pub fn bisection(bisected: &Bisected, view: View) -> String {
    let names = Names::new(bisected.ends.cells.iter().map(|cell| cell.id.as_str()));
    let mut text = comparison(&bisected.ends, view);
    text.push('\n');
    let mut line = |line: String| text.push_str(&indented(&line, view.width, 0));
    if !bisected.tried.is_empty() {
        let tried = bisected.tried.iter().map(|tried| format!("{} {}", tried.release, tried.found.in_words()));
        line(format!("tried: {}", tried.collect::<Vec<_>>().join(", ")));
    }
    if bisected.changes.is_empty() {
        let (good, bad) = (&bisected.ends.a.label, &bisected.ends.b.label);
        let advice = match bisected.is_open() {
            true => "for some figures there are too few repeats; use more, or search for one figure with `--figure`",
            false => "`-v` shows the smallest detectable change; more repeats detect a smaller one",
        };
        line(format!("no change was found between {good} and {bad}: {advice}"));
        return text;
    }
    let of = |target: &Target| format!("{}, {}", names.cell(&target.cell), target.figure.as_str());
    for target in &bisected.first_changes {
        let first = bisected.first_bad.join(" or ");
        line(format!(
            "{}: {} in {first}; {} is the last release before the change",
            of(target),
            target.change.as_str(),
            bisected.last_good
        ));
    }
    for target in bisected.changes.iter().filter(|target| !bisected.first_changes.contains(target)) {
        let (figure, change) = (target.figure.as_str(), target.change.as_str());
        line(format!(
            "{}: {change} in a later release, or too little to be detected in this one; use `--figure {figure}` to search for it alone",
            of(target)
        ));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::compared;
    use precall_judge::comparison::{Found, Tried, changed};
    use precall_results::Metric;

    fn found(figures: &[Metric]) -> Bisected {
        let mut ends = compared();
        (ends.a.label, ends.b.label) = ("2.27.6".to_owned(), "2.35.2".to_owned());
        let changes = changed(&ends, figures);
        let tried = [("2.30.1", Found::Good), ("2.33.0", Found::Unknown), ("2.34.0", Found::Bad)];
        let tried = tried.map(|(release, found)| Tried { release: release.to_owned(), found, run: None }).to_vec();
        Bisected {
            figures: figures.to_vec(),
            first_changes: changes.clone(),
            last_good: "2.30.1".to_owned(),
            first_bad: ["2.33.0", "2.34.0"].map(str::to_owned).to_vec(),
            tried: if changes.is_empty() { Vec::new() } else { tried },
            changes,
            ends,
        }
    }

    #[test]
    fn the_first_release_with_a_change_is_named() {
        let text = bisection(&found(&[]), View::plain(100));
        let own = |text: &str| {
            text.lines()
                .skip_while(|line| !line.starts_with("tried"))
                .map(|line| format!("{line}\n"))
                .collect::<String>()
        };
        insta::assert_snapshot!(own(&text), @r"
        tried: 2.30.1 as the good one, 2.33.0 cannot be told, 2.34.0 changed
        slow-lossy, video.bitrate: regressed in 2.33.0 or 2.34.0; 2.30.1 is the last release before the
          change
        ");
        let mut later = found(&[]);
        later.first_changes.clear();
        later.first_bad.truncate(1);
        insta::assert_snapshot!(own(&bisection(&later, View::plain(100))), @r"
        tried: 2.30.1 as the good one, 2.33.0 cannot be told, 2.34.0 changed
        slow-lossy, video.bitrate: regressed in a later release, or too little to be detected in this one;
          use `--figure video.bitrate` to search for it alone
        ");
        assert!(text.starts_with("2.35.2 compared with 2.27.6\n"), "{text}");
    }

    #[test]
    fn the_absence_of_a_change_is_reported() {
        let nothing = found(&[Metric::AudioMos]);
        let text = bisection(&nothing, View::plain(100));
        assert!(text.contains("no change was found between 2.27.6 and 2.35.2: `-v`"), "{text}");
    }
}
