//! What a gate promises, asked of recorded real cases (`tests/fixtures/runs/repeats.jsonl`), dealt out anew for each
//! gate.
//!
//! A gate here is the real one, case by case, on virtual time: two networks, a detailed camera of 640x480, four cases
//! at once.

use std::collections::BTreeMap;

use crate::common::repeats::recorded_cases;
use precall_judge::comparison::{Gate, judge_gate};
use precall_netem::rng::SeededRng;
use precall_results::Outcome;
use precall_results::{Answer, CaseResult, GateInfo, RunResult, Upgrade};

const REPEATS: u32 = 24;
/// The recorded networks with the camera that a gate uses.
const NETWORKS: [&str; 2] = ["clean", "loaded"];
/// Cases that run at once on two CPUs, and how long one takes, in seconds: what the longest of the recorded networks
/// usually takes.
const AT_ONCE: f64 = 4.0;
const CASE_SECONDS: f64 = 30.0;

/// What became of a gate.
struct Ended {
    upgrade: Upgrade,
    minutes: f64,
}

/// A gate whose new side has cases that `plant` has changed.
fn gate(chance: &mut SeededRng, plant: impl Fn(&mut CaseResult, &mut SeededRng)) -> Ended {
    let mut run: RunResult = serde_json::from_str(include_str!("../fixtures/results.json")).expect("a recorded result");
    run.cases.clear();
    let info = GateInfo { axis: Some("sdk".into()), from: "a".into(), to: "b".into(), repeats: REPEATS };
    run.run.gate = Some(info.clone());
    let pools = NETWORKS.map(|network| (network, recorded_cases(network)));
    let axes = |network: &str, sdk: &str| -> BTreeMap<String, String> {
        [("network", network), ("sdk", sdk)].map(|(axis, value)| (axis.to_owned(), value.to_owned())).into()
    };
    let plan: Vec<_> = NETWORKS.iter().flat_map(|network| ["a", "b"].map(|sdk| ("", axes(network, sdk)))).collect();
    let mut watch = Gate::new(info.clone(), None, run.clone(), plan.iter().map(|(name, axes)| (*name, axes)));
    for repeat in 1..=REPEATS {
        for ((network, pool), sdk) in pools.iter().flat_map(|pool| ["a", "b"].map(|sdk| (pool, sdk))) {
            let mut case = pool[chance.below(pool.len() as u64) as usize].clone();
            (case.name, case.repeat, case.axes) = (String::new(), Some(repeat), axes(network, sdk));
            if sdk == "b" {
                plant(&mut case, chance);
            }
            run.cases.push(case.clone());
            if watch.push(case) {
                let reason = watch.stop_reason("", &plan[0].1).expect("a reason").to_owned();
                run.decided.push(precall_results::DecidedCase { case: "the rest".to_owned(), reason });
            }
        }
        if !run.decided.is_empty() {
            break;
        }
    }
    let minutes = run.cases.len() as f64 / AT_ONCE * CASE_SECONDS / 60.0;
    Ended { upgrade: judge_gate(&run, &info, None), minutes }
}

fn gates(count: usize, seed: u64, plant: impl Fn(&mut CaseResult, &mut SeededRng) + Copy) -> Vec<Ended> {
    let mut chance = SeededRng::new(seed, "gate");
    (0..count).map(|_| gate(&mut chance, plant)).collect()
}

fn count(gates: &[Ended], answer: Answer) -> usize {
    gates.iter().filter(|gate| gate.upgrade.answer == answer).count()
}

fn nothing(_: &mut CaseResult, _: &mut SeededRng) {}

/// Takes a share of the video bitrate away, on one of the two networks.
fn fifteen_percent_on_one_network(case: &mut CaseResult, _: &mut SeededRng) {
    if case.axes["network"] == "loaded" {
        let video = &mut case.measured.quality.as_mut().expect("a result").video;
        video.bitrate = video.bitrate.map(|bitrate| bitrate * 0.85);
    }
}

fn hang(case: &mut CaseResult) {
    case.outcome = Outcome::Hung;
    case.measured.quality = None;
    case.network.measured.round_trip_time = None;
}

fn one_in_five_hangs(case: &mut CaseResult, chance: &mut SeededRng) {
    if chance.uniform() < 0.2 {
        hang(case);
    }
}

fn one_in_five_hangs_on_one_network(case: &mut CaseResult, chance: &mut SeededRng) {
    if case.axes["network"] == "loaded" {
        one_in_five_hangs(case, chance);
    }
}

#[test]
fn two_equal_builds_raise_at_most_one_alarm_in_forty_gates_and_are_no_worse_within_twelve_minutes() {
    let gates = gates(40, 1, nothing);
    let (alarms, no_worse) = (count(&gates, Answer::Worse), count(&gates, Answer::NoWorse));
    let longest = gates.iter().map(|gate| gate.minutes).fold(0.0, f64::max);
    println!("{alarms} alarms, {no_worse} no worse, the longest {longest:.1} min");
    for gate in &gates {
        println!("{}", gate.upgrade.sentence);
        for cell in &gate.upgrade.cells {
            assert!(cell.detectable_bitrate.is_none_or(|share| share <= 0.1), "{cell:?}");
            assert!(cell.detectable_mos.is_none_or(|mos| mos <= 0.15), "{cell:?}");
        }
    }
    assert!(alarms <= 1, "{alarms} alarms");
    assert!(no_worse >= 38, "{no_worse} are no worse");
    assert!(longest <= 12.0, "{longest} minutes");
}

#[test]
fn fifteen_percent_of_the_bitrate_are_found_in_95_of_100_gates() {
    let gates = gates(100, 2, fifteen_percent_on_one_network);
    let names_it = |gate: &&Ended| {
        gate.upgrade.answer == Answer::Worse
            && gate.upgrade.sentence.contains("received video bitrate on loaded falls by")
    };
    let found = gates.iter().filter(names_it).count();
    println!("{found} of 100; {}", gates[0].upgrade.sentence);
    assert!(found >= 95, "{found}");
}

#[test]
fn a_hang_of_one_in_five_is_found_in_90_of_100_gates_on_all_networks_or_on_one() {
    for (what, plant) in [
        ("all networks", one_in_five_hangs as fn(&mut CaseResult, &mut SeededRng)),
        ("one network", one_in_five_hangs_on_one_network),
    ] {
        let gates = gates(100, 3, plant);
        let (found, missed) = (count(&gates, Answer::Worse), count(&gates, Answer::NoWorse));
        println!("{what}: found {found}, called no worse {missed} of 100; {}", gates[0].upgrade.sentence);
        assert!(found >= 90, "{what}: {found}");
    }
}

#[test]
fn a_host_that_is_too_busy_gives_no_answer() {
    let busy = |case: &mut CaseResult, chance: &mut SeededRng| {
        if chance.uniform() < 0.5 {
            case.outcome = Outcome::Inconclusive;
        }
    };
    let gates = gates(5, 4, busy);
    assert_eq!(count(&gates, Answer::CannotTell), 5);
    assert!(gates[0].upgrade.sentence.contains("could not be measured"), "{}", gates[0].upgrade.sentence);
    assert!(gates[0].upgrade.sentence.contains("--slots 1"), "{}", gates[0].upgrade.sentence);
}

#[test]
fn what_varies_more_than_it_may_change_gives_no_answer_but_an_advice() {
    let noisy = |case: &mut CaseResult, chance: &mut SeededRng| {
        let video = &mut case.measured.quality.as_mut().expect("a result").video;
        video.bitrate = video.bitrate.map(|bitrate| bitrate * (0.6 + 0.8 * chance.uniform()));
    };
    let gates = gates(5, 5, noisy);
    for gate in &gates {
        println!("{}", gate.upgrade.sentence);
    }
    assert_eq!(count(&gates, Answer::NoWorse), 0);
    let advises = |gate: &Ended| ["--max-repeats", "--minimum"].iter().any(|flag| gate.upgrade.sentence.contains(flag));
    assert!(gates.iter().all(advises));
}
