//! The recommendations of a report, each with its rule.

use super::capacity::by_capacity;
use super::model::{Advice, Explanation};
use super::notes::notes;
use super::window::window_of;
use crate::score::{AUDIO_SUPPORTED_MOS, CLASSIC_TABLE, score};
use precall_netem::LinkReading;
use precall_netem::units::{apart, decimals_apart, exact};
use precall_results::CaseResult;
use precall_results::ScoringProfile;
use precall_results::{Phase, QualityResult, Sample};

/// Explains a recorded case. `samples` and `links` are the samples and the readings of its last attempt. `estimates`
/// are the sender's bandwidth estimates (`availableOutgoingBitrate`) by seconds since the network was applied: other
/// modules have none in their samples.
pub fn explain(
    case: &CaseResult,
    scoring: ScoringProfile,
    samples: &[Sample],
    links: &[LinkReading],
    estimates: &[(f64, f64)],
) -> Explanation {
    let has_audio_only = samples.iter().any(|sample| sample.phase == Phase::AudioOnly);
    let audio_phase = if has_audio_only { Phase::AudioOnly } else { Phase::AudioVideo };
    let recomputed = case.measured.quality.is_some().then(|| score(samples, scoring));
    let advice = match (&case.measured.quality, &recomputed) {
        (Some(reported), Some(recomputed)) => {
            vec![audio(reported, recomputed), video(reported, recomputed, scoring, samples)]
        }
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

fn yes_or_no(is: bool) -> String {
    if is { "yes" } else { "no" }.to_owned()
}

fn audio(reported: &QualityResult, recomputed: &QualityResult) -> Advice {
    let mos = recomputed.audio.mos.unwrap_or(1.0);
    let sign = if mos >= AUDIO_SUPPORTED_MOS { ">=" } else { "<" };
    Advice {
        about: "audio.supported".to_owned(),
        reported: yes_or_no(reported.audio.supported),
        recomputed: yes_or_no(recomputed.audio.supported),
        rule: vec![format!(
            "the mean MOS of all seconds, by loss and round-trip time (E-model): {} {sign} {AUDIO_SUPPORTED_MOS}",
            apart(mos, AUDIO_SUPPORTED_MOS, 2)
        )],
    }
}

fn video(reported: &QualityResult, recomputed: &QualityResult, scoring: ScoringProfile, samples: &[Sample]) -> Advice {
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
        ScoringProfile::Capacity => by_capacity(samples),
    };
    Advice {
        about: "video.recommendedResolution".to_owned(),
        reported: size(reported),
        recomputed: size(recomputed),
        rule,
    }
}

/// Returns each row of the table up to the first that fits, with its bounds.
fn classic(rate: f64, loss: f64) -> Vec<String> {
    // Both figures have enough decimals to distinguish them from every bound.
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
