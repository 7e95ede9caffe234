use super::*;
use crate::comparison::Change;
use precall_results::CaseResult;
use precall_results::Metric;
use precall_results::Outcome;

/// A recorded run with these cases.
fn run(cases: Vec<CaseResult>) -> RunResult {
    let mut run: RunResult =
        serde_json::from_str(include_str!("../../../../../tests/fixtures/results.json")).expect("a recorded result");
    run.cases = cases;
    run
}

/// A case of the cell `slow` with a video bitrate.
fn case(sdk: Option<&str>, repeat: u32, bitrate: f64) -> CaseResult {
    let mut case = run(Vec::new());
    let recorded: RunResult =
        serde_json::from_str(include_str!("../../../../../tests/fixtures/results.json")).expect("a recorded result");
    case.cases = recorded.cases;
    let mut case = case.cases.swap_remove(1);
    case.outcome = Outcome::Passed;
    case.repeat = Some(repeat);
    case.axes = sdk.map(|sdk| ("sdk".to_owned(), sdk.to_owned())).into_iter().collect();
    let quality = case.measured.quality.as_mut().expect("a result");
    quality.video.bitrate = Some(bitrate);
    case
}

fn side_of(bitrates: &[f64], sdk: Option<&str>) -> Vec<CaseResult> {
    (1..).zip(bitrates).map(|(repeat, bitrate)| case(sdk, repeat, *bitrate)).collect()
}

const HIGH: [f64; 6] = [400e3, 405e3, 410e3, 402e3, 407e3, 401e3];
const LOW: [f64; 6] = [300e3, 305e3, 310e3, 302e3, 307e3, 301e3];

fn compared(a: Vec<CaseResult>, b: Vec<CaseResult>) -> Comparison {
    let (a, b) = (run(a), run(b));
    compare_runs(("a", &a), ("b", &b), &CompareSpec::default(), false).expect("compared")
}

fn bitrate(comparison: &Comparison) -> &crate::comparison::MetricComparison {
    let figures = &comparison.cells[0].figures;
    figures.iter().find(|compared| compared.figure == Metric::VideoBitrate).expect("the bitrate")
}

#[test]
fn drops_regress_and_rises_improve() {
    let down = compared(side_of(&HIGH, None), side_of(&LOW, None));
    assert_eq!((down.change, bitrate(&down).change), (Change::Regressed, Change::Regressed));
    assert!(bitrate(&down).shift.expect("a shift").high < 0.0 && bitrate(&down).cliffs_delta == -1.0);
    let up = compared(side_of(&LOW, None), side_of(&HIGH, None));
    assert_eq!((up.change, bitrate(&up).change), (Change::Improved, Change::Improved));
    let same = compared(side_of(&LOW, None), side_of(&LOW, None));
    assert_eq!(same.change, Change::Unchanged);
    assert!(bitrate(&same).detectable.expect("could see") > 0.0);
}

#[test]
fn changes_below_the_minimum_effect_are_unchanged() {
    let b = HIGH.map(|bitrate| bitrate - 12e3);
    let comparison = compared(side_of(&HIGH, None), side_of(&b, None));
    let compared = bitrate(&comparison);
    assert!(compared.adjusted_p.is_some_and(|p| p <= 0.05), "{compared:?}");
    assert_eq!((compared.change, compared.reason.as_str()), (Change::Unchanged, "it changed by less than counts"));
}

#[test]
fn too_few_repeats_are_inconclusive() {
    let comparison = compared(side_of(&HIGH[..3], None), side_of(&LOW[..3], None));
    assert_eq!(bitrate(&comparison).change, Change::Inconclusive);
    assert!(bitrate(&comparison).reason.starts_with("3 against 3 cases"), "{}", bitrate(&comparison).reason);
    assert_eq!(bitrate(&comparison).detectable, None);
}

#[test]
fn inconclusive_cases_are_excluded_and_counted() {
    let mut b = side_of(&HIGH, None);
    let mut odd = side_of(&LOW, None);
    odd.iter_mut().for_each(|case| case.outcome = Outcome::Inconclusive);
    odd[0].outcome = Outcome::Infrastructure;
    b.extend(odd);
    let comparison = compared(side_of(&HIGH, None), b);
    let cell = &comparison.cells[0];
    assert_eq!((cell.cases_a, cell.cases_b, cell.change), (6, 6, Change::Unchanged));
    assert_eq!(cell.excluded.b, [("inconclusive".to_owned(), 5), ("infrastructure".to_owned(), 1)].into());
}

#[test]
fn hangs_are_a_rate() {
    let mut b = side_of(&HIGH, None);
    b.iter_mut().for_each(|case| case.outcome = Outcome::Hung);
    let comparison = compared(side_of(&HIGH, None), b);
    let hangs = comparison.cells[0].figures.iter().find(|compared| compared.figure == Metric::Hangs).expect("hangs");
    assert_eq!((hangs.change, hangs.center_a, hangs.center_b), (Change::Regressed, Some(0.0), Some(1.0)));
    let rates = hangs.rates.expect("rates");
    assert!(rates.a.1 < 0.5 && rates.b.0 > 0.5);
}

#[test]
fn axis_values_are_paired_with_enough_repeats() {
    let both = |repeats: u32| {
        // The drift of the host is larger than the change, and the same for both cases of a pair.
        let drift = |repeat: u32| f64::from(repeat % 7) * 50e3;
        let cases = (1..=repeats).flat_map(|repeat| {
            let noise = f64::from(repeat % 3) * 1e3;
            [case(Some("1"), repeat, 400e3 + drift(repeat)), case(Some("2"), repeat, 340e3 + drift(repeat) + noise)]
        });
        let run = run(cases.collect());
        compare_axis(("run", &run), "sdk", ["1", "2"], &CompareSpec::default()).expect("compared")
    };
    let many = both(14);
    assert!(bitrate(&many).paired && bitrate(&many).change == Change::Regressed, "{:?}", bitrate(&many));
    assert_eq!((many.cells[0].id.as_str(), many.a.label.as_str()), ("slow-lossy", "sdk=1"));
    let few = both(6);
    assert!(!bitrate(&few).paired && bitrate(&few).change != Change::Improved);
}

#[test]
fn another_random_generator_is_reported_and_allowed() {
    let of = |generator: Option<&str>| {
        let mut cases = side_of(&HIGH, None);
        cases.iter_mut().for_each(|case| case.network.random_generator = generator.map(str::to_owned));
        run(cases)
    };
    let spec = CompareSpec::default();
    let differences = |a: &RunResult, b: &RunResult| {
        compare_runs(("a", a), ("b", b), &spec, false).expect("compared").incompatibilities
    };
    let (old, mut new) = (of(None), of(Some("chacha8-1")));
    assert_eq!(differences(&new, &new), [] as [String; 0]);
    assert_eq!(differences(&old, &old), [] as [String; 0]);
    assert_eq!(
        differences(&old, &new),
        ["the random generator (unknown and chacha8-1): the same seed gave other packets"]
    );
    new.cases[0].network.random_generator = Some("chacha8-2".to_owned());
    assert_eq!(
        differences(&new, &new),
        ["the random generator (chacha8-1 or chacha8-2 and chacha8-1 or chacha8-2): the same seed gave other packets"]
    );
}

#[test]
fn errors_name_what_cannot_be_compared() {
    let (a, mut b) = (run(side_of(&HIGH, None)), run(side_of(&LOW, None)));
    b.run.slots = 7;
    let spec = CompareSpec::default();
    let error = compare_runs(("runs/a", &a), ("runs/b", &b), &spec, false).expect_err("unlike").to_string();
    let allowed = compare_runs(("runs/a", &a), ("runs/b", &b), &spec, true).expect("allowed");
    assert_eq!(allowed.incompatibilities.len(), 1);
    b.cases.iter_mut().for_each(|case| case.name = "else".to_owned());
    let other = compare_runs(("runs/a", &a), ("runs/b", &b), &spec, true).expect_err("nothing").to_string();
    let axis = compare_axis(("runs/a", &a), "sdk", ["1", "2"], &spec).expect_err("no axis").to_string();
    let with_axis = run(side_of(&HIGH, Some("1")));
    let value = compare_axis(("runs/a", &with_axis), "sdk", ["1", "9"], &spec).expect_err("no value").to_string();
    insta::assert_snapshot!([error, other, axis, value].join("\n"));
}
