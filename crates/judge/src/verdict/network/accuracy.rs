//! Figures that the SDK and the module under test report of the network, beside what the links counted in the same
//! time.

use super::evidence::NetworkEvidence;
use crate::score::WINDOW_MS;
use precall_netem::{Direction, LinkWindow};
use precall_results::{Accuracy, Estimate, QualityResult, Sample};

/// Figures of a shorter time are not compared, in seconds.
const MIN_SECONDS: f64 = 2.0;

/// Compares the reported figures with the counted ones.
pub fn accuracy(evidence: &NetworkEvidence, samples: &[Sample], result: Option<&QualityResult>) -> Accuracy {
    let time_of = |sample: Option<&Sample>| sample.and_then(|sample| sample.network_seconds);
    let (Some(began), Some(ended)) = (time_of(samples.first()), time_of(samples.last())) else {
        return Accuracy::default();
    };
    let window = |from: f64| {
        LinkWindow::interpolated(&evidence.readings, from, ended).filter(|window| window.seconds >= MIN_SECONDS)
    };
    let whole_test = window(began);
    // Modules report the figures of the last seconds. Those of precall's own module are of its window.
    let last_seconds = window((ended - WINDOW_MS / 1e3).max(began));
    let sdk = samples.first().zip(samples.last()).and_then(|(first, last)| Received::between(first, last));
    let estimate = |reported: Option<f64>, actual: Option<f64>| Estimate::new(reported?, actual?);
    // Media that is received came down; it is compared with what left that link.
    let bitrate = |window: Option<LinkWindow>| window.map(|window| window.bitrate(Direction::Down));
    Accuracy {
        sdk_loss_ratio: estimate(sdk.and_then(|sdk| sdk.loss_ratio()), whole_test.and_then(|w| w.loss_ratio())),
        module_loss_ratio: estimate(
            result.zip(sdk).and_then(|(result, sdk)| sdk.weighted_loss(result)),
            last_seconds.and_then(|window| window.loss_ratio()),
        ),
        sdk_bitrate: estimate(sdk.map(|sdk| sdk.bits_per_second()), bitrate(whole_test)),
        module_bitrate: estimate(
            result.and_then(|result| match (result.audio.bitrate, result.video.bitrate) {
                (None, None) => None,
                (audio, video) => Some(audio.unwrap_or_default() + video.unwrap_or_default()),
            }),
            bitrate(last_seconds),
        ),
        sdk_round_trip_time: estimate(
            evidence.round_trip_time(),
            whole_test.and_then(|window| window.round_trip_time()),
        ),
    }
}

/// Media that the SDK counted between two samples.
#[derive(Clone, Copy)]
struct Received {
    seconds: f64,
    bytes: f64,
    /// Packets received and packets lost, of audio and of video.
    packets: [(f64, f64); 2],
}

impl Received {
    fn between(first: &Sample, last: &Sample) -> Option<Self> {
        let read = |sample: &Sample| {
            let audio = sample.audio.clone().unwrap_or_default();
            let video = sample.video.clone().unwrap_or_default();
            (
                audio.bytes_received + video.bytes_received,
                [(audio.packets_received, audio.packets_lost), (video.packets_received, video.packets_lost)],
            )
        };
        let ((from_bytes, from), (to_bytes, to)) = (read(first), read(last));
        let seconds = (last.timestamp - first.timestamp) / 1e3;
        // The counters start again in the second phase, which is audio alone.
        let is_sound = first.phase == last.phase && seconds > 0.0 && to_bytes >= from_bytes;
        let between = |kind: usize| (to[kind].0 - from[kind].0, to[kind].1 - from[kind].1);
        is_sound.then(|| Self { seconds, bytes: to_bytes - from_bytes, packets: [between(0), between(1)] })
    }

    fn loss_ratio(&self) -> Option<f64> {
        let (received, lost) = self.packets.iter().fold((0.0, 0.0), |sum, kind| (sum.0 + kind.0, sum.1 + kind.1));
        (received + lost > 0.0).then(|| (lost / (received + lost)).max(0.0))
    }

    fn bits_per_second(&self) -> f64 {
        self.bytes * 8.0 / self.seconds
    }

    /// Combines the module's two loss ratios into one, each weighted by its number of packets.
    fn weighted_loss(&self, result: &QualityResult) -> Option<f64> {
        let ratios = [result.audio.packet_loss_ratio, result.video.packet_loss_ratio];
        let parts = ratios.into_iter().zip(self.packets).filter_map(|(ratio, (received, lost))| {
            Some((ratio?, received + lost)).filter(|(_, packets)| *packets > 0.0)
        });
        let (sum, packets) = parts.fold((0.0, 0.0), |sum, (ratio, packets)| (sum.0 + ratio * packets, sum.1 + packets));
        (packets > 0.0).then(|| sum / packets)
    }
}
