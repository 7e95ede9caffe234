use std::time::Duration;

use super::*;
use precall_netem::NetworkStep;
use precall_netem::units::Bitrate;
use precall_results::{AudioCounters, Phase, VideoCounters};
use precall_results::{BuildInfo, RunResult};

/// A recorded case whose network asks for a rate, and whose module reported this advice.
fn case(rate: Option<u64>, module: (&str, &str), advice: Option<&str>) -> CaseResult {
    let run: RunResult =
        serde_json::from_str(include_str!("../../../../../tests/fixtures/results.json")).expect("a recorded result");
    let mut case = run.cases[1].clone();
    case.module = BuildInfo { version: module.1.to_owned(), source: module.0.to_owned(), integrity: None };
    case.network.requested.up.rate = rate.map(Bitrate::from_bits_per_second);
    case.network.requested.down.rate = None;
    case.recomputed = None;
    let quality = case.measured.quality.get_or_insert_default();
    quality.audio.supported = true;
    quality.video.recommended_resolution = advice.map(str::to_owned);
    quality.video.reason = advice.is_none().then(|| BANDWIDTH_TOO_LOW.to_owned());
    case
}

const BUILT_IN: (&str, &str) = ("built-in", "0.1.0");
const PUBLISHED: (&str, &str) = ("npm opentok-network-test-js", "3.1.6");

/// Twelve seconds of video with this rate and loss, and this estimate of the sender.
fn samples(kbit: f64, loss: f64, estimate: Option<f64>) -> Vec<Sample> {
    let sample = |second: u32| {
        let second = f64::from(second);
        Sample {
            phase: Phase::AudioVideo,
            timestamp: second * 1e3,
            elapsed: Some(second * 1e3),
            limit: Some(30e3),
            network_seconds: Some(second + 2.0),
            audio: Some(AudioCounters {
                bytes_received: second * 3_100.0,
                packets_received: second * 50.0,
                ..AudioCounters::default()
            }),
            video: Some(VideoCounters {
                bytes_received: second * kbit * 125.0,
                packets_received: second * 1_000.0 * (1.0 - loss),
                packets_lost: second * 1_000.0 * loss,
                frame_rate: Some(30.0),
                frame_width: Some(640.0),
                frame_height: Some(480.0),
                ..VideoCounters::default()
            }),
            available_outgoing_bitrate: estimate,
            quality_limitation_reason: None,
            simulcast: None,
        }
    };
    (1..=12).map(sample).collect()
}

fn said(case: &CaseResult, samples: &[Sample], estimates: &[(f64, f64)]) -> Vec<String> {
    notes(case, ScoringProfile::Classic, samples, estimates)
}

#[test]
fn non_monotonic_table_is_explained() {
    let clean = case(None, BUILT_IN, Some("320x240"));
    let lossy = case(None, BUILT_IN, Some("640x480"));
    insta::assert_snapshot!(
        [said(&clean, &samples(501.0, 0.0, None), &[]), said(&lossy, &samples(304.0, 0.006, None), &[])].concat().join("\n"),
        @r"
    as published: the table asks fewer kbit/s of lossy links; 501 kbit/s with more than 0.5 and at most 3 % lost would give 1280x720 and not 320x240
    as published: the table asks fewer kbit/s of lossy links; 304 kbit/s with at most 0.5 % lost would give 320x240 and not 640x480
    "
    );
    // Where the rows agree there is nothing to say.
    let best = case(None, BUILT_IN, Some("1280x720"));
    assert_eq!(said(&best, &samples(1_200.0, 0.0, None), &[]), Vec::<String>::new());
    assert_eq!(said(&best, &samples(1_200.0, 0.01, None), &[]), Vec::<String>::new());
}

#[test]
fn notes_name_what_fails() {
    let none = case(None, BUILT_IN, None);
    let all = [(359.0, 0.032), (140.0, 0.0), (140.0, 0.05), (300.0, 0.0301)];
    let shown: Vec<_> = all.iter().flat_map(|(kbit, loss)| said(&none, &samples(*kbit, *loss, None), &[])).collect();
    insta::assert_snapshot!(shown.join("\n"), @r#"
    "Bandwidth too low." are fixed words of the module, which it says of loss as well: loss fails here, not the rate: 359 kbit/s are enough for 4 of the 6 rows, but 3.2 % of the packets were lost, and no row allows more than 3 %
    the rate fails here, not the loss: the table asks for 150 kbit/s at least, and 140 kbit/s were received
    "Bandwidth too low." are fixed words of the module, which it says of loss as well: both rate and loss fail here: the table asks for 150 kbit/s at least, and 140 kbit/s were received; it allows a loss of 3 % at most, and 5.0 % were lost
    "Bandwidth too low." are fixed words of the module, which it says of loss as well: loss fails here, not the rate: 300 kbit/s are enough for 3 of the 6 rows, but 3.01 % of the packets were lost, and no row allows more than 3 %
    "#);
    let mut unheard = case(None, BUILT_IN, Some("1280x720"));
    let audio = &mut unheard.measured.quality.as_mut().expect("a result").audio;
    (audio.supported, audio.reason) = (false, Some(BANDWIDTH_TOO_LOW.to_owned()));
    let shown = said(&unheard, &samples(1_200.0, 0.0, None), &[]);
    assert!(shown.len() == 1 && shown[0].starts_with("audio: ") && shown[0].contains("MOS"), "{shown:?}");
}

#[test]
fn the_limit_of_the_sender_is_named() {
    let narrow = case(Some(700_000), BUILT_IN, None);
    let shown = |kbit: f64, estimate: f64| {
        said(&narrow, &samples(kbit, 0.0, Some(estimate)), &[])
            .into_iter()
            .filter(|note| !note.contains("the rate fails"))
            .filter(|note| !note.starts_with("as published"))
            .collect::<Vec<_>>()
    };
    insta::assert_snapshot!([shown(52.0, 90e3), shown(100.0, 600e3)].concat().join("\n"), @r"
    the sender's estimate of its bandwidth (90 kbit/s) was the limit: the link carries 700 kbit/s, and 77 kbit/s of audio and video were received; Chrome lowers the estimate when packets are lost or late, and takes some twenty seconds to raise it
    neither the link nor the sender's estimate was the limit: the link carries 700 kbit/s, the estimate was 600 kbit/s, and 125 kbit/s of audio and video were received; the camera's picture needs no more, or Chrome had not climbed from the size that it begins with
    ");
    assert_eq!(shown(560.0, 600e3), Vec::<String>::new(), "the link is the limit");
    assert_eq!(shown(400.0, 660e3).len(), 0, "an estimate as high as the link's rate means that the link is the limit");
    let mut lossy = samples(100.0, 0.1, Some(600e3));
    let is_named = |samples: &[Sample]| said(&narrow, samples, &[]).iter().any(|note| note.contains("was the limit"));
    assert!(!is_named(&lossy), "the loss may be why it sends less");
    lossy.iter_mut().for_each(|sample| sample.quality_limitation_reason = Some("bandwidth".to_owned()));
    assert!(is_named(&lossy), "the encoder says so itself");
    let none = |estimate: Option<f64>| said(&narrow, &samples(160.0, 0.0, estimate), &[]).len();
    assert_eq!(none(None), 0, "no note without an estimate");
}

#[test]
fn link_rate_is_that_of_the_last_step() {
    let mut stepped = case(Some(2_000_000), BUILT_IN, Some("320x240"));
    let mut up = stepped.network.requested.up.clone();
    up.rate = Some(Bitrate::from_bits_per_second(300_000));
    let down = stepped.network.requested.down.clone();
    stepped.network.requested.steps = vec![NetworkStep { at: Duration::from_secs(8), up, down }];
    let is_limit = |case: &CaseResult| {
        said(case, &samples(250.0, 0.0, Some(290e3)), &[]).iter().any(|note| note.contains("was the limit"))
    };
    assert!(!is_limit(&stepped));
    stepped.network.requested.steps.clear();
    assert!(is_limit(&stepped), "of 2 Mbit/s");
    stepped.network.applied = false;
    let shown = said(&stepped, &samples(250.0, 0.0, Some(290e3)), &[]);
    assert!(shown.iter().any(|note| note.contains("the link has no limit of rate")), "{shown:?}");
}

#[test]
fn rules_of_other_modules_are_explained() {
    let estimates: Vec<_> = (0..20).map(|second| (f64::from(second), 620e3)).collect();
    let shown = |module: (&str, &str), advice: &str| {
        said(&case(None, module, Some(advice)), &samples(501.0, 0.0, None), &estimates)
    };
    let all = [
        shown(PUBLISHED, "640x360"),
        shown(PUBLISHED, "320x240"),
        shown(("npm opentok-network-test-js", "2.4.4"), "320x240"),
        shown(("../build", "local"), "1920x1080"),
    ];
    insta::assert_snapshot!(all.concat().join("\n"), @r"
    opentok-network-test-js 3.1.6 advises 640x360 and the rule of precall's own module 320x240, which is no fault of either; the module's own rule is another: the largest size of which the sender's estimate (availableOutgoingBitrate) in the last second covers 75 % of its rate; received bitrate and loss do not count
    the sender's estimate of its bandwidth (620 kbit/s) was the limit: the link has no limit of rate, and 526 kbit/s of audio and video were received; Chrome lowers the estimate when packets are lost or late, and takes some twenty seconds to raise it
    the rule of precall's own module gives what opentok-network-test-js 3.1.6 advises; the module's own rule is another: the largest size of which the sender's estimate (availableOutgoingBitrate) in the last second covers 75 % of its rate; received bitrate and loss do not count
    the sender's estimate of its bandwidth (620 kbit/s) was the limit: the link has no limit of rate, and 526 kbit/s of audio and video were received; Chrome lowers the estimate when packets are lost or late, and takes some twenty seconds to raise it
    the rule of precall's own module gives what opentok-network-test-js 2.4.4 advises; the module's own rule is this table too, but its loss is a mean over ever longer parts of the test, not the loss of the last five seconds
    as published: the table asks fewer kbit/s of lossy links; 501 kbit/s with more than 0.5 and at most 3 % lost would give 1280x720 and not 320x240
    the sender's estimate of its bandwidth (620 kbit/s) was the limit: the link has no limit of rate, and 526 kbit/s of audio and video were received; Chrome lowers the estimate when packets are lost or late, and takes some twenty seconds to raise it
    this module advises 1920x1080 and the rule of precall's own module 320x240, which is no fault of either; the module's own rule is not known to precall
    ");
}

#[test]
fn no_notes_without_video() {
    let mut audio_only = samples(0.0, 0.0, None);
    audio_only.iter_mut().for_each(|sample| sample.video = None);
    assert_eq!(said(&case(None, BUILT_IN, None), &audio_only, &[]), Vec::<String>::new());
    let mut errored = case(None, BUILT_IN, None);
    errored.measured.quality = None;
    assert_eq!(said(&errored, &samples(500.0, 0.0, None), &[]), Vec::<String>::new());
}

#[test]
fn scoring_profile_follows_from_the_result() {
    let mut by_bandwidth = case(None, BUILT_IN, Some("640x360"));
    assert_eq!(scoring_of(&by_bandwidth), ScoringProfile::Classic);
    by_bandwidth.measured.quality.as_mut().expect("a result").video.recommendation_basis = Some("bitrate".to_owned());
    assert_eq!(scoring_of(&by_bandwidth), ScoringProfile::Bandwidth);
}
