//! Sweeps as an HTML page: advice, MOS, and reported values beside the links' counters.

use std::collections::BTreeSet;

use serde::Serialize;

use super::case_charts::ChartView;
use super::templates::render;
use crate::ReportError;
use crate::calibration::{Sweep, SweepAxis, SweepPoint, sweeps};
use crate::chart::{Axes, ChartAxis, ChartLayer, Plot, Point, Scale};
use crate::format;
use precall_judge::statistics::median;
use precall_results::RunResult;

/// The data of the template.
#[derive(Debug, Serialize)]
pub(super) struct CalibrationView {
    title: String,
    meta: Vec<String>,
    groups: Vec<GroupView>,
    axes: String,
}

/// Sweeps over the same property on the same network, with different modules and releases.
#[derive(Debug, Serialize)]
struct GroupView {
    title: String,
    /// The class of each sweep's line, and the sweep's name.
    legend: Vec<(&'static str, String)>,
    charts: Vec<ChartView>,
    sweeps: Vec<SweepView>,
}

#[derive(Debug, Serialize)]
struct SweepView {
    name: String,
    changes: Vec<String>,
    rows: Vec<SweepRowView>,
}

#[derive(Debug, Serialize)]
struct SweepRowView {
    requested: String,
    link: String,
    reported: String,
    advice: String,
    is_undecided: bool,
    audio_mos: String,
    video_mos: String,
}

/// The classes of lines. More sweeps in one chart could not be told apart.
const LINES: [&str; 6] = ["s0", "s1", "s2", "s3", "s4", "s5"];
/// The classes of the lines' dots.
const DOTS: [&str; 6] = ["s0 dots", "s1 dots", "s2 dots", "s3 dots", "s4 dots", "s5 dots"];

/// Returns the sweeps of a run as one HTML file.
///
/// # Errors
///
/// If the template is broken.
pub fn calibration_html(run: &RunResult) -> Result<String, ReportError> {
    let all = sweeps(run);
    let mut axes = Axes::default();
    let mut groups: Vec<Vec<&Sweep>> = Vec::new();
    for sweep in &all {
        match groups.iter_mut().find(|group| group[0].axis == sweep.axis && group[0].name == sweep.name) {
            Some(group) => group.push(sweep),
            None => groups.push(vec![sweep]),
        }
    }
    // A single group needs no name.
    let is_one = |axis| groups.iter().filter(|group| group[0].axis == axis).count() == 1;
    let groups = groups.iter().map(|group| group_view(group, is_one(group[0].axis), &mut axes)).collect();
    let meta = vec![
        format::count(run.cases.len(), "case", "cases"),
        run.run.started_at.clone(),
        run.run.environment.browser.clone(),
        format!("precall {}", run.run.environment.precall),
    ];
    render(
        "calibration.html",
        &CalibrationView { title: run.run.scenario.clone(), meta, groups, axes: axes.definitions() },
    )
}

fn group_view(group: &[&Sweep], is_one: bool, axes: &mut Axes) -> GroupView {
    let axis = group[0].axis;
    let what = match axis {
        SweepAxis::Rate => "Rate of the network",
        SweepAxis::Loss => "Loss of the network, each way",
    };
    let title = if is_one || group[0].name.is_empty() { what.to_owned() } else { format!("{what}: {}", group[0].name) };
    let drawn = &group[..group.len().min(LINES.len())];
    let several = group.iter().map(|sweep| &sweep.sdk).collect::<BTreeSet<_>>().len() > 1;
    let name = |sweep: &Sweep| match several {
        true => format!("{}, OpenTok.js {}", sweep.module, sweep.sdk),
        false => sweep.module.clone(),
    };
    let mut draw = SweepCharts { axis, group: drawn, requested: requested_values(drawn), axes };
    let charts = vec![
        draw.advice(),
        draw.mos("Video MOS", |point| &point.video_mos),
        draw.mos("Audio MOS", |point| &point.audio_mos),
        draw.reported(),
    ];
    GroupView {
        title,
        legend: LINES.into_iter().zip(drawn.iter().map(|sweep| name(sweep))).collect(),
        charts,
        sweeps: group.iter().map(|sweep| sweep_view(name(sweep), sweep)).collect(),
    }
}

/// Returns all requested values of a group's sweeps, in ascending order.
fn requested_values(group: &[&Sweep]) -> Vec<f64> {
    let bits: BTreeSet<u64> =
        group.iter().flat_map(|sweep| &sweep.points).map(|point| point.requested.to_bits()).collect();
    bits.into_iter().map(f64::from_bits).collect()
}

struct SweepCharts<'a> {
    axis: SweepAxis,
    group: &'a [&'a Sweep],
    requested: Vec<f64>,
    axes: &'a mut Axes,
}

impl SweepCharts<'_> {
    /// Returns the values of the sweep at even distances, because they are usually dense where the advice changes.
    fn x(&self) -> ChartAxis {
        let name = |asked: &f64| match self.axis {
            SweepAxis::Rate => format!("{:.0}", asked / 1e3),
            SweepAxis::Loss => format!("{}", (asked * 1e4).round() / 1e2),
        };
        let mut names: Vec<_> = self.requested.iter().map(name).collect();
        if let Some(last) = names.last_mut() {
            last.push_str(match self.axis {
                SweepAxis::Rate => " kbit/s",
                SweepAxis::Loss => " %",
            });
        }
        ChartAxis::Names(names)
    }

    fn points(&self, sweep: &Sweep, read: impl Fn(&SweepPoint) -> Option<f64>) -> Vec<Point> {
        let place = |point: &SweepPoint| self.requested.iter().position(|asked| *asked == point.requested);
        sweep.points.iter().filter_map(|point| Some((place(point)? as f64, read(point)))).collect()
    }

    fn chart(
        &mut self,
        title: &'static str,
        unit: &'static str,
        y: ChartAxis,
        layers: &[ChartLayer],
        legend: &[(&'static str, &'static str)],
    ) -> ChartView {
        let svg = Plot { x: self.x(), y }.svg(title, layers, self.axes);
        ChartView { title: title.to_owned(), unit, legend: legend.to_vec(), svg }
    }

    fn lines(&self, read: impl Fn(&SweepPoint) -> Option<f64> + Copy) -> Vec<ChartLayer> {
        LINES.iter().zip(self.group).map(|(class, sweep)| ChartLayer::Line(class, self.points(sweep, read))).collect()
    }

    fn advice(&mut self) -> ChartView {
        let mut advice: Vec<&str> = self
            .group
            .iter()
            .flat_map(|sweep| &sweep.points)
            .flat_map(|point| &point.advice)
            .map(String::as_str)
            .collect();
        advice.sort_by_key(|text| (pixels(text), *text));
        advice.dedup();
        let rung = |text: &str| advice.iter().position(|known| *known == text).map(|rung| rung as f64);
        let layers = self.lines(|point| rung(point.usual_advice()?));
        let names = advice.iter().map(|text| short(text)).collect();
        self.chart("Advice", "for video", ChartAxis::Names(names), &layers, &[])
    }

    /// Returns a chart with the median of the repeats as a line, and each repeat as a dot.
    fn mos(&mut self, title: &'static str, read: fn(&SweepPoint) -> &[f64]) -> ChartView {
        let dots = DOTS.iter().zip(self.group).map(|(class, sweep)| {
            let place = |point: &SweepPoint| self.requested.iter().position(|asked| *asked == point.requested);
            let points = sweep.points.iter().filter_map(|point| Some((place(point)? as f64, read(point))));
            ChartLayer::Dots(
                class,
                points.flat_map(|(x, values)| values.iter().map(move |value| (x, Some(*value)))).collect(),
            )
        });
        let layers: Vec<_> = dots.chain(self.lines(|point| median(read(point)))).collect();
        self.chart(title, "1 to 4.5", ChartAxis::Numbers(Scale { max: 5.0, step: 1.0 }, ""), &layers, &[])
    }

    /// Returns a chart with the reported values over the links' counters.
    fn reported(&mut self) -> ChartView {
        let (title, unit, factor, least) = match self.axis {
            SweepAxis::Rate => ("Received bitrate, reported", "kbit/s", 1e-3, 100.0),
            SweepAxis::Loss => ("Video loss, reported", "%", 100.0, 1.0),
        };
        let truth = |point: &SweepPoint| median(&point.link).map(|link| link * factor);
        // The counters of the sweeps differ only by chance, so those of the first one are drawn.
        let behind = self.group.first().map(|sweep| ChartLayer::Area("up", self.points(sweep, truth)));
        let front = self.lines(|point| median(&point.reported).map(|reported| reported * factor));
        let all = self.group.iter().flat_map(|sweep| &sweep.points);
        let top = all.flat_map(|point| [truth(point), median(&point.reported).map(|value| value * factor)]);
        let scale = Scale::up_to(top.flatten().fold(0.0, f64::max), least);
        let layers: Vec<_> = behind.into_iter().chain(front).collect();
        self.chart(title, unit, ChartAxis::Numbers(scale, ""), &layers, &[("up", "the link, median")])
    }
}

/// Returns the number of pixels of a resolution, or 0 for any other text.
fn pixels(text: &str) -> u64 {
    let size = text
        .split_once('x')
        .and_then(|(width, height)| Some((width.parse::<u32>().ok()?, height.parse::<u32>().ok()?)));
    size.map_or(0, |(width, height)| u64::from(width) * u64::from(height))
}

/// Shortens a resolution to its height, and any other text to a few letters.
fn short(text: &str) -> String {
    match text.split_once('x') {
        Some((_, height)) if pixels(text) > 0 => format!("{height}p"),
        _ if text.contains("too low") => "none".to_owned(),
        _ => text.chars().take(6).collect(),
    }
}

fn sweep_view(name: String, sweep: &Sweep) -> SweepView {
    let changes = sweep.change_points();
    let in_words = changes.iter().map(|change| {
        let (below, above) = (value(sweep.axis, change.from.1), value(sweep.axis, change.to.1));
        format!(
            "{} up to {below}, {} from {above}",
            change.from.0.trim_end_matches('.'),
            change.to.0.trim_end_matches('.')
        )
    });
    SweepView {
        name,
        changes: in_words.collect(),
        rows: sweep.points.iter().map(|point| row(sweep.axis, point)).collect(),
    }
}

fn row(axis: SweepAxis, point: &SweepPoint) -> SweepRowView {
    let mos = |values: &[f64]| format::or_none(median(values), format::mos);
    let mut advice = point.advice.clone();
    advice.sort();
    advice.dedup();
    SweepRowView {
        requested: value(axis, point.requested),
        link: format::or_none(median(&point.link), |link| value(axis, link)),
        reported: format::or_none(median(&point.reported), |reported| value(axis, reported)),
        advice: advice.join(" or "),
        is_undecided: point.is_undecided(),
        audio_mos: mos(&point.audio_mos),
        video_mos: mos(&point.video_mos),
    }
}

fn value(axis: SweepAxis, value: f64) -> String {
    match axis {
        SweepAxis::Rate => format::bits_per_second(value),
        SweepAxis::Loss => format::ratio(value),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::swept;

    #[test]
    fn a_calibration_as_a_page() {
        let page = calibration_html(&swept().result).expect("a page");
        let body = page.split_once("</style>").expect("a style").1;
        insta::assert_snapshot!(body);
    }

    #[test]
    fn advice_from_a_page_is_escaped() {
        let mut run = swept().result;
        for case in &mut run.cases {
            if let Some(quality) = &mut case.measured.quality {
                quality.video.recommended_resolution = Some("<i>&".to_owned());
            }
        }
        let page = calibration_html(&run).expect("a page");
        assert!(page.contains("&lt;i&gt;&amp;") && !page.contains("<i>&"), "{page}");
    }
}
