//! Why a case came to what it came to, in words.

use std::fmt::Write;

use crate::explain::{Explanation, SampleWindow};
use crate::report::figures::got;
use crate::report::format::{self, NONE, or_none};
use crate::score::QualityResult;
use crate::verdict::Finding;

/// An explanation for people.
pub fn explanation(explanation: &Explanation) -> String {
    let case = &explanation.case;
    let mut text = String::new();
    // Writing to a string cannot fail.
    let _ = writeln!(text, "{}: {}", case.case, case.outcome.as_str());
    let _ = writeln!(
        text,
        "OpenTok.js {}, module {} ({}), seed {}",
        case.sdk.version, case.module.version, case.module.source, case.seed
    );
    for reason in &case.reasons {
        let _ = writeln!(text, "  {reason}");
    }
    let _ = writeln!(text, "\nsamples of the last attempt: {}", explanation.samples);
    for (what, window) in [("audio", &explanation.audio_window), ("video", &explanation.video_window)] {
        let Some(window) = window else { continue };
        let SampleWindow { first, last, from, to, link } = window;
        let _ =
            writeln!(text, "  {what}: figures are of samples {first} to {last}, {from:.1} s to {to:.1} s of the test");
        if let Some(link) = link {
            let _ = writeln!(
                text,
                "    the links in that time: up {}, dropped {}; down {}, dropped {}",
                format::bits_per_second(link.up_bitrate),
                format::ratio(link.up_loss),
                format::bits_per_second(link.down_bitrate),
                format::ratio(link.down_loss)
            );
        }
    }
    if let (Some(said), Some(recomputed)) = (&case.measured.quality, &explanation.recomputed) {
        figures(&mut text, said, recomputed);
    }
    for advice in &explanation.advice {
        let _ =
            writeln!(text, "\n{}: the page said {}; its samples give {}", advice.about, advice.said, advice.recomputed);
        for line in &advice.rule {
            let _ = writeln!(text, "  {line}");
        }
    }
    if !explanation.notes.is_empty() {
        let _ = writeln!(text, "\nabout the advice:");
    }
    for note in &explanation.notes {
        let _ = writeln!(text, "  {note}");
    }
    verdict(&mut text, explanation);
    text
}

fn figures(text: &mut String, said: &QualityResult, recomputed: &QualityResult) {
    let rate = |value: Option<f64>| or_none(value, format::bits_per_second);
    let mos = |value: Option<f64>| or_none(value, format::mos);
    let loss = |value: Option<f64>| or_none(value, format::ratio);
    let frames = |value: Option<f64>| or_none(value, |rate| format!("{rate:.1}"));
    let rows = [
        ("audio MOS", mos(said.audio.mos), mos(recomputed.audio.mos)),
        ("audio bitrate", rate(said.audio.bitrate), rate(recomputed.audio.bitrate)),
        ("audio packet loss", loss(said.audio.packet_loss_ratio), loss(recomputed.audio.packet_loss_ratio)),
        ("video MOS", mos(said.video.mos), mos(recomputed.video.mos)),
        ("video bitrate", rate(said.video.bitrate), rate(recomputed.video.bitrate)),
        ("video packet loss", loss(said.video.packet_loss_ratio), loss(recomputed.video.packet_loss_ratio)),
        ("frame rate", frames(said.video.frame_rate), frames(recomputed.video.frame_rate)),
    ];
    let _ = writeln!(text, "\n{:<20}{:>14}{:>18}", "", "the page said", "its samples give");
    for (what, said, recomputed) in rows {
        let _ = writeln!(text, "{what:<20}{said:>14}{recomputed:>18}");
    }
}

fn verdict(text: &mut String, explanation: &Explanation) {
    let case = &explanation.case;
    if !case.expectations.is_empty() {
        let _ = writeln!(text, "\nexpectations:");
    }
    for checked in &case.expectations {
        let word = if checked.passed { "met" } else { "missed" };
        let got = got(checked, Some(case)).unwrap_or_else(|| NONE.to_owned());
        let level = checked.expectation.level.as_str();
        let _ = writeln!(text, "  {word}: {}, got {got} ({level}, {})", checked.wanted, checked.expectation.source);
    }
    if !case.findings.is_empty() {
        let _ = writeln!(text, "\nfindings:");
    }
    for finding in &case.findings {
        let _ = match finding {
            Finding::ScoreMismatch { metric, reported, recomputed } => {
                writeln!(text, "  {}: the page reported {reported}, its samples give {recomputed}", metric.as_str())
            }
            Finding::Contradiction { rule, detail } => writeln!(text, "  {rule}: {detail}"),
        };
    }
    let measured = &case.measured_network;
    let _ = writeln!(text, "\nthe network, as counted over the whole case:");
    for (what, link, counters) in
        [("up", &measured.up, &case.link_counters.up), ("down", &measured.down, &case.link_counters.down)]
    {
        let _ = writeln!(
            text,
            "  {what}: {} in the mean, dropped {} of {} packets ({})",
            or_none(link.mean_rate, format::bitrate),
            counters.packets_dropped(),
            counters.packets_in,
            or_none(link.loss_ratio, |loss| format::ratio(loss.get()))
        );
    }
    let _ = writeln!(text, "  RTT: {}", or_none(measured.round_trip_time, format::seconds_as_ms));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::RunResult;
    use crate::explain::explain;
    use crate::network::{LinkCounters, PathCounters};
    use crate::scenario::ScoringProfile;
    use crate::score::{AudioCounters, Phase, Sample, VideoCounters};

    #[test]
    fn a_case_explained() {
        let run: RunResult =
            serde_json::from_str(include_str!("../../../tests/fixtures/results.json")).expect("a recorded result");
        // 248 kbit/s of video with a loss of 3.5 %, as recorded.
        let sample = |second: u32| Sample {
            phase: Phase::AudioVideo,
            timestamp: f64::from(second) * 1e3,
            elapsed: Some(f64::from(second) * 1e3),
            limit: Some(30e3),
            network_seconds: Some(f64::from(second) + 2.0),
            audio: Some(AudioCounters {
                bytes_received: f64::from(second) * 3100.0,
                packets_received: f64::from(second) * 50.0,
                round_trip_time: Some(0.17),
                ..AudioCounters::default()
            }),
            video: Some(VideoCounters {
                bytes_received: f64::from(second) * 31e3,
                packets_received: f64::from(second) * 96.5,
                packets_lost: f64::from(second) * 3.5,
                frame_rate: Some(30.0),
                frame_width: Some(640.0),
                frame_height: Some(480.0),
                ..VideoCounters::default()
            }),
            available_outgoing_bitrate: None,
            quality_limitation_reason: None,
            simulcast: None,
        };
        let samples: Vec<_> = (1..=12).map(sample).collect();
        let link = |second: u32| {
            let second = u64::from(second);
            let up = LinkCounters {
                packets_in: second * 100,
                packets_out: second * 98,
                packets_dropped_loss: second * 2,
                bytes_out: second * 40_000,
                ..LinkCounters::default()
            };
            (second as f64, PathCounters { up, down: LinkCounters::default() })
        };
        let links: Vec<_> = (0..=15).map(link).collect();
        let explained = explain(&run.cases[1], ScoringProfile::Classic, &samples, &links, &[]);
        insta::assert_snapshot!(explanation(&explained));
    }
}
