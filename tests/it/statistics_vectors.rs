//! SciPy agrees on the statistics: `tests/vectors/statistics.py` makes the vectors.

use precall_judge::statistics::{
    cliffs_delta, fisher_exact, holm, normal_quantile, paired_shift, rank_sum, shift, sign_flip, spent,
    student_t_quantile, wilson,
};
use serde_json::Value;

/// How far two figures may be apart, relative to the larger where that is above 1.
const TOLERANCE: f64 = 1e-9;

/// The vectors of one function.
fn vectors(name: &str) -> Vec<Value> {
    let all: Value = serde_json::from_str(include_str!("../vectors/statistics.json")).expect("the vectors are JSON");
    let list = all[name].as_array().expect("a list").clone();
    assert!(!list.is_empty());
    list
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or_else(|| panic!("{value} is a number"))
}

fn count(value: &Value) -> usize {
    value.as_u64().and_then(|count| usize::try_from(count).ok()).unwrap_or_else(|| panic!("{value} is a count"))
}

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().expect("a list").iter().map(number).collect()
}

#[track_caller]
fn agrees(got: f64, wanted: &Value, of: &Value) {
    let wanted = number(wanted);
    assert!((got - wanted).abs() <= TOLERANCE * wanted.abs().max(1.0), "got {got}, SciPy has {wanted}: {of}");
}

#[test]
fn tests_have_the_p_values_of_scipy() {
    for vector in vectors("rankSum") {
        agrees(rank_sum(&numbers(&vector["a"]), &numbers(&vector["b"])), &vector["p"], &vector);
    }
    for vector in vectors("signFlip") {
        agrees(sign_flip(&numbers(&vector["differences"]), 1), &vector["p"], &vector);
    }
    for vector in vectors("fisher") {
        let [a, a_of, b, b_of] = ["a", "aOf", "b", "bOf"].map(|key| count(&vector[key]));
        agrees(fisher_exact(a, a_of, b, b_of), &vector["p"], &vector);
    }
    for vector in vectors("holm") {
        let adjusted = holm(&numbers(&vector["p"]));
        assert_eq!(adjusted.len(), vector["adjusted"].as_array().expect("a list").len());
        adjusted.iter().enumerate().for_each(|(index, p)| agrees(*p, &vector["adjusted"][index], &vector));
    }
}

#[test]
fn estimates_and_intervals_are_those_of_scipy() {
    for vector in vectors("wilson") {
        let (low, high) = wilson(count(&vector["hits"]), count(&vector["of"]), number(&vector["confidence"]));
        agrees(low, &vector["low"], &vector);
        agrees(high, &vector["high"], &vector);
    }
    for vector in vectors("shift") {
        let (a, b) = (numbers(&vector["a"]), numbers(&vector["b"]));
        agrees(shift(&a, &b, 0.95).expect("a shift").estimate, &vector["estimate"], &vector);
        agrees(cliffs_delta(&a, &b), &vector["delta"], &vector);
    }
    for vector in vectors("pairedShift") {
        let shift = paired_shift(&numbers(&vector["differences"]), 0.95).expect("a shift");
        agrees(shift.estimate, &vector["estimate"], &vector);
    }
}

#[test]
fn distributions_are_those_of_scipy() {
    for vector in vectors("quantile") {
        let p = number(&vector["p"]);
        agrees(normal_quantile(p), &vector["normal"], &vector);
        for (degrees, wanted) in vector["t"].as_object().expect("a table") {
            agrees(student_t_quantile(p, degrees.parse().expect("degrees")), wanted, &vector);
        }
    }
    for vector in vectors("spending") {
        agrees(spent(number(&vector["level"]), number(&vector["information"])), &vector["spent"], &vector);
    }
}
