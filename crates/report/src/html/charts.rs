//! The charts of a case.

use super::call_charts::{call_charts, end_of};
use super::case_charts::{CaseCharts, ChartView, Detail, NamedLayer};
use crate::chart::{Axes, ChartAxis, ChartLayer, Point, Scale};
use crate::series::TimeSeries;
use crate::timeline::{EventSource, TimelineEvent};
use precall_results::{CaseResult, CaseSeries};

/// Returns the charts of a case. Empty if it has no time series.
pub(super) fn charts(
    case: &CaseResult,
    series: &CaseSeries,
    events: &[TimelineEvent],
    detail: Detail,
    axes: &mut Axes,
) -> Vec<ChartView> {
    if case.call.is_some() {
        return of_call(case, series, events, detail, axes);
    }
    let series = TimeSeries::of(case, series);
    if series.end <= 0.0 {
        return Vec::new();
    }
    let mut draw = CaseCharts { x: Scale::of_seconds(series.end), detail, axes };
    let charts =
        [draw.bitrate(&series), draw.loss(&series), draw.delay(&series), draw.frame_rate(&series), draw.mos(&series)];
    let of_viewer = match detail.has_viewer {
        true => [draw.host(&series), draw.events(events)],
        false => [None, None],
    };
    charts.into_iter().chain(of_viewer).flatten().collect()
}

/// Returns the charts of a call.
fn of_call(
    case: &CaseResult,
    series: &CaseSeries,
    events: &[TimelineEvent],
    detail: Detail,
    axes: &mut Axes,
) -> Vec<ChartView> {
    let end = end_of(series);
    if end <= 0.0 {
        return Vec::new();
    }
    let mut draw = CaseCharts { x: Scale::of_seconds(end), detail, axes };
    let mut charts = call_charts(series, &mut draw);
    if detail.has_viewer {
        charts.extend([draw.host(&TimeSeries::of(case, series)), draw.events(events)].into_iter().flatten());
    }
    charts
}

/// How many times as high as the measured rates an estimate may be to be drawn.
const MAX_ESTIMATE_ABOVE: f64 = 3.0;

impl CaseCharts<'_> {
    fn bitrate(&mut self, series: &TimeSeries) -> Option<ChartView> {
        let measured = highest(&[&series.received, &series.link_up, &series.link_down]);
        // An estimate far above everything that was sent would flatten the rest.
        let top = measured.max(highest(&[&series.estimate]).min(measured * MAX_ESTIMATE_ABOVE));
        let asked = highest(&[&series.asked_rate]);
        // A limit far above the used rate would flatten all other lines.
        let top = if asked < top * 2.0 { top.max(asked) } else { top };
        let (unit, divisor) = if top >= 1.5e6 { ("Mbit/s", 1e6) } else { ("kbit/s", 1e3) };
        let y = Scale::up_to(top / divisor, 100e3 / divisor);
        let scaled =
            |points: &[Point]| -> Vec<Point> { points.iter().map(|(x, y)| (*x, y.map(|y| y / divisor))).collect() };
        let behind = vec![
            ("on the wire, up", ChartLayer::Area("up", scaled(&series.link_up))),
            ("on the wire, down", ChartLayer::Area("down", scaled(&series.link_down))),
            ("requested rate", ChartLayer::Steps("asked", scaled(&series.asked_rate))),
        ];
        let front = vec![
            ("sender's estimate", ChartLayer::Line("est", scaled(&series.estimate))),
            ("received audio and video", ChartLayer::Line("v", scaled(&series.received))),
        ];
        self.chart("Bitrate", unit, y, behind, front)
    }

    fn loss(&mut self, series: &TimeSeries) -> Option<ChartView> {
        let y = Scale::up_to(highest(&[&series.audio_loss, &series.video_loss, &series.link_loss]), 4.0);
        let behind = vec![("dropped by the link", ChartLayer::Bars("drop", series.link_loss.clone()))];
        let front = vec![
            ("audio", ChartLayer::Line("a", series.audio_loss.clone())),
            ("video", ChartLayer::Line("v", series.video_loss.clone())),
        ];
        self.chart("Packet loss", "%", y, behind, front)
    }

    fn delay(&mut self, series: &TimeSeries) -> Option<ChartView> {
        let y = Scale::up_to(highest(&[&series.round_trip_time, &series.link_delay]), 4.0);
        let behind = vec![("in the links", ChartLayer::Area("up", series.link_delay.clone()))];
        self.chart(
            "Round-trip time",
            "ms",
            y,
            behind,
            vec![("ICE checks", ChartLayer::Line("v", series.round_trip_time.clone()))],
        )
    }

    fn frame_rate(&mut self, series: &TimeSeries) -> Option<ChartView> {
        let y = Scale::up_to(highest(&[&series.frame_rate, &series.frame_rate_sent]), 20.0);
        let behind = self.link_behind(series, y);
        let front = vec![
            ("sent", ChartLayer::Line("est", series.frame_rate_sent.clone())),
            ("received", ChartLayer::Line("v", series.frame_rate.clone())),
        ];
        self.chart("Frame rate", "frames/s", y, behind, front)
    }

    fn mos(&mut self, series: &TimeSeries) -> Option<ChartView> {
        let y = Scale { max: 5.0, step: 1.0 };
        let front = vec![
            ("audio", ChartLayer::Line("a", series.audio_mos.clone())),
            ("video", ChartLayer::Line("v", series.video_mos.clone())),
        ];
        let behind = self.link_behind(series, y);
        self.chart("MOS", "1 to 4.5", y, behind, front)
    }

    /// Returns the link as the background of figures in another unit: its rate and its loss, both without a scale.
    /// Empty in a run with many cases, whose charts of bitrate and loss have to do.
    fn link_behind(&self, series: &TimeSeries, y: Scale) -> Vec<NamedLayer> {
        let scaled = |points: &[Point], top: f64, share: f64| -> Vec<Point> {
            points.iter().map(|(x, value)| (*x, value.map(|value| (value / top).min(1.0) * share * y.max))).collect()
        };
        let top = highest(&[&series.link_up]);
        if top <= 0.0 || !self.detail.has_viewer {
            return Vec::new();
        }
        vec![
            ("link rate", ChartLayer::Area("up", scaled(&series.link_up, top, 0.75))),
            // A loss of 100 % is as high as the chart.
            ("link loss", ChartLayer::Bars("drop", scaled(&series.link_loss, 100.0, 1.0))),
        ]
    }

    fn host(&mut self, series: &TimeSeries) -> Option<ChartView> {
        let y = Scale { max: 100.0, step: 25.0 };
        let front = vec![
            ("CPUs busy", ChartLayer::Line("v", series.host_busy.clone())),
            ("a task waits for a CPU", ChartLayer::Line("a", series.host_pressure.clone())),
        ];
        self.chart("Host", "%", y, Vec::new(), front)
    }

    /// Draws a row of dots for each source that has events.
    fn events(&mut self, events: &[TimelineEvent]) -> Option<ChartView> {
        let sources: Vec<_> =
            EventSource::ALL.into_iter().filter(|source| events.iter().any(|event| event.source == *source)).collect();
        let rows = ChartAxis::Names(vec![String::new(); sources.len() + 2]);
        let front: Vec<NamedLayer> = (1..)
            .zip(sources.iter().rev())
            .map(|(row, source)| {
                let of_source = events.iter().filter(|event| event.source == *source);
                // What happened before the network was applied is at the beginning.
                let points = of_source.map(|event| (event.at.max(0.0), Some(f64::from(row)))).collect();
                (source.name(), ChartLayer::Dots(source.class(), points))
            })
            .collect();
        self.plot("Events", "", rows, Vec::new(), front.into_iter().rev().collect())
    }
}

fn highest(all: &[&[Point]]) -> f64 {
    all.iter().flat_map(|points| points.iter()).filter_map(|(_, y)| *y).filter(|y| y.is_finite()).fold(0.0, f64::max)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{recorded, series};
    use crate::timeline::timeline;

    fn case_charts(case: &CaseResult, series: &CaseSeries, axes: &mut Axes) -> Vec<ChartView> {
        charts(case, series, &timeline(case, series), Detail { points: 15, ..Detail::FULL }, axes)
    }

    #[test]
    fn a_case_in_charts() {
        let run = recorded();
        let mut axes = Axes::default();
        let drawn = case_charts(&run.result.cases[1], &series(30), &mut axes);
        let text: String = drawn
            .iter()
            .map(|chart| format!("{}, {} {:?}\n{}\n", chart.title, chart.unit, chart.legend, chart.svg))
            .collect();
        insta::assert_snapshot!(text.replace("><", ">\n<"));
    }

    #[test]
    fn figures_that_were_not_measured_have_no_chart() {
        let run = recorded();
        let mut axes = Axes::default();
        let mut only_link = series(10);
        only_link.samples.clear();
        only_link.rtc.clear();
        only_link.console.clear();
        let mut titles = |series: &CaseSeries| {
            let drawn = case_charts(&run.result.cases[1], series, &mut axes);
            drawn.into_iter().map(|chart| chart.title).collect::<Vec<_>>()
        };
        assert_eq!(titles(&only_link), Vec::<&str>::new());
        assert_eq!(titles(&CaseSeries::default()), Vec::<&str>::new());
        let mut audio_only = series(10);
        audio_only.samples.iter_mut().for_each(|(_, sample)| sample.video = None);
        audio_only.rtc.clear();
        assert_eq!(titles(&audio_only), ["Bitrate", "Packet loss", "MOS", "Events"]);
    }
}
