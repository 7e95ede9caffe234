//! Invariants: rules that every report must meet, without an expectation and without a baseline.

use crate::score::{AUDIO_SUPPORTED_MOS, classic_min_bitrate};
use crate::statistics::upper_median;
use precall_netem::units::{apart, exact};
use precall_results::ScoringProfile;
use precall_results::{Finding, Measured};
use precall_results::{Phase, QualityResult, Sample};
use precall_scenario::CaseSpec;

/// The share by which a figure at a limit may be rounded over it.
const ROUNDING: f64 = 1e-6;
/// The range of the median time between two callbacks, in seconds. One a second is promised; modules differ a little.
const CALLBACKS: std::ops::RangeInclusive<f64> = 0.5..=2.0;
/// The largest time after its limit at which a phase may call back, in milliseconds.
const LATENESS_MS: f64 = 2000.0;

/// Returns the contradictions of a case's report: to itself, or to what the network test promises.
pub(super) fn contradictions(case: &CaseSpec, measured: &Measured, samples: &[Sample]) -> Vec<Finding> {
    let quality = measured.quality.as_ref();
    let of_result = quality.into_iter().flat_map(|quality| {
        [supported(quality), advice(quality, case.test.scoring), in_scale(quality), no_video(case, quality, samples)]
    });
    let of_samples = [pace(samples), in_time(samples)];
    let found = of_result.chain(of_samples).flatten();
    found.map(|(rule, detail)| Finding::Contradiction { rule: rule.to_owned(), detail }).collect()
}

/// The name of a rule that is broken, and how; `None` when the rule is met.
type BrokenRule = Option<(&'static str, String)>;

/// Audio is supported by its MOS, and video exactly when a resolution is recommended.
fn supported(quality: &QualityResult) -> BrokenRule {
    let (audio, video) = (&quality.audio, &quality.video);
    if let Some(mos) = audio.mos
        && audio.supported != (mos >= AUDIO_SUPPORTED_MOS)
        && (mos - AUDIO_SUPPORTED_MOS).abs() > ROUNDING
    {
        let word = if audio.supported { "supported" } else { "not supported" };
        return Some((
            "mos-against-supported",
            format!(
                "audio is {word} with a MOS of {}; it is from {AUDIO_SUPPORTED_MOS} on",
                apart(mos, AUDIO_SUPPORTED_MOS, 2)
            ),
        ));
    }
    match &video.recommended_resolution {
        None if video.supported => {
            Some(("supported-against-advice", "video is supported, and no size is recommended".to_owned()))
        }
        Some(size) if !video.supported => {
            Some(("supported-against-advice", format!("{size} is recommended of video that is not supported")))
        }
        _ => None,
    }
}

/// A resolution is not recommended at less than its bitrate.
fn advice(quality: &QualityResult, scoring: ScoringProfile) -> BrokenRule {
    let (size, bitrate) = (quality.video.recommended_resolution.as_deref()?, quality.video.bitrate?);
    let least = classic_min_bitrate(size)?;
    let is_less = scoring == ScoringProfile::Classic && bitrate < least * (1.0 - ROUNDING);
    let (rate, least) = (apart(bitrate / 1e3, least / 1e3, 0), exact(least / 1e3, 0));
    let detail = format!("{size} is recommended at {rate} kbit/s; it takes {least}");
    is_less.then_some(("advice-against-bitrate", detail))
}

/// A MOS is between 1 and 5, and a share between 0 and 1.
fn in_scale(quality: &QualityResult) -> BrokenRule {
    let mos =
        [("audio MOS", quality.audio.mos), ("video MOS", quality.video.mos)].map(|(what, mos)| (what, mos, 1.0..=5.0));
    let shares = [
        ("audio packet loss", quality.audio.packet_loss_ratio),
        ("video packet loss", quality.video.packet_loss_ratio),
    ]
    .map(|(what, share)| (what, share, 0.0..=1.0));
    let wrong = mos.into_iter().chain(shares).find_map(|(what, value, scale)| {
        value.filter(|value| !scale.contains(value)).map(|value| format!("{what} is {value}"))
    });
    wrong.map(|detail| ("out-of-scale", detail))
}

/// A test of audio alone reports no video.
fn no_video(case: &CaseSpec, quality: &QualityResult, samples: &[Sample]) -> BrokenRule {
    let received = samples.iter().filter_map(|sample| sample.video.as_ref()).any(|video| video.bytes_received > 0.0);
    let is_reported = quality.video.supported || quality.video.bitrate.is_some_and(|bitrate| bitrate > 0.0);
    let is_wrong = case.test.audio_only && (received || is_reported);
    is_wrong.then(|| ("video-without-video", "the test was of audio only, and reports video".to_owned()))
}

/// The callback comes once a second.
fn pace(samples: &[Sample]) -> BrokenRule {
    of_phases(samples, |phase| {
        let gaps: Vec<_> = phase.windows(2).map(|pair| (pair[1].timestamp - pair[0].timestamp) / 1e3).collect();
        // Two gaps do not make a pace.
        let median = upper_median(&gaps).filter(|_| gaps.len() > 2)?;
        let bound = if median < *CALLBACKS.start() { CALLBACKS.start() } else { CALLBACKS.end() };
        let median_s = apart(median, *bound, 1);
        let detail = format!("callbacks came {median_s} s apart in the median; one a second is promised");
        (!CALLBACKS.contains(&median)).then_some(("callback-pace", detail))
    })
}

/// A phase ends inside its time limit.
fn in_time(samples: &[Sample]) -> BrokenRule {
    of_phases(samples, |phase| {
        let last = phase.last()?;
        let (elapsed, limit) = (last.elapsed?, last.limit?);
        let detail = format!("measured for {:.1} s; its limit is {:.1} s", elapsed / 1e3, limit / 1e3);
        (elapsed > limit + LATENESS_MS).then_some(("over-its-limit", detail))
    })
}

fn of_phases(samples: &[Sample], rule: impl Fn(&[&Sample]) -> BrokenRule) -> BrokenRule {
    [Phase::AudioVideo, Phase::AudioOnly].into_iter().find_map(|phase| {
        let of_phase: Vec<_> = samples.iter().filter(|sample| sample.phase == phase).collect();
        rule(&of_phase)
    })
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    fn spec(test: &str) -> CaseSpec {
        let text = format!("[[case]]\nname = \"a\"\n[case.test]\n{test}");
        precall_scenario::parse(&text, Path::new("test.toml")).expect("a scenario").cases.swap_remove(0)
    }

    fn consistent() -> QualityResult {
        let mut quality = QualityResult::default();
        (quality.audio.supported, quality.audio.mos) = (true, Some(4.2));
        (quality.video.supported, quality.video.mos) = (true, Some(4.0));
        quality.video.bitrate = Some(700e3);
        quality.video.recommended_resolution = Some("640x480".to_owned());
        quality
    }

    fn samples(seconds: &[f64], limit: f64) -> Vec<Sample> {
        let sample = |second: &f64| Sample {
            phase: Phase::AudioVideo,
            timestamp: second * 1e3,
            elapsed: Some(second * 1e3),
            limit: Some(limit * 1e3),
            network_seconds: None,
            audio: None,
            video: None,
            available_outgoing_bitrate: None,
            quality_limitation_reason: None,
            simulcast: None,
        };
        seconds.iter().map(sample).collect()
    }

    fn rules(test: &str, change: impl Fn(&mut QualityResult), samples: &[Sample]) -> Vec<String> {
        let mut quality = consistent();
        change(&mut quality);
        let measured = Measured { quality: Some(quality), ..Measured::default() };
        let found = contradictions(&spec(test), &measured, samples);
        found.iter().map(|finding| serde_json::to_value(finding).expect("JSON")["rule"].to_string()).collect()
    }

    #[test]
    fn each_contradiction_is_found() {
        let steady = samples(&[1.0, 2.0, 3.0, 4.0, 5.0], 30.0);
        let none: [&str; 0] = [];
        assert_eq!(rules("", |_| (), &steady), none);
        assert_eq!(rules("", |q| q.audio.mos = Some(2.0), &steady), ["\"mos-against-supported\""]);
        assert_eq!(rules("", |q| q.audio.supported = false, &steady), ["\"mos-against-supported\""]);
        assert_eq!(rules("", |q| q.video.supported = false, &steady), ["\"supported-against-advice\""]);
        assert_eq!(rules("", |q| q.video.recommended_resolution = None, &steady), ["\"supported-against-advice\""]);
        assert_eq!(rules("", |q| q.video.bitrate = Some(200e3), &steady), ["\"advice-against-bitrate\""]);
        assert_eq!(rules("scoring = \"bandwidth\"", |q| q.video.bitrate = Some(200e3), &steady), none);
        assert_eq!(rules("", |q| q.video.mos = Some(7.0), &steady), ["\"out-of-scale\""]);
        assert_eq!(rules("audioOnly = true", |_| (), &steady), ["\"video-without-video\""]);
        assert_eq!(rules("", |_| (), &samples(&[1.0, 5.0, 9.0, 13.0], 30.0)), ["\"callback-pace\""]);
        assert_eq!(rules("", |_| (), &samples(&[7.0, 8.0, 9.0, 10.5], 8.0)), ["\"over-its-limit\""]);
    }
}
