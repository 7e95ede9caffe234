//! Each advice with its rule.

use super::model::{Advice, Explanation};
use super::notes::notes;
use super::window::window_of;
use crate::score::{AUDIO_SUPPORTED_MOS, CLASSIC_TABLE, score};
use precall_netem::PathCounters;
use precall_netem::units::{apart, decimals_apart, exact};
use precall_results::CaseResult;
use precall_results::ScoringProfile;
use precall_results::{Phase, QualityResult, Sample};

/// Explains a recorded case. `samples` are those of its last attempt, `links` the counters by seconds since the network was
/// applied, `estimates` the sender's (`availableOutgoingBitrate`) by the same seconds, which other modules keep out of their samples.
pub fn explain(
    case: &CaseResult,
    scoring: ScoringProfile,
    samples: &[Sample],
    links: &[(f64, PathCounters)],
    estimates: &[(f64, f64)],
) -> Explanation {
    let has_audio_only = samples.iter().any(|sample| sample.phase == Phase::AudioOnly);
    let audio_phase = if has_audio_only { Phase::AudioOnly } else { Phase::AudioVideo };
    let recomputed = case.measured.quality.is_some().then(|| score(samples, scoring));
    let advice = match (&case.measured.quality, &recomputed) {
        (Some(said), Some(recomputed)) => vec![audio(said, recomputed), video(said, recomputed, scoring)],
        _ => Vec::new(),
    };
    Explanation {
        case: case.clone(),
        samples: samples.len(),
        audio_window: window_of(samples, audio_phase, links),
        video_window: window_of(samples, Phase::AudioVideo, links),
        recomputed,
        advice,
        notes: notes(case, scoring, samples, estimates),
    }
}

fn yes(is: bool) -> String {
    if is { "yes" } else { "no" }.to_owned()
}

fn audio(said: &QualityResult, recomputed: &QualityResult) -> Advice {
    let mos = recomputed.audio.mos.unwrap_or(1.0);
    let sign = if mos >= AUDIO_SUPPORTED_MOS { ">=" } else { "<" };
    Advice {
        about: "audio.supported".to_owned(),
        said: yes(said.audio.supported),
        recomputed: yes(recomputed.audio.supported),
        rule: vec![format!(
            "the mean MOS of all seconds, by loss and round-trip time (E-model): {} {sign} {AUDIO_SUPPORTED_MOS}",
            apart(mos, AUDIO_SUPPORTED_MOS, 2)
        )],
    }
}

fn video(said: &QualityResult, recomputed: &QualityResult, scoring: ScoringProfile) -> Advice {
    let size = |result: &QualityResult| {
        let reason = result.video.reason.clone().unwrap_or_else(|| "none".to_owned());
        result.video.recommended_resolution.clone().unwrap_or(reason)
    };
    let (rate, loss) = (recomputed.video.bitrate.unwrap_or(0.0), recomputed.video.packet_loss_ratio.unwrap_or(0.0));
    let rule = match scoring {
        ScoringProfile::Classic => classic(rate, loss),
        ScoringProfile::Bandwidth => vec![format!(
            "the highest size of the ladder of which 75 % of its rate is available, by {}",
            recomputed.video.recommendation_basis.as_deref().unwrap_or("what was received")
        )],
    };
    Advice { about: "video.recommendedResolution".to_owned(), said: size(said), recomputed: size(recomputed), rule }
}

/// Each row of the table up to the one that fits, with what it wants.
fn classic(rate: f64, loss: f64) -> Vec<String> {
    // Told from every bound that it is held against.
    let most_decimals = |bounds: &mut dyn Iterator<Item = usize>| bounds.max().unwrap_or_default();
    let of_rate =
        most_decimals(&mut CLASSIC_TABLE.iter().map(|row| decimals_apart(rate / 1e3, row.min_bitrate / 1e3, 0)));
    let of_loss =
        most_decimals(&mut CLASSIC_TABLE.iter().map(|row| decimals_apart(loss * 1e2, row.max_loss_ratio * 1e2, 2)));
    let (received, lost) = (rate / 1e3, loss * 1e2);
    let mut lines =
        vec![format!("the first row that fits received {received:.of_rate$} kbit/s and loss {lost:.of_loss$} %:")];
    for row in CLASSIC_TABLE {
        let (has_rate, has_loss) = (rate >= row.min_bitrate, loss <= row.max_loss_ratio);
        let why = match (has_rate, has_loss) {
            (true, true) => "fits",
            (false, true) => "too slow",
            (true, false) => "loses too much",
            (false, false) => "too slow, and loses too much",
        };
        let (least, most) = (exact(row.min_bitrate / 1e3, 0), exact(row.max_loss_ratio * 100.0, 1));
        lines.push(format!("  {} from {least} kbit/s on, with at most {most} %: {why}", row.resolution));
        if has_rate && has_loss {
            return lines;
        }
    }
    lines.push("  none fits: video is not supported".to_owned());
    lines
}
