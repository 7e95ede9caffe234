//! Differences between two runs besides what is compared.

use std::collections::BTreeSet;

use precall_results::{CaseGroups, RunInfo};

/// Returns the differences between two runs on which results depend, besides what is compared: in words, with both
/// values.
pub fn incompatibilities(a: &RunInfo, b: &RunInfo) -> Vec<String> {
    let (one, other) = (&a.environment, &b.environment);
    let pairs = [
        ("the browser", browsers(&one.browser), browsers(&other.browser)),
        ("the operating system", one.os.clone(), other.os.clone()),
        ("the number of CPUs", one.cpus.to_string(), other.cpus.to_string()),
        ("how many cases ran at once", a.slots.to_string(), b.slots.to_string()),
        ("what the scenario says", short(&a.scenario_digest), short(&b.scenario_digest)),
    ];
    let different = pairs.into_iter().filter(|(_, one, other)| one != other);
    different.map(|(what, one, other)| format!("{what} ({one} and {other})")).collect()
}

/// Returns how the random generators of two sides differ, in words; `None` when they are the same. With another
/// generator a seed gives other packet losses on the same network. That makes no side worse, so it need not be allowed;
/// the comparison is only less sensitive than with the same packets.
pub(super) fn generators(a: &CaseGroups<'_>, b: &CaseGroups<'_>) -> Option<String> {
    let of = |side: &CaseGroups<'_>| -> BTreeSet<String> {
        let cases = side.iter().flat_map(|group| &group.cases);
        cases.map(|case| case.network.random_generator.clone().unwrap_or_else(|| "unknown".to_owned())).collect()
    };
    let (one, other) = (of(a), of(b));
    if one.union(&other).count() < 2 {
        return None;
    }
    let [one, other] = [one, other].map(|names| names.into_iter().collect::<Vec<_>>().join(" or "));
    Some(format!("the random generator ({one} and {other}): the same seed gave other packets"))
}

/// Returns the names and major versions of the browsers of a run, which are joined by commas.
fn browsers(text: &str) -> String {
    let one = |text: &str| {
        let name = if text.contains("Firefox") { "Firefox" } else { "Chrome" };
        major(text).map_or_else(|| text.to_owned(), |version| format!("{name} {version}"))
    };
    text.split(", ").map(one).collect::<BTreeSet<_>>().into_iter().collect::<Vec<_>>().join(" and ")
}

/// Returns the major version of a browser: `156` of `Chromium 156.0.8078.79 built on …`.
fn major(browser: &str) -> Option<&str> {
    let version = browser.split_whitespace().find(|word| word.starts_with(|c: char| c.is_ascii_digit()))?;
    version.split('.').next()
}

/// Returns as much of a digest as is enough to distinguish two.
fn short(digest: &str) -> String {
    if digest.is_empty() { "unknown".to_owned() } else { digest.chars().take(12).collect() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn info() -> RunInfo {
        let run: precall_results::RunResult =
            serde_json::from_str(include_str!("../../../../tests/fixtures/results.json")).expect("a recorded result");
        run.run
    }

    #[test]
    fn every_difference_that_matters_is_reported() {
        let (mut a, mut b) = (info(), info());
        b.environment.browser = "Chromium 156.9.1.2".to_owned();
        b.started_at = "2027".to_owned();
        b.environment.precall = "9".to_owned();
        assert_eq!(incompatibilities(&a, &b), [] as [String; 0], "a patch release is the same browser");
        b.environment.browser = "Chromium 157.0.1".to_owned();
        a.environment.browser = "Chromium 157.0.1, Mozilla Firefox 153.8.0esr".to_owned();
        b.environment.browser = "Mozilla Firefox 153.8.0esr, Chromium 157.0.2".to_owned();
        assert_eq!(incompatibilities(&a, &b), [] as [String; 0], "the same browsers in another order");
        a.environment.browser = info().environment.browser;
        b.environment.browser = "Chromium 157.0.1".to_owned();
        b.environment.cpus = 8;
        b.slots = 4;
        b.scenario_digest = "abcdef0123456789".to_owned();
        insta::assert_snapshot!(incompatibilities(&a, &b).join("\n"), @r"
        the browser (Chrome 156 and Chrome 157)
        the number of CPUs (2 and 8)
        how many cases ran at once (2 and 4)
        what the scenario says (unknown and abcdef012345)
        ");
    }
}
