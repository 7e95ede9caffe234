//! Whether two runs can be held against one another at all.

use std::collections::BTreeSet;

use super::sides::Cells;
use precall_results::RunInfo;

/// What differs between two runs besides what is compared, although results depend on it; in words, with both values.
pub fn unlike(a: &RunInfo, b: &RunInfo) -> Vec<String> {
    let (one, other) = (&a.environment, &b.environment);
    let browser = |text: &str| major(text).map_or_else(|| text.to_owned(), |version| format!("Chrome {version}"));
    let pairs = [
        ("the browser", browser(&one.browser), browser(&other.browser)),
        ("the operating system", one.os.clone(), other.os.clone()),
        ("the number of CPUs", one.cpus.to_string(), other.cpus.to_string()),
        ("how many cases ran at once", a.slots.to_string(), b.slots.to_string()),
        ("what the scenario says", short(&a.scenario_digest), short(&b.scenario_digest)),
    ];
    let different = pairs.into_iter().filter(|(_, one, other)| one != other);
    different.map(|(what, one, other)| format!("{what} ({one} and {other})")).collect()
}

/// In which random generators the cases of two sides differ, in words. Their seeds gave other packets, although of the same
/// networks. That makes no side worse, so nobody has to allow it; a comparison only sees less than with the same packets.
pub(super) fn generators(a: &Cells<'_>, b: &Cells<'_>) -> Option<String> {
    let of = |side: &Cells<'_>| -> BTreeSet<String> {
        let cases = side.iter().flat_map(|(_, cases)| cases);
        cases.map(|case| case.random_generator.clone().unwrap_or_else(|| "unknown".to_owned())).collect()
    };
    let (one, other) = (of(a), of(b));
    if one.union(&other).count() < 2 {
        return None;
    }
    let [one, other] = [one, other].map(|names| names.into_iter().collect::<Vec<_>>().join(" or "));
    Some(format!("the random generator ({one} and {other}): the same seed gave other packets"))
}

/// `156` of `Chromium 156.0.8078.79 built on …`.
fn major(browser: &str) -> Option<&str> {
    let version = browser.split_whitespace().find(|word| word.starts_with(|c: char| c.is_ascii_digit()))?;
    version.split('.').next()
}

/// As much of a digest as tells two apart.
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
    fn what_results_depend_on_is_said() {
        let (a, mut b) = (info(), info());
        b.environment.browser = "Chromium 156.9.1.2".to_owned();
        b.started_at = "2027".to_owned();
        b.environment.precall = "9".to_owned();
        assert_eq!(unlike(&a, &b), [] as [String; 0], "a patch is no other browser");
        b.environment.browser = "Chromium 157.0.1".to_owned();
        b.environment.cpus = 8;
        b.slots = 4;
        b.scenario_digest = "abcdef0123456789".to_owned();
        insta::assert_snapshot!(unlike(&a, &b).join("\n"), @r"
        the browser (Chrome 156 and Chrome 157)
        the number of CPUs (2 and 8)
        how many cases ran at once (2 and 4)
        what the scenario says (unknown and abcdef012345)
        ");
    }
}
