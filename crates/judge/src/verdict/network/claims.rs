//! Truth against claim: what the SDK and the module under test said of the network, beside what the links counted in the
//! same time.

use super::evidence::NetworkEvidence;
use precall_netem::PathCounters;
use precall_results::{Claim, Claims, QualityResult, Sample};

/// Modules give the figures of the last seconds: the built-in one of so many.
const MODULE_WINDOW_SECONDS: f64 = 5.0;
/// Shorter, and no figure is worth comparing.
const MIN_SECONDS: f64 = 2.0;

/// Holds what was said against what was counted.
pub fn claims(evidence: &NetworkEvidence, samples: &[Sample], reported: Option<&QualityResult>) -> Claims {
    let came = |sample: Option<&Sample>| sample.and_then(|sample| sample.network_seconds);
    let (Some(began), Some(ended)) = (came(samples.first()), came(samples.last())) else {
        return Claims::default();
    };
    let whole = Window::of(evidence, began, ended);
    let late = Window::of(evidence, (ended - MODULE_WINDOW_SECONDS).max(began), ended);
    let said = samples.first().zip(samples.last()).and_then(|(first, last)| Received::between(first, last));
    let claim = |claimed: Option<f64>, truth: Option<f64>| Claim::new(claimed?, truth?);
    Claims {
        sdk_loss_ratio: claim(said.and_then(|said| said.loss_ratio()), whole.as_ref().and_then(Window::loss_ratio)),
        module_loss_ratio: claim(
            reported.zip(said).and_then(|(reported, said)| said.weighted_loss(reported)),
            late.as_ref().and_then(Window::loss_ratio),
        ),
        sdk_bitrate: claim(said.map(|said| said.bits_per_second()), whole.as_ref().map(Window::bits_per_second)),
        module_bitrate: claim(
            reported.and_then(|reported| match (reported.audio.bitrate, reported.video.bitrate) {
                (None, None) => None,
                (audio, video) => Some(audio.unwrap_or_default() + video.unwrap_or_default()),
            }),
            late.as_ref().map(Window::bits_per_second),
        ),
        sdk_round_trip_time: claim(evidence.round_trip_time(), whole.as_ref().and_then(Window::round_trip_time)),
    }
}

/// What the links did in a part of the time.
struct Window {
    seconds: f64,
    from: Reading,
    to: Reading,
}

/// What the links had done at a moment, between two looks at them.
#[derive(Clone, Copy)]
struct Reading {
    /// Up and down: packets that entered, were dropped, and left; bytes and seconds of delay of those that left.
    links: [[f64; 5]; 2],
}

impl Reading {
    fn of(counters: &PathCounters) -> Self {
        Self {
            links: [counters.up, counters.down].map(|link| {
                [
                    (link.packets_in + link.packets_duplicated) as f64,
                    link.packets_dropped() as f64,
                    link.packets_out as f64,
                    link.bytes_out as f64,
                    link.delay_total.as_secs_f64(),
                ]
            }),
        }
    }

    fn at(evidence: &NetworkEvidence, seconds: f64) -> Option<Self> {
        let after =
            evidence.snapshots.iter().position(|(at, _)| *at >= seconds).unwrap_or(evidence.snapshots.len() - 1);
        let (to, late) = evidence.snapshots.get(after)?;
        let (from, early) = evidence.snapshots.get(after.checked_sub(1)?)?;
        let share = ((seconds - from) / (to - from)).clamp(0.0, 1.0);
        let (early, late) = (Self::of(early), Self::of(late));
        let mut links = early.links;
        for (link, late) in links.iter_mut().zip(late.links) {
            for (value, late) in link.iter_mut().zip(late) {
                *value += (late - *value) * share;
            }
        }
        Some(Self { links })
    }
}

impl Window {
    fn of(evidence: &NetworkEvidence, from: f64, to: f64) -> Option<Self> {
        let is_long = to - from >= MIN_SECONDS && !evidence.snapshots.is_empty();
        let seconds = is_long.then_some(to - from)?;
        Some(Self { seconds, from: Reading::at(evidence, from)?, to: Reading::at(evidence, to)? })
    }

    fn did(&self, link: usize, figure: usize) -> f64 {
        self.to.links[link][figure] - self.from.links[link][figure]
    }

    /// What comes down was what went up: a packet gets through if neither link drops it.
    fn loss_ratio(&self) -> Option<f64> {
        let lost = |link| {
            let packets = self.did(link, 0);
            (packets > 0.0).then(|| self.did(link, 1) / packets)
        };
        Some(1.0 - (1.0 - lost(0)?) * (1.0 - lost(1)?))
    }

    fn bits_per_second(&self) -> f64 {
        self.did(1, 3) * 8.0 / self.seconds
    }

    fn round_trip_time(&self) -> Option<f64> {
        let mean = |link| {
            let packets = self.did(link, 2);
            (packets > 0.0).then(|| self.did(link, 4) / packets)
        };
        Some(mean(0)? + mean(1)?)
    }
}

/// What the SDK counted between two samples.
#[derive(Clone, Copy)]
struct Received {
    seconds: f64,
    bytes: f64,
    /// Received and lost, audio and video.
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
        // In a second phase, audio alone, counters begin anew.
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

    /// The module's two ratios as one, each by its number of packets.
    fn weighted_loss(&self, reported: &QualityResult) -> Option<f64> {
        let ratios = [reported.audio.packet_loss_ratio, reported.video.packet_loss_ratio];
        let parts = ratios.into_iter().zip(self.packets).filter_map(|(ratio, (received, lost))| {
            Some((ratio?, received + lost)).filter(|(_, packets)| *packets > 0.0)
        });
        let (sum, packets) = parts.fold((0.0, 0.0), |sum, (ratio, packets)| (sum.0 + ratio * packets, sum.1 + packets));
        (packets > 0.0).then(|| sum / packets)
    }
}
