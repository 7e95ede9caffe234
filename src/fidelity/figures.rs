//! The figures of a run, from its samples.

use serde::{Deserialize, Serialize};

use super::measure::Measurement;
use super::network::{Network, NetworkSide};
use super::sample::PeerSample;
use super::wires::{Legs, Route};

/// The share of a rate before a step that counts as having recovered.
const RECOVERED: f64 = 0.8;

/// How far above the new rate an estimate may be that has come down to it.
const SETTLED: f64 = 1.1;

/// How long before a step the rate is taken that is to be recovered, in seconds.
const BEFORE_STEP: f64 = 5.0;

/// The figures of one run, over the network's window unless said otherwise. Absent is what the browser did not say.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct RunFigures {
    /// Mean of the sender's `availableOutgoingBitrate`, in bit/s.
    pub estimate: Option<f64>,
    /// The rate at which media left the link under test, in bit/s of UDP payload.
    pub wire_rate: Option<f64>,
    /// The rate of the sender's video, with repairs and without headers, in bit/s.
    pub sent_rate: Option<f64>,
    /// The rate of the receiver's video, measured in the same way.
    pub received_rate: Option<f64>,
    /// The share of the sender's bytes of video that were repairs.
    pub repair_ratio: Option<f64>,
    /// Frames decoded per second.
    pub frame_rate: Option<f64>,
    /// Mean height of the frames, in pixels.
    pub frame_height: Option<f64>,
    /// Freezes (`freezeCount`) per minute.
    pub freezes_per_minute: Option<f64>,
    /// The share of the time that was frozen (`totalFreezesDuration`).
    pub frozen_ratio: Option<f64>,
    /// The share of video packets that the receiver says were lost.
    pub loss_ratio: Option<f64>,
    /// The share of all packets that the link under test dropped, for whatever reason.
    pub link_loss_ratio: Option<f64>,
    /// Mean round-trip time of the leg under test, in seconds.
    pub round_trip_time: Option<f64>,
    /// When the receiver showed its first frame, in seconds since the negotiation began. Of a routed run on an uplink
    /// network less the one-way delay of the subscriber's leg, which the reference does not have.
    pub first_frame: Option<f64>,
    /// On a network with a step: how long it took.
    #[serde(flatten)]
    pub recovery: Recovery,
}

/// How long it took after a step, in seconds. Absent without a step, and when it did not happen within the time that
/// there was.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Recovery {
    /// From the fall of the rate until the estimate is no more than a tenth above the new rate.
    pub settling: Option<f64>,
    /// From the rise of the rate until four fifths of the rate of received video before the fall are received again.
    pub recovery: Option<f64>,
}

impl RunFigures {
    /// The figures of a run on this network.
    pub fn of(network: &Network, run: &Measurement) -> Self {
        let samples = &run.samples[..];
        let window = FigureWindow::of(samples, network.window);
        let mean = |value: fn(&PeerSample) -> Option<f64>| mean(window.samples.iter().filter_map(value));
        let round_trip_time: fn(&PeerSample) -> Option<f64> = match network.side {
            NetworkSide::Up => |sample| sample.sender_round_trip_time,
            NetworkSide::Down => |sample| sample.receiver_round_trip_time,
        };
        Self {
            estimate: mean(|sample| sample.available_outgoing_bitrate),
            wire_rate: window.per_second(|sample| Some(sample.link.bytes_out as f64 * 8.0)),
            sent_rate: window.per_second(|sample| Some(sample.bytes_sent? * 8.0)),
            received_rate: window.per_second(|sample| Some(sample.bytes_received? * 8.0)),
            repair_ratio: window.share(|sample| sample.retransmitted_bytes_sent, |sample| sample.bytes_sent),
            frame_rate: window.per_second(|sample| sample.frames_decoded),
            frame_height: mean(|sample| sample.frame_height),
            freezes_per_minute: window.per_second(|sample| Some(sample.freeze_count? * 60.0)),
            frozen_ratio: window.per_second(|sample| sample.total_freezes_duration),
            loss_ratio: window
                .share(|sample| sample.packets_lost, |sample| Some(sample.packets_lost? + sample.packets_received?)),
            link_loss_ratio: window.share(
                |sample| Some(sample.link.packets_dropped() as f64),
                |sample| Some(sample.link.packets_handled() as f64),
            ),
            round_trip_time: mean(round_trip_time),
            first_frame: run.first_frame.map(|seconds| seconds - second_leg(network, run)),
            recovery: Recovery::of(network, samples),
        }
    }
}

/// The one-way delay of the leg that the reference does not have, in seconds.
fn second_leg(network: &Network, run: &Measurement) -> f64 {
    let has_delay = run.route == Route::Router && network.side == NetworkSide::Up && run.options.legs == Legs::One;
    if has_delay { network.link().delay.as_secs_f64() } else { 0.0 }
}

impl Recovery {
    fn of(network: &Network, samples: &[PeerSample]) -> Self {
        let Some((falls, rises)) = network.step else { return Self::default() };
        let new_rate = network.config.steps.first().and_then(|step| match network.side {
            NetworkSide::Up => step.up.rate,
            NetworkSide::Down => step.down.rate,
        });
        let estimates = samples.iter().filter_map(|sample| Some((sample.seconds, sample.available_outgoing_bitrate?)));
        let settling = new_rate.and_then(|rate| {
            let limit = rate.bits_per_second() as f64 * SETTLED;
            let found = estimates.into_iter().find(|(at, bps)| (falls..rises).contains(at) && *bps <= limit);
            found.map(|(at, _)| at - falls)
        });
        let before = FigureWindow::of(samples, (falls - BEFORE_STEP, falls));
        let received = |sample: &PeerSample| Some(sample.bytes_received? * 8.0);
        let recovery = before.per_second(received).and_then(|before| {
            let found = samples.windows(2).find(|pair| {
                let rate = FigureWindow { samples: pair }.per_second(received);
                pair[0].seconds >= rises && rate.is_some_and(|rate| rate >= before * RECOVERED)
            });
            found.map(|pair| pair[1].seconds - rises)
        });
        Self { settling, recovery }
    }
}

/// The samples of a stretch of time.
struct FigureWindow<'a> {
    samples: &'a [PeerSample],
}

impl<'a> FigureWindow<'a> {
    /// The samples from the first moment to the last, both included.
    fn of(samples: &'a [PeerSample], (from, to): (f64, f64)) -> Self {
        let begin = samples.partition_point(|sample| sample.seconds < from);
        let end = samples.partition_point(|sample| sample.seconds <= to);
        Self { samples: samples.get(begin..end).unwrap_or_default() }
    }

    /// How far a count went from the first to the last sample that have it, and in how many seconds.
    fn grown(&self, count: impl Fn(&PeerSample) -> Option<f64>) -> Option<(f64, f64)> {
        let mut known = self.samples.iter().filter_map(|sample| Some((sample.seconds, count(sample)?)));
        let first = known.next()?;
        let last = known.last()?;
        Some((last.1 - first.1, last.0 - first.0))
    }

    fn per_second(&self, count: impl Fn(&PeerSample) -> Option<f64>) -> Option<f64> {
        let (grown, seconds) = self.grown(count)?;
        (seconds > 0.0).then(|| grown / seconds)
    }

    /// Returns the share of the second count that the first one has. Absent when the second count is 0.
    fn share(
        &self,
        part: impl Fn(&PeerSample) -> Option<f64>,
        whole: impl Fn(&PeerSample) -> Option<f64>,
    ) -> Option<f64> {
        let (part, whole) = (self.grown(part)?.0, self.grown(whole)?.0);
        (whole > 0.0).then(|| part / whole)
    }
}

fn mean(values: impl Iterator<Item = f64>) -> Option<f64> {
    let (sum, count) = values.fold((0.0, 0_u32), |(sum, count), value| (sum + value, count + 1));
    (count > 0).then(|| sum / f64::from(count))
}

#[cfg(test)]
mod tests {
    use super::super::measure::MeasureOptions;
    use super::super::network::catalogue;
    use super::super::wires::Route;
    use super::*;
    use precall_netem::LinkCounters;

    fn network(name: &str) -> Network {
        catalogue().into_iter().find(|network| network.name == name).expect("it is there")
    }

    fn run(samples: Vec<PeerSample>) -> Measurement {
        Measurement {
            network: String::new(),
            route: Route::Reference,
            seed: 1,
            random_generator: String::new(),
            options: MeasureOptions::default(),
            first_frame: Some(0.9),
            starved: Vec::new(),
            samples,
        }
    }

    /// A sample each second; `rate` is what is received in the second before, in bit/s.
    fn samples(seconds: u32, rate: impl Fn(u32) -> f64) -> Vec<PeerSample> {
        let mut received = 0.0;
        let sample = |second: u32| {
            received += rate(second) / 8.0;
            PeerSample {
                seconds: f64::from(second),
                available_outgoing_bitrate: Some(rate(second) * 1.25),
                sender_round_trip_time: Some(0.16),
                bytes_received: Some(received),
                bytes_sent: Some(received * 1.1),
                retransmitted_bytes_sent: Some(received * 0.11),
                packets_received: Some(f64::from(second) * 98.0),
                packets_lost: Some(f64::from(second) * 2.0),
                frames_decoded: Some(f64::from(second) * 30.0),
                freeze_count: Some(f64::from(second / 10)),
                link: LinkCounters {
                    bytes_out: u64::from(second) * 50_000,
                    packets_in: u64::from(second) * 100,
                    packets_dropped_loss: u64::from(second) * 3,
                    ..LinkCounters::default()
                },
                ..PeerSample::default()
            }
        };
        (1..=seconds).map(sample).collect()
    }

    #[test]
    fn figures_cover_the_window() {
        // Ten times as much before it begins.
        let run = run(samples(31, |second| if second <= 8 { 4e6 } else { 400e3 }));
        let figures = RunFigures::of(&network("up-400k-loss2"), &run);
        let near = |value: Option<f64>, wanted: f64| {
            assert!(value.is_some_and(|value| (value - wanted).abs() < wanted * 1e-9), "{value:?} for {wanted}");
        };
        near(figures.received_rate, 400e3);
        near(figures.sent_rate, 440e3);
        near(figures.repair_ratio, 0.1);
        near(figures.wire_rate, 400e3);
        near(figures.frame_rate, 30.0);
        near(figures.loss_ratio, 0.02);
        near(figures.link_loss_ratio, 0.03);
        near(figures.round_trip_time, 0.16);
        // Three of them in 22 seconds.
        near(figures.freezes_per_minute, 3.0 * 60.0 / 22.0);
        assert_eq!((figures.first_frame, figures.frame_height), (Some(0.9), None));
        assert_eq!(figures.recovery, Recovery::default());
        // The estimate is a mean of samples: that of second 8 is still high.
        near(figures.estimate, (5e6 + 22.0 * 500e3) / 23.0);
    }

    #[test]
    fn too_few_samples_give_no_figures() {
        let network = network("up-400k-loss2");
        for run in [run(Vec::new()), run(samples(8, |_| 1e6))] {
            let figures = RunFigures::of(&network, &run);
            assert_eq!((figures.received_rate, figures.loss_ratio), (None, None));
        }
    }

    #[test]
    fn settling_and_recovery_start_at_their_steps() {
        let rate = |second: u32| match second {
            0..=15 => 1.6e6,
            16 => 1e6,
            17..=30 => 350e3,
            31..=37 => 800e3,
            _ => 1.5e6,
        };
        let figures = RunFigures::of(&network("up-step"), &run(samples(51, rate)));
        assert_eq!(figures.recovery, Recovery { settling: Some(2.0), recovery: Some(8.0) });
        // The round-trip time of a network on the receiver's side is the receiver's.
        assert_eq!(RunFigures::of(&network("down-step"), &run(samples(51, rate))).round_trip_time, None);
        let never =
            RunFigures::of(&network("up-step"), &run(samples(51, |second| if second < 16 { 2e6 } else { 1e6 })));
        assert_eq!(never.recovery, Recovery::default());
    }
}
