//! Is a comparison flaky, or blind? Asked of recorded real cases: `tests/fixtures/runs/repeats.jsonl`.

use crate::common::repeats::recorded_cases;
use precall_judge::comparison::{Change, Comparison, compare_runs};
use precall_netem::rng::SeededRng;
use precall_results::{CaseResult, RunResult};
use precall_results::{CompareSpec, Metric};
use serde_json::json;

/// The networks of the recorded cases; `repeats.toml` says what they are.
const ALL: [&str; 5] = ["clean", "slow", "mbit", "long", "loaded"];

fn run(cases: &[CaseResult]) -> RunResult {
    let mut run: RunResult =
        serde_json::from_value(serde_json::from_str(include_str!("../fixtures/results.json")).expect("JSON"))
            .expect("a recorded result");
    run.cases = cases.to_vec();
    run
}

/// Deals recorded cases out to two sides of so many repeats, and takes a share of the video bitrate from the second.
fn experiments(name: &str, repeats: usize, kept: f64, count: usize) -> impl Iterator<Item = Comparison> {
    let cases = recorded_cases(name);
    let mut chance = SeededRng::new(20_261_125, "comparison");
    (0..count).map(move |_| {
        let dealt = shuffled(cases.clone(), &mut chance);
        let (a, b) = dealt[..2 * repeats].split_at(repeats);
        let mut b = b.to_vec();
        for case in &mut b {
            let video = &mut case.measured.quality.as_mut().expect("a result").video;
            video.bitrate = video.bitrate.map(|bitrate| bitrate * kept);
        }
        compare_runs(("a", &run(a)), ("b", &run(&b)), &CompareSpec::default(), false).expect("compared")
    })
}

/// All of them in a new order (Durstenfeld, "Algorithm 235: Random permutation", 1964).
fn shuffled<T>(mut items: Vec<T>, chance: &mut SeededRng) -> Vec<T> {
    for last in (1..items.len()).rev() {
        items.swap(last, chance.below(last as u64 + 1) as usize);
    }
    items
}

fn is_alarm(change: Change) -> bool {
    matches!(change, Change::Regressed | Change::Improved)
}

/// How many of 100 experiments find a video bitrate of which 15 % are gone.
fn found(name: &str, repeats: usize) -> usize {
    let bitrate = |comparison: &Comparison| {
        let mut figures = comparison.cells[0].figures.iter();
        figures.any(|figures| figures.figure == Metric::VideoBitrate && figures.change == Change::Regressed)
    };
    experiments(name, repeats, 0.85, 100).filter(bitrate).count()
}

#[test]
fn sides_that_are_alike_raise_no_alarm() {
    let (mut cells, mut alarms, mut figures, mut figure_alarms) = (0, 0, 0, 0);
    for (name, repeats, count) in ALL.into_iter().flat_map(|name| [(name, 6, 1000), (name, 12, 100)]) {
        let mut own = 0;
        for comparison in experiments(name, repeats, 1.0, count) {
            let cell = &comparison.cells[0];
            cells += 1;
            own += usize::from(is_alarm(cell.change));
            figures += cell.figures.len();
            figure_alarms += cell.figures.iter().filter(|figures| is_alarm(figures.change)).count();
        }
        println!("{name}, {repeats} repeats: {own} of {count} comparisons");
        alarms += own;
    }
    println!("{alarms} of {cells} comparisons, {figure_alarms} of {figures} figures");
    // Whole comparisons, every figure of them together, over all networks: 0.9 %. By network it is 0.5 to 1.2 %.
    assert!(alarms * 100 <= cells, "{alarms} false alarms in {cells} comparisons");
}

/// On an unimpaired network, and on one that the picture fills, both of a detailed picture: what varies there is not
/// the size that Chrome happens to begin with.
#[test]
fn fifteen_percent_less_bitrate_is_found_with_six_repeats() {
    for name in ["clean", "loaded"] {
        let found = found(name, 6);
        println!("{name}: {found} of 100");
        assert!(found >= 90, "{name}: {found} of 100");
    }
}

/// Within 8 s on a link of 500 kbit/s the bitrate has not settled, and varies by 14 %; with Chrome's own picture it has
/// one heap for each size that Chrome begins with: two on 500 kbit/s, three on 1 Mbit/s.
#[test]
fn where_six_repeats_cannot_find_it_they_say_so() {
    for name in ["slow", "long", "mbit"] {
        let claims = experiments(name, 6, 0.85, 100).filter(|comparison| {
            let bitrate = comparison.cells[0].figures.iter().find(|figures| figures.figure == Metric::VideoBitrate);
            let bitrate = bitrate.expect("the bitrate");
            let lost = 0.15 * bitrate.center_a.expect("a median");
            bitrate.change == Change::Unchanged && bitrate.detectable.is_some_and(|detectable| detectable < lost)
        });
        let claims = claims.count();
        println!("{name}: of 100 found {}; called unchanged and visible: {claims}", found(name, 6));
        // A side of one heap alone cannot know of the other.
        assert!(claims <= 5, "{name}: {claims} were called unchanged, and visible");
    }
}

#[test]
fn the_fixture_is_small_and_of_cases_that_passed() {
    let outcomes: Vec<_> = ALL.iter().flat_map(|name| recorded_cases(name)).map(|case| case.outcome).collect();
    assert!(outcomes.iter().all(|outcome| json!(outcome) == "passed"));
    assert!(include_str!("../fixtures/runs/repeats.jsonl").len() < 50_000);
}
