//! The comparison of a reported result with the recomputed one.

use precall_results::Metric;
use precall_results::QualityResult;

/// Figures that differ by no more than this share of themselves differ by rounding alone.
const TOLERANCE: f64 = 1e-6;

/// Returns the figures in which two results differ by more than rounding. Figures that the report leaves out are not
/// compared, and neither are reasons, which may depend on more than the samples.
pub fn differences(reported: &QualityResult, recomputed: &QualityResult) -> Vec<Metric> {
    let mut different = Vec::new();
    let numbers = [
        (Metric::AudioMos, reported.audio.mos, recomputed.audio.mos),
        (Metric::AudioBitrate, reported.audio.bitrate, recomputed.audio.bitrate),
        (Metric::AudioPacketLossRatio, reported.audio.packet_loss_ratio, recomputed.audio.packet_loss_ratio),
        (Metric::VideoMos, reported.video.mos, recomputed.video.mos),
        (Metric::VideoBitrate, reported.video.bitrate, recomputed.video.bitrate),
        (Metric::VideoPacketLossRatio, reported.video.packet_loss_ratio, recomputed.video.packet_loss_ratio),
        (Metric::VideoFrameRate, reported.video.frame_rate, recomputed.video.frame_rate),
    ];
    for (metric, reported, recomputed) in numbers {
        let Some(reported) = reported else { continue };
        let agrees = recomputed.is_some_and(|recomputed| {
            (reported - recomputed).abs() <= TOLERANCE * reported.abs().max(recomputed.abs()).max(1.0)
        });
        if !agrees {
            different.push(metric);
        }
    }
    if reported.audio.supported != recomputed.audio.supported {
        different.push(Metric::AudioSupported);
    }
    if reported.video.supported != recomputed.video.supported {
        different.push(Metric::VideoSupported);
    }
    if reported.video.recommended_resolution != recomputed.video.recommended_resolution {
        different.push(Metric::VideoRecommendedResolution);
    }
    different
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn differences_beyond_rounding_are_reported() {
        let mut reported = QualityResult::default();
        reported.video.bitrate = Some(1_000_000.0);
        reported.audio.mos = Some(4.2);
        let mut recomputed = reported.clone();
        recomputed.video.bitrate = Some(1_000_000.5);
        assert_eq!(differences(&reported, &recomputed), []);
        recomputed.video.bitrate = Some(1_000_002.0);
        recomputed.audio.mos = None;
        recomputed.video.recommended_resolution = Some("640x480".to_owned());
        assert_eq!(
            differences(&reported, &recomputed),
            [Metric::AudioMos, Metric::VideoBitrate, Metric::VideoRecommendedResolution]
        );
    }
}
