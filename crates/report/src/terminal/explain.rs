//! Explains the outcome of a case in text.

use super::calls::{participants, subscriptions};
use super::table::{Column, Grid};
use super::view::View;
use super::wrap::indented;
use crate::case_repeats::group_repeats;
use crate::figures::{finding, got};
use crate::format::{self, NONE, or_none};
use crate::names::Names;
use precall_judge::explain::{Explanation, SampleWindow};
use precall_results::Level;
use precall_results::QualityResult;
use precall_results::{CallResult, CaseResult, CheckedExpectation};

/// Returns an explanation for people.
pub fn explanation(explanation: &Explanation, view: View) -> String {
    let case = &explanation.case;
    let mut page = ExplanationText { text: String::new(), width: view.width };
    page.line(0, &format!("{}: {}", case.case, case.outcome.as_str()));
    if let Some(call) = &case.call {
        return call_explained(page, case, call, view);
    }
    page.line(
        0,
        &format!(
            "OpenTok.js {}, network-test module {} ({}), seed {}",
            case.sdk.version, case.module.version, case.module.source, case.network.seed
        ),
    );
    case.reasons.iter().for_each(|reason| page.line(1, reason));
    windows(&mut page, explanation);
    if let (Some(reported), Some(recomputed)) = (&case.measured.quality, &explanation.recomputed) {
        page.text.push_str(&format!("\n{}", figures(reported, recomputed).render(view.width)));
    }
    for advice in &explanation.advice {
        let (about, reported, recomputed) = (&advice.about, &advice.reported, &advice.recomputed);
        page.head(&format!("{about}: reported \"{reported}\", recomputed \"{recomputed}\""));
        advice.rule.iter().for_each(|line| page.line(1, line));
    }
    page.list("about the advice:", explanation.notes.iter().cloned());
    page.list("expectations:", case.expectations.iter().map(|checked| expectation(checked, explanation)));
    page.list("findings:", case.findings.iter().map(finding));
    network(&mut page, explanation);
    page.text
}

/// Returns the explanation of a call.
fn call_explained(mut page: ExplanationText, case: &CaseResult, call: &CallResult, view: View) -> String {
    let count = format::count(call.participants.len(), "participant", "participants");
    page.line(0, &format!("a call with {count}, seed {}", case.network.seed));
    case.reasons.iter().for_each(|reason| page.line(1, reason));
    let cells = group_repeats(std::slice::from_ref(case));
    let names = Names::new([case.case.as_str()]);
    for grid in [participants(&cells, &names, view), subscriptions(&cells, &names)] {
        if !grid.is_empty() {
            page.text.push_str(&format!("\n{}", grid.render(view.width)));
        }
    }
    let expectations = case.expectations.iter().map(|checked| {
        let mark = if checked.passed { "met" } else { "missed" };
        format!("{mark}: {}, got {}", checked.wanted, got(checked, Some(case)).as_deref().unwrap_or("nothing"))
    });
    page.list("expectations:", expectations);
    for participant in &call.participants {
        let events = participant.events.iter().map(|events| {
            let from = events.from.iter().map(|from| format!(" of {from}")).collect::<String>();
            let reason = events.reason.iter().filter(|reason| !reason.is_empty()).map(|reason| format!(" ({reason})"));
            format!("{} {}{from}{}", events.count, events.what.as_str(), reason.collect::<String>())
        });
        page.list(&format!("events of {}:", participant.name), events);
    }
    page.text
}

/// Text that grows line by line.
struct ExplanationText {
    text: String,
    width: usize,
}

impl ExplanationText {
    /// Adds a line at this level of indentation, in addition to the spaces before it.
    fn line(&mut self, steps: usize, line: &str) {
        let own = line.len() - line.trim_start_matches(' ').len();
        self.text.push_str(&indented(line.trim_start_matches(' '), self.width, steps * 2 + own));
    }

    /// Adds the heading of a section.
    fn head(&mut self, line: &str) {
        self.text.push('\n');
        self.line(0, line);
    }

    /// Adds a section with these lines. Adds nothing if there are none.
    fn list(&mut self, head: &str, lines: impl Iterator<Item = String>) {
        let mut lines = lines.peekable();
        if lines.peek().is_some() {
            self.head(head);
        }
        lines.for_each(|line| self.line(1, &line));
    }
}

fn windows(page: &mut ExplanationText, explanation: &Explanation) {
    page.head(&format!("samples of the final attempt: {}", explanation.samples));
    for (what, window) in [("audio", &explanation.audio_window), ("video", &explanation.video_window)] {
        let Some(window) = window else { continue };
        let SampleWindow { first, last, from, to, link } = window;
        page.line(
            1,
            &format!("{what}: figures are computed from samples {first} to {last}, {from:.1} s to {to:.1} s after the start of the test"),
        );
        if let Some(link) = link {
            let line = format!(
                "links in that time, on the wire: up {}, dropped {}; down {}, dropped {}",
                format::bits_per_second(link.up_bitrate),
                format::ratio(link.up_loss),
                format::bits_per_second(link.down_bitrate),
                format::ratio(link.down_loss)
            );
            page.line(2, &line);
        }
    }
}

fn figures(reported: &QualityResult, recomputed: &QualityResult) -> Grid {
    let rate = |value: Option<f64>| or_none(value, format::bits_per_second);
    let mos = |value: Option<f64>| or_none(value, format::mos);
    let loss = |value: Option<f64>| or_none(value, format::ratio);
    let frames = |value: Option<f64>| or_none(value, |rate| format!("{rate:.1}"));
    let rows = [
        ("audio MOS", mos(reported.audio.mos), mos(recomputed.audio.mos)),
        ("received audio", rate(reported.audio.bitrate), rate(recomputed.audio.bitrate)),
        ("audio packet loss", loss(reported.audio.packet_loss_ratio), loss(recomputed.audio.packet_loss_ratio)),
        ("video MOS", mos(reported.video.mos), mos(recomputed.video.mos)),
        ("received video", rate(reported.video.bitrate), rate(recomputed.video.bitrate)),
        ("video packet loss", loss(reported.video.packet_loss_ratio), loss(recomputed.video.packet_loss_ratio)),
        ("frame rate", frames(reported.video.frame_rate), frames(recomputed.video.frame_rate)),
    ];
    let columns = ["reported", "recomputed"].map(Column::figures);
    let caption = "The figures that the network-test module reported, and those that precall recomputes from the module's samples.";
    let mut grid = Grid::new(caption, [Column::words("figure")].into_iter().chain(columns).collect());
    for (what, reported, recomputed) in rows {
        grid.push(vec![what.into(), reported.into(), recomputed.into()]);
    }
    grid
}

/// Returns `met: connectivity.success = true, got true (line 26)`.
fn expectation(checked: &CheckedExpectation, explanation: &Explanation) -> String {
    let word = match (checked.passed, checked.expectation.level) {
        (true, _) => "met",
        (false, Level::Error) => "missed",
        (false, Level::Warn) => "missed (warning only)",
        (false, Level::Info) => "missed (for information only)",
    };
    let got = got(checked, Some(&explanation.case)).unwrap_or_else(|| NONE.to_owned());
    format!("{word}: {}, got {got} ({})", checked.wanted, checked.expectation.source)
}

fn network(page: &mut ExplanationText, explanation: &Explanation) {
    let case = &explanation.case;
    let measured = &case.network.measured;
    page.head("the network of the whole case, by the links' counters:");
    for (what, link, counters) in
        [("up", &measured.up, &case.network.counters.up), ("down", &measured.down, &case.network.counters.down)]
    {
        let line = format!(
            "{what}: {} on average on the wire, dropped {} of {} packets ({})",
            or_none(link.mean_rate, format::bitrate),
            counters.packets_dropped(),
            counters.packets_handled(),
            or_none(link.loss_ratio, |loss| format::ratio(loss.get()))
        );
        page.line(1, &line);
    }
    page.line(1, &format!("RTT: {}", or_none(measured.round_trip_time, format::milliseconds)));
}

#[cfg(test)]
mod tests {
    use super::*;
    use precall_judge::explain::explain;
    use precall_netem::{LinkCounters, PathCounters};
    use precall_results::RunResult;
    use precall_results::ScoringProfile;
    use precall_results::{AudioCounters, Phase, Sample, VideoCounters};

    #[test]
    fn a_case_explained() {
        let run: RunResult =
            serde_json::from_str(include_str!("../../../../tests/fixtures/results.json")).expect("a recorded result");
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
        insta::assert_snapshot!(explanation(&explained, View::plain(80)));
    }
}
