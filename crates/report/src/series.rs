//! The recorded series of a case as points over time, for charts.

use super::chart::{MAX_DRAWN, Point};
use precall_judge::score::{SecondFigures, per_second};
use precall_netem::units::Ratio;
use precall_netem::{Direction, LinkConfig, LinkReading, LinkWindow, path_loss};
use precall_results::{CaseResult, CaseSeries};
use precall_results::{HostSecond, Sample, SubscriptionSample};

/// Everything that charts of one case draw. Times are in seconds since the network was applied, rates in bit/s, shares
/// in percent, delays in ms.
#[derive(Debug, Default)]
pub(super) struct TimeSeries {
    /// The time of the last point.
    pub end: f64,
    pub received: Vec<Point>,
    pub estimate: Vec<Point>,
    pub audio_loss: Vec<Point>,
    pub video_loss: Vec<Point>,
    pub audio_mos: Vec<Point>,
    pub video_mos: Vec<Point>,
    pub frame_rate: Vec<Point>,
    pub frame_rate_sent: Vec<Point>,
    pub round_trip_time: Vec<Point>,
    pub link_up: Vec<Point>,
    pub link_down: Vec<Point>,
    /// The share of packets that both links together dropped.
    pub link_loss: Vec<Point>,
    /// The mean time in both links together.
    pub link_delay: Vec<Point>,
    /// The share of the host's CPUs that was used.
    pub host_busy: Vec<Point>,
    /// The share of the time in which a task waited for a CPU.
    pub host_pressure: Vec<Point>,
    /// The requested rate of the slower direction; empty when neither has a limit.
    pub asked_rate: Vec<Point>,
}

impl TimeSeries {
    /// Returns the series of a case.
    pub(crate) fn of(case: &CaseResult, series: &CaseSeries) -> Self {
        let samples: Vec<Sample> = series.samples.iter().map(|(_, sample)| sample.clone()).collect();
        let figures = per_second(&samples);
        let figure = |read: fn(&SecondFigures) -> Option<f64>| -> Vec<Point> {
            series.samples.iter().zip(&figures).map(|((at, _), figures)| (*at, read(figures))).collect()
        };
        let sampled = |read: fn(&Sample) -> Option<f64>| -> Vec<Point> {
            series.samples.iter().map(|(at, sample)| (*at, read(sample))).collect()
        };
        let known = |points: Vec<Point>| points.into_iter().filter(|(_, y)| y.is_some()).collect::<Vec<_>>();
        let percent =
            |points: Vec<Point>| points.into_iter().map(|(x, y)| (x, y.map(|y| y * 100.0))).collect::<Vec<_>>();
        let ends = [
            series.link.last().map(|(at, _)| *at),
            series.samples.last().map(|(at, _)| *at),
            series.rtc.last().map(|rtc| rtc.seconds),
        ];
        let all = Self {
            end: ends.into_iter().flatten().fold(0.0, f64::max),
            received: figure(|f| super::figures::sum(f.audio_bitrate, f.video_bitrate)),
            estimate: estimate(series),
            audio_loss: percent(figure(|f| f.audio_loss_ratio)),
            video_loss: percent(figure(|f| f.video_loss_ratio)),
            audio_mos: figure(|f| f.audio_mos),
            video_mos: figure(|f| f.video_mos),
            frame_rate: sampled(|sample| sample.video.as_ref()?.frame_rate),
            // Each peer connection has entries of its own; those that send no video have no frame rate.
            frame_rate_sent: known(series.rtc.iter().map(|rtc| (rtc.seconds, rtc.frame_rate_sent)).collect()),
            round_trip_time: known(
                series.rtc.iter().map(|rtc| (rtc.seconds, rtc.round_trip_time.map(|seconds| seconds * 1e3))).collect(),
            ),
            link_up: link(series, |window| Some(window.bitrate(Direction::Up))),
            link_down: link(series, |window| Some(window.bitrate(Direction::Down))),
            link_loss: link(series, |window| {
                // A link that no packet entered dropped none.
                let [up, down] = [window.up, window.down].map(|link| link.loss_ratio().unwrap_or(0.0));
                Some(path_loss(up, down) * 100.0)
            }),
            link_delay: link(series, |window| window.round_trip_time().map(|seconds| seconds * 1e3)),
            host_busy: host(series, |second| second.cpu_busy),
            host_pressure: host(series, |second| second.cpu_pressure),
            asked_rate: asked_rate(case),
        };
        all.drawable()
    }

    /// Removes values that no chart can show. In a file from another program, one huge number would flatten all others.
    fn drawable(mut self) -> Self {
        for points in [
            &mut self.received,
            &mut self.estimate,
            &mut self.audio_loss,
            &mut self.video_loss,
            &mut self.audio_mos,
            &mut self.video_mos,
            &mut self.frame_rate,
            &mut self.frame_rate_sent,
            &mut self.round_trip_time,
            &mut self.link_up,
            &mut self.link_down,
            &mut self.link_loss,
            &mut self.link_delay,
            &mut self.host_busy,
            &mut self.host_pressure,
            &mut self.asked_rate,
        ] {
            points.iter_mut().for_each(|(_, y)| *y = y.filter(|y| y.abs() <= MAX_DRAWN));
        }
        self
    }
}

/// Returns the sender's bandwidth estimate: that of the samples, or else that of the browser's statistics.
fn estimate(series: &CaseSeries) -> Vec<Point> {
    let sampled = series.samples.iter().map(|(at, sample)| (*at, sample.available_outgoing_bitrate));
    if sampled.clone().any(|(_, estimate)| estimate.is_some()) {
        return sampled.collect();
    }
    series.sender_estimates().into_iter().map(|(at, estimate)| (at, Some(estimate))).collect()
}

/// Returns a figure of the links between one reading of their counters and the next.
fn link(series: &CaseSeries, figure: impl Fn(&LinkWindow) -> Option<f64>) -> Vec<Point> {
    let windows = series.link.windows(2).filter_map(|pair| Some((pair[1].0, LinkWindow::between(&pair[0], &pair[1])?)));
    windows.map(|(at, window)| (at, figure(&window))).collect()
}

fn host(series: &CaseSeries, share: impl Fn(&HostSecond) -> Option<Ratio>) -> Vec<Point> {
    series.host.iter().map(|(at, second)| (*at, share(second).map(|share| share.get() * 100.0))).collect()
}

/// Returns the lower of the two requested rates, and the times at which it changes.
fn asked_rate(case: &CaseResult) -> Vec<Point> {
    if !case.network.applied {
        return Vec::new();
    }
    let lower = |up: &LinkConfig, down: &LinkConfig| {
        let rates = [up.nominal_rate(), down.nominal_rate()].into_iter().flatten();
        rates.min().map(|rate| rate.bits_per_second() as f64)
    };
    let network = &case.network.requested;
    let steps = network.steps.iter().map(|step| (step.at.as_secs_f64(), lower(&step.up, &step.down)));
    std::iter::once((0.0, lower(&network.up, &network.down))).chain(steps).collect()
}

/// Returns the increase of a counter per second between samples. `read` returns the time in milliseconds and the
/// counter.
pub(super) fn rates(
    samples: &[&SubscriptionSample],
    read: impl Fn(&SubscriptionSample) -> Option<(f64, f64)>,
) -> Vec<Point> {
    let points = samples.windows(2).filter_map(|pair| {
        let ((began, from), (ended, to)) = (read(pair[0])?, read(pair[1])?);
        let seconds = (ended - began) / 1e3;
        // A new track counts from zero.
        Some((pair[1].at, (seconds > 0.0 && to >= from).then(|| (to - from) / seconds)))
    });
    points.collect()
}

/// Returns the bitrate of a link in one direction, in bit/s.
pub(super) fn link_rates(readings: &[LinkReading], direction: Direction) -> Vec<Point> {
    let windows = readings.windows(2).filter_map(|pair| Some((pair[1].0, LinkWindow::between(&pair[0], &pair[1])?)));
    windows.map(|(at, window)| (at, Some(window.bitrate(direction)))).collect()
}

#[cfg(test)]
mod tests {
    use precall_judge::explain::explain;
    use precall_netem::{LinkCounters, PathCounters};
    use precall_results::{AudioCounters, Phase, RunResult, ScoringProfile};

    use super::*;
    use crate::terminal::{View, explanation, summary};

    /// The counters of a link that duplicates every packet, and of the copies and the originals drops one in ten.
    fn duplicating(seconds: u64) -> PathCounters {
        let link = LinkCounters {
            packets_in: seconds * 100,
            packets_duplicated: seconds * 100,
            packets_dropped_queue: seconds * 20,
            packets_out: seconds * 180,
            bytes_out: seconds * 180_000,
            ..LinkCounters::default()
        };
        PathCounters { up: link, down: link }
    }

    #[test]
    fn table_chart_and_explanation_agree_on_loss_with_duplicates() {
        let text = include_str!("../../../tests/fixtures/results.json");
        let mut run: RunResult = serde_json::from_str(text).expect("a recorded result");
        run.cases.truncate(1);
        let case = &mut run.cases[0];
        case.network.counters = duplicating(10);
        for link in [&mut case.network.measured.up, &mut case.network.measured.down] {
            link.loss_ratio = Some(case.network.counters.up.loss_ratio());
        }
        let table = summary(&run, RunResult::clone, View::detailed(160));
        assert!(table.contains("10.0 % (200 of 2000"), "{table}");

        let sample = |second: u32| Sample {
            phase: Phase::AudioVideo,
            timestamp: f64::from(second) * 1e3,
            elapsed: Some(f64::from(second) * 1e3),
            limit: None,
            network_seconds: Some(f64::from(second)),
            audio: Some(AudioCounters::default()),
            video: None,
            available_outgoing_bitrate: None,
            quality_limitation_reason: None,
            simulcast: None,
        };
        let samples: Vec<_> = (0..10).map(sample).collect();
        let link: Vec<_> = (0..=10).map(|second| (second as f64, duplicating(second))).collect();
        let explained = explain(&run.cases[0], ScoringProfile::Classic, &samples, &link, &[]);
        let window = explained.audio_window.as_ref().and_then(|window| window.link).expect("a window");
        assert!((window.up_loss - 0.1).abs() < 1e-9 && (window.down_loss - 0.1).abs() < 1e-9, "{window:?}");
        let lines = explanation(&explained, View::plain(200));
        assert!(lines.contains("dropped 200 of 2000 packets (10.0 %)"), "{lines}");

        let series = CaseSeries { link, ..CaseSeries::default() };
        let chart = TimeSeries::of(&run.cases[0], &series).link_loss;
        assert_eq!(chart.len(), 10);
        for (at, loss) in chart {
            // The chart draws both links together: of what one lets through, the other drops as much again.
            assert!(loss.is_some_and(|loss| (loss - 19.0).abs() < 1e-9), "{at}: {loss:?}");
        }
    }
}
