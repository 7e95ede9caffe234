//! Sweeps as a page: advice, MOS, and what was reported against what the links did.

use std::collections::BTreeSet;

use serde::Serialize;

use super::charts::ChartView;
use super::templates::calibration_page;
use crate::ReportError;
use crate::calibration::{Sweep, SweepPoint, SweptBy, sweeps};
use crate::chart::{Axes, Axis, Layer, Plot, Point, Scale};
use crate::format;
use precall_judge::statistics::median;
use precall_results::RunResult;

/// What the template shows.
#[derive(Debug, Serialize)]
pub(super) struct CalibrationView {
    title: String,
    meta: Vec<String>,
    groups: Vec<GroupView>,
    axes: String,
}

/// The sweeps that change the same on the same network: their modules and releases stand together.
#[derive(Debug, Serialize)]
struct GroupView {
    title: String,
    /// The class of each sweep's line, and whose it is.
    key: Vec<(&'static str, String)>,
    charts: Vec<ChartView>,
    sweeps: Vec<SweepView>,
}

#[derive(Debug, Serialize)]
struct SweepView {
    name: String,
    switches: Vec<String>,
    rows: Vec<RowView>,
}

#[derive(Debug, Serialize)]
struct RowView {
    asked: String,
    link: String,
    reported: String,
    advice: String,
    is_undecided: bool,
    audio_mos: String,
    video_mos: String,
}

/// The classes of lines; more sweeps in one chart cannot be told apart.
const LINES: [&str; 6] = ["s0", "s1", "s2", "s3", "s4", "s5"];
/// The classes of their dots.
const DOTS: [&str; 6] = ["s0 dots", "s1 dots", "s2 dots", "s3 dots", "s4 dots", "s5 dots"];

/// The sweeps of a run as one HTML file.
///
/// # Errors
///
/// When the template is broken.
pub fn calibration_html(run: &RunResult) -> Result<String, ReportError> {
    let all = sweeps(run);
    let mut axes = Axes::default();
    let mut groups: Vec<Vec<&Sweep>> = Vec::new();
    for sweep in &all {
        match groups.iter_mut().find(|group| group[0].by == sweep.by && group[0].name == sweep.name) {
            Some(group) => group.push(sweep),
            None => groups.push(vec![sweep]),
        }
    }
    // What there is one of needs no name.
    let is_one = |by| groups.iter().filter(|group| group[0].by == by).count() == 1;
    let groups = groups.iter().map(|group| group_view(group, is_one(group[0].by), &mut axes)).collect();
    let meta = vec![
        format::count(run.cases.len(), "case", "cases"),
        run.run.started_at.clone(),
        run.run.environment.browser.clone(),
        format!("precall {}", run.run.environment.precall),
    ];
    calibration_page(&CalibrationView { title: run.run.scenario.clone(), meta, groups, axes: axes.definitions() })
}

fn group_view(group: &[&Sweep], is_one: bool, axes: &mut Axes) -> GroupView {
    let by = group[0].by;
    let what = match by {
        SweptBy::Rate => "Rate of the network",
        SweptBy::Loss => "Loss of the network, each way",
    };
    let title = if is_one || group[0].name.is_empty() { what.to_owned() } else { format!("{what}: {}", group[0].name) };
    let drawn = &group[..group.len().min(LINES.len())];
    let several = group.iter().map(|sweep| &sweep.sdk).collect::<BTreeSet<_>>().len() > 1;
    let name = |sweep: &Sweep| match several {
        true => format!("{}, OpenTok.js {}", sweep.module, sweep.sdk),
        false => sweep.module.clone(),
    };
    let mut draw = Draw { by, group: drawn, asked: asked_values(drawn), axes };
    let charts = vec![
        draw.advice(),
        draw.mos("Video MOS", |point| &point.video_mos),
        draw.mos("Audio MOS", |point| &point.audio_mos),
        draw.reported(),
    ];
    GroupView {
        title,
        key: LINES.into_iter().zip(drawn.iter().map(|sweep| name(sweep))).collect(),
        charts,
        sweeps: group.iter().map(|sweep| sweep_view(name(sweep), sweep)).collect(),
    }
}

/// Every value that a group's sweeps have, in order.
fn asked_values(group: &[&Sweep]) -> Vec<f64> {
    let bits: BTreeSet<u64> = group.iter().flat_map(|sweep| &sweep.points).map(|point| point.asked.to_bits()).collect();
    bits.into_iter().map(f64::from_bits).collect()
}

struct Draw<'a> {
    by: SweptBy,
    group: &'a [&'a Sweep],
    asked: Vec<f64>,
    axes: &'a mut Axes,
}

impl Draw<'_> {
    /// The values of the sweep, evenly spaced: they are chosen where something happens.
    fn x(&self) -> Axis {
        let name = |asked: &f64| match self.by {
            SweptBy::Rate => format!("{:.0}", asked / 1e3),
            SweptBy::Loss => format!("{}", (asked * 1e4).round() / 1e2),
        };
        let mut names: Vec<_> = self.asked.iter().map(name).collect();
        if let Some(last) = names.last_mut() {
            last.push_str(match self.by {
                SweptBy::Rate => " kbit/s",
                SweptBy::Loss => " %",
            });
        }
        Axis::Names(names)
    }

    fn points(&self, sweep: &Sweep, read: impl Fn(&SweepPoint) -> Option<f64>) -> Vec<Point> {
        let place = |point: &SweepPoint| self.asked.iter().position(|asked| *asked == point.asked);
        sweep.points.iter().filter_map(|point| Some((place(point)? as f64, read(point)))).collect()
    }

    fn chart(
        &mut self,
        title: &'static str,
        unit: &'static str,
        y: Axis,
        layers: &[Layer],
        key: &[(&'static str, &'static str)],
    ) -> ChartView {
        let svg = Plot { x: self.x(), y }.svg(title, layers, self.axes);
        ChartView { title, unit, key: key.to_vec(), svg }
    }

    fn lines(&self, read: impl Fn(&SweepPoint) -> Option<f64> + Copy) -> Vec<Layer> {
        LINES.iter().zip(self.group).map(|(class, sweep)| Layer::Line(class, self.points(sweep, read))).collect()
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
        self.chart("Advice", "for video", Axis::Names(names), &layers, &[])
    }

    /// The median of the repeats as a line, and each of them as a dot.
    fn mos(&mut self, title: &'static str, read: fn(&SweepPoint) -> &[f64]) -> ChartView {
        let dots = DOTS.iter().zip(self.group).map(|(class, sweep)| {
            let place = |point: &SweepPoint| self.asked.iter().position(|asked| *asked == point.asked);
            let points = sweep.points.iter().filter_map(|point| Some((place(point)? as f64, read(point))));
            Layer::Dots(
                class,
                points.flat_map(|(x, values)| values.iter().map(move |value| (x, Some(*value)))).collect(),
            )
        });
        let layers: Vec<_> = dots.chain(self.lines(|point| median(read(point)))).collect();
        self.chart(title, "1 to 4.5", Axis::Numbers(Scale { max: 5.0, step: 1.0 }, ""), &layers, &[])
    }

    /// What was reported, over what the links did.
    fn reported(&mut self) -> ChartView {
        let (title, unit, factor, least) = match self.by {
            SweptBy::Rate => ("Received bitrate, reported", "kbit/s", 1e-3, 100.0),
            SweptBy::Loss => ("Video loss, reported", "%", 100.0, 1.0),
        };
        let truth = |point: &SweepPoint| median(&point.link).map(|link| link * factor);
        // Each sweep has a truth of its own; they differ by chance, and one is enough to see by.
        let behind = self.group.first().map(|sweep| Layer::Area("up", self.points(sweep, truth)));
        let front = self.lines(|point| median(&point.reported).map(|reported| reported * factor));
        let all = self.group.iter().flat_map(|sweep| &sweep.points);
        let top = all.flat_map(|point| [truth(point), median(&point.reported).map(|value| value * factor)]);
        let scale = Scale::up_to(top.flatten().fold(0.0, f64::max), least);
        let layers: Vec<_> = behind.into_iter().chain(front).collect();
        self.chart(title, unit, Axis::Numbers(scale, ""), &layers, &[("up", "the link, median")])
    }
}

/// The pixels of a resolution; none of what is no resolution.
fn pixels(text: &str) -> u64 {
    let size = text
        .split_once('x')
        .and_then(|(width, height)| Some((width.parse::<u32>().ok()?, height.parse::<u32>().ok()?)));
    size.map_or(0, |(width, height)| u64::from(width) * u64::from(height))
}

/// A resolution by its height; of words, as many letters as there is room for.
fn short(text: &str) -> String {
    match text.split_once('x') {
        Some((_, height)) if pixels(text) > 0 => format!("{height}p"),
        _ if text.contains("too low") => "none".to_owned(),
        _ => text.chars().take(6).collect(),
    }
}

fn sweep_view(name: String, sweep: &Sweep) -> SweepView {
    let switches = sweep.switches();
    let in_words = switches.iter().map(|switch| {
        let (below, above) = (value(sweep.by, switch.from.1), value(sweep.by, switch.to.1));
        format!(
            "{} up to {below}, {} from {above}",
            switch.from.0.trim_end_matches('.'),
            switch.to.0.trim_end_matches('.')
        )
    });
    SweepView {
        name,
        switches: in_words.collect(),
        rows: sweep.points.iter().map(|point| row(sweep.by, point)).collect(),
    }
}

fn row(by: SweptBy, point: &SweepPoint) -> RowView {
    let mos = |values: &[f64]| format::or_none(median(values), format::mos);
    let mut advice = point.advice.clone();
    advice.sort();
    advice.dedup();
    RowView {
        asked: value(by, point.asked),
        link: format::or_none(median(&point.link), |link| value(by, link)),
        reported: format::or_none(median(&point.reported), |reported| value(by, reported)),
        advice: advice.join(" or "),
        is_undecided: point.is_undecided(),
        audio_mos: mos(&point.audio_mos),
        video_mos: mos(&point.video_mos),
    }
}

fn value(by: SweptBy, value: f64) -> String {
    match by {
        SweptBy::Rate => format::bits_per_second(value),
        SweptBy::Loss => format::ratio(value),
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
    fn advice_of_a_page_stays_text() {
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
