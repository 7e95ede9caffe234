use super::*;
use crate::fixture::swept;
use precall_netem::units::Bitrate;

#[test]
fn rates_and_losses_are_swept_for_each_module() {
    let run = swept().result;
    let found = sweeps(&run);
    let names: Vec<_> = found.iter().map(|sweep| (sweep.axis, sweep.name.as_str(), sweep.module.as_str())).collect();
    assert_eq!(
        names,
        [
            (SweepAxis::Rate, "rate", "3.1.6"),
            (SweepAxis::Rate, "rate", "built-in"),
            (SweepAxis::Loss, "loss", "3.1.6"),
            (SweepAxis::Loss, "loss", "built-in"),
        ]
    );
    let rates: Vec<_> = found[1].points.iter().map(|point| point.requested).collect();
    assert_eq!(rates, [150e3, 300e3, 700e3]);
    assert_eq!(found[1].points[0].advice.len(), 2, "both repeats");
    // A loss of 2 % in each direction is 3.96 % together.
    let link = found[3].points[1].link[0];
    assert!((link - 0.0396).abs() < 1e-9, "{link}");
}

#[test]
fn advice_changes_between_two_values() {
    let found = sweeps(&swept().result);
    let switches = found[1].change_points();
    let from = ("Bandwidth too low.".to_owned(), 150e3);
    assert_eq!(switches[0], ChangePoint { from, to: ("320x240".to_owned(), 300e3) });
    assert_eq!(switches.len(), 2);
    assert_eq!(Sweep { points: Vec::new(), ..found[0].clone() }.change_points(), []);
}

#[test]
fn the_most_frequent_advice_counts() {
    let advice = |advice: &[&str]| SweepPoint {
        advice: advice.iter().map(|text| (*text).to_owned()).collect(),
        ..SweepPoint::default()
    };
    assert_eq!(advice(&["b", "a", "b"]).usual_advice(), Some("b"));
    assert_eq!(advice(&["b", "a"]).usual_advice(), Some("a"));
    assert!(advice(&["b", "a"]).is_undecided() && !advice(&["a", "a"]).is_undecided());
    assert_eq!(advice(&[]).usual_advice(), None);
}

#[test]
fn cases_with_several_differences_form_no_sweep() {
    let mut run = swept().result;
    run.cases.retain(|case| case.name == "rate");
    for (number, case) in run.cases.iter_mut().enumerate() {
        case.network.requested.up.delay = std::time::Duration::from_millis(number as u64);
    }
    assert_eq!(sweeps(&run), []);
    for case in &mut run.cases {
        case.network.applied = false;
        case.network.requested.up.delay = std::time::Duration::ZERO;
        case.network.requested.up.rate = Some(Bitrate::from_bits_per_second(1));
    }
    assert_eq!(sweeps(&run), []);
}
