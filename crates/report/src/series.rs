//! What a case's files hold, as points over time for charts.

use super::chart::{MAX_DRAWN, Point};
use precall_judge::score::{SecondFigures, per_second};
use precall_netem::{LinkConfig, LinkCounters, PathCounters};
use precall_results::Sample;
use precall_results::{CaseResult, CaseSeries};

/// Everything that charts of one case draw. Times are in seconds since the network was applied, rates in bit/s, shares in
/// percent, delays in ms.
#[derive(Debug, Default)]
pub(super) struct TimeSeries {
    /// When the last thing was said.
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
    /// Of both directions together.
    pub link_loss: Vec<Point>,
    /// Of both directions together.
    pub link_delay: Vec<Point>,
    /// The rate of the slower direction, as asked; nothing when neither has a limit.
    pub asked_rate: Vec<Point>,
}

impl TimeSeries {
    /// Those of a case.
    pub fn of(case: &CaseResult, series: &CaseSeries) -> Self {
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
            // Each peer connection speaks for itself; those that send no video have nothing to say of it.
            frame_rate_sent: known(series.rtc.iter().map(|rtc| (rtc.seconds, rtc.frame_rate_sent)).collect()),
            round_trip_time: known(
                series.rtc.iter().map(|rtc| (rtc.seconds, rtc.round_trip_time.map(|seconds| seconds * 1e3))).collect(),
            ),
            link_up: link(series, |from, to, seconds| Some(rate(&from.up, &to.up, seconds))),
            link_down: link(series, |from, to, seconds| Some(rate(&from.down, &to.down, seconds))),
            link_loss: link(series, |from, to, _| {
                let (up, down) = (dropped(&from.up, &to.up), dropped(&from.down, &to.down));
                Some((1.0 - (1.0 - up) * (1.0 - down)) * 100.0)
            }),
            link_delay: link(series, |from, to, _| Some(delay(&from.up, &to.up)? + delay(&from.down, &to.down)?)),
            asked_rate: asked_rate(case),
        };
        all.drawable()
    }

    /// Without what no chart can show: of a file that something else wrote, one number would flatten all others.
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
            &mut self.asked_rate,
        ] {
            points.iter_mut().for_each(|(_, y)| *y = y.filter(|y| y.abs() <= MAX_DRAWN));
        }
        self
    }
}

/// The sender's estimate of its bandwidth: as samples have it, else as the browser's statistics do.
fn estimate(series: &CaseSeries) -> Vec<Point> {
    let sampled = series.samples.iter().map(|(at, sample)| (*at, sample.available_outgoing_bitrate));
    if sampled.clone().any(|(_, estimate)| estimate.is_some()) {
        return sampled.collect();
    }
    series.sender_estimates().into_iter().map(|(at, estimate)| (at, Some(estimate))).collect()
}

/// What the links did between one line of their counters and the next.
fn link(series: &CaseSeries, read: impl Fn(&PathCounters, &PathCounters, f64) -> Option<f64>) -> Vec<Point> {
    let pairs = series.link.windows(2).filter(|pair| pair[1].0 > pair[0].0);
    pairs.map(|pair| (pair[1].0, read(&pair[0].1, &pair[1].1, pair[1].0 - pair[0].0))).collect()
}

fn rate(from: &LinkCounters, to: &LinkCounters, seconds: f64) -> f64 {
    to.bytes_out.saturating_sub(from.bytes_out) as f64 * 8.0 / seconds
}

fn dropped(from: &LinkCounters, to: &LinkCounters) -> f64 {
    let packets = to.packets_in.saturating_sub(from.packets_in);
    let dropped = to.packets_dropped().saturating_sub(from.packets_dropped());
    if packets == 0 { 0.0 } else { (dropped as f64 / packets as f64).min(1.0) }
}

/// The mean time in the link, in ms; `None` when nothing left it.
fn delay(from: &LinkCounters, to: &LinkCounters) -> Option<f64> {
    let packets = to.packets_out.saturating_sub(from.packets_out);
    let total = to.delay_total.saturating_sub(from.delay_total).as_secs_f64() * 1e3;
    (packets > 0).then(|| total / packets as f64)
}

/// The lower of the two rates that are asked for, and when it changes.
fn asked_rate(case: &CaseResult) -> Vec<Point> {
    if !case.network_applied {
        return Vec::new();
    }
    let lower = |up: &LinkConfig, down: &LinkConfig| {
        let rates = [up.nominal_rate(), down.nominal_rate()].into_iter().flatten();
        rates.min().map(|rate| rate.bits_per_second() as f64)
    };
    let network = &case.network;
    let steps = network.steps.iter().map(|step| (step.at.as_secs_f64(), lower(&step.up, &step.down)));
    std::iter::once((0.0, lower(&network.up, &network.down))).chain(steps).collect()
}
