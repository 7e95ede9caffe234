use super::*;
use crate::fixture::{recorded, repeated, with_rules};

#[test]
fn a_run_in_markdown() {
    insta::assert_snapshot!(markdown(&recorded()));
}

#[test]
fn repeats_are_one_row_with_results_over_all_of_them() {
    let mut run = with_rules();
    run.result.cases = repeated(&[400e3, 52e3, 359e3]).cases;
    run.result.cases[1].outcome = Outcome::Failed;
    for case in &mut run.result.cases {
        case.case = format!("slow-lossy,repeat={}", case.repeat.unwrap_or(1));
        case.findings.clear();
    }
    let text = markdown(&run);
    insta::assert_snapshot!(text.split_once("\n<details>").map_or("", |(before, _)| before));
}

#[test]
fn cases_that_did_not_pass_are_shown_first() {
    let mut run = recorded();
    let (good, bad) = (run.result.cases[0].clone(), run.result.cases[1].clone());
    run.result.cases = std::iter::repeat_n(good, 200).chain([bad]).collect();
    let text = markdown(&run);
    assert!(text.contains("… and 101 more, of 201 cases in total.") && text.contains("| failed |"), "{text}");
}

#[test]
fn a_large_matrix_fits_into_a_comment() {
    let mut run = recorded();
    let (good, mut bad) = (run.result.cases[0].clone(), run.result.cases[1].clone());
    bad.reasons = vec!["<x> ".repeat(5_000); 3];
    let long = |case: &CaseResult, number: usize| {
        let case_id = format!("{number},sdk=2.35.2,network={}", "long-".repeat(30));
        CaseResult { case: case_id, ..case.clone() }
    };
    run.warnings = vec!["& ".repeat(3_000); 500];
    for failures in [0, 12, 800] {
        run.result.cases =
            (0..800).map(|number| long(if number < 800 - failures { &good } else { &bad }, number)).collect();
        let text = markdown(&run);
        // Each failure in the table comes before each pass.
        let first_pass = text.find("| passed |").unwrap_or(text.len());
        assert!(text.len() <= 65_536, "{} bytes", text.len());
        assert!(text.rfind("| failed |").is_none_or(|failure| failure < first_pass), "{failures}");
        assert!(text.contains("more, of 800 cases in total") && text.contains("warnings more."), "{text}");
        assert_eq!(text.matches("<details>").count(), text.matches("</details>").count());
        assert_eq!(text.contains("of which did not pass"), failures == 800);
    }
}
