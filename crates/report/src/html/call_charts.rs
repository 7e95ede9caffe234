//! The charts of a call: one of each subscription, with the links that it passed behind it.

use super::call::pair_name;
use super::case_charts::{CaseCharts, ChartView, NamedLayer};
use crate::chart::{ChartLayer, Point, Scale};
use crate::series::{link_rates, rates};
use precall_judge::statistics::median;
use precall_netem::Direction;
use precall_results::{CaseSeries, PageSecond, Perceived, SubscriptionSample};

/// The most subscriptions that have charts.
const MAX_PAIRS: usize = 8;

/// Returns the charts of a call: of its subscriptions, and of its pages.
pub(super) fn call_charts(series: &CaseSeries, draw: &mut CaseCharts<'_>) -> Vec<ChartView> {
    let of_pages = series.pages.iter().take(MAX_PAIRS);
    let subscriptions = series.by_subscription().into_iter().take(MAX_PAIRS);
    let mut charts: Vec<_> = subscriptions
        .flat_map(|(participant, publisher, stream, samples)| {
            charts_of((participant, publisher, stream), &samples, series, draw)
        })
        .collect();
    charts.extend(of_pages.flat_map(|(participant, seconds)| page_charts(participant, seconds, draw)));
    charts
}

fn page_charts(participant: &str, seconds: &[(f64, PageSecond)], draw: &mut CaseCharts<'_>) -> Vec<ChartView> {
    let points = |read: fn(&PageSecond) -> f64| -> Vec<Point> {
        seconds.iter().map(|(at, page)| (*at, Some(read(page)))).collect()
    };
    let (cpu, heap) = (points(|page| page.cpu_ratio * 100.0), points(|page| page.heap_size as f64 / 1e6));
    let mut chart = |what: &str, unit, least, layer: NamedLayer, points: &[Point]| {
        let highest = points.iter().filter_map(|(_, y)| *y).fold(0.0, f64::max);
        let title = format!("{participant}: {what}");
        draw.chart(title, unit, Scale::up_to(highest, least), Vec::new(), vec![layer])
    };
    let of_cpu = chart("CPU time of the page", "% of a core", 20.0, ("CPU", ChartLayer::Line("v", cpu.clone())), &cpu);
    let of_heap =
        chart("heap of the page", "MB", 10.0, ("JavaScript heap", ChartLayer::Line("a", heap.clone())), &heap);
    [of_cpu, of_heap].into_iter().flatten().collect()
}

/// Returns the end of a call's series, in seconds.
pub(super) fn end_of(series: &CaseSeries) -> f64 {
    let links = series.participant_links.iter().filter_map(|(_, readings)| readings.last()).map(|(at, _)| *at);
    series.subscriptions.iter().map(|sample| sample.at).chain(links).fold(0.0, f64::max)
}

fn charts_of(
    (participant, publisher, stream): (&str, &str, &str),
    samples: &[&SubscriptionSample],
    series: &CaseSeries,
    draw: &mut CaseCharts<'_>,
) -> Vec<ChartView> {
    let name = pair_name(participant, publisher, stream);
    let video = rates(samples, |one| one.video.map(|video| (video.timestamp, video.bytes_received as f64 * 8.0)));
    let audio = rates(samples, |one| one.audio.map(|audio| (audio.timestamp, audio.bytes_received as f64 * 8.0)));
    let frames = rates(samples, |one| one.video.map(|video| (video.timestamp, video.frames_decoded as f64)));
    let presented = rates(samples, |one| one.presented.map(|frames| (frames.timestamp, frames.frames as f64)));
    let link = |name: &str, direction| {
        let readings = series.participant_links.iter().find(|(known, _)| known == name);
        readings.map(|(_, readings)| link_rates(readings, direction)).unwrap_or_default()
    };
    let (up, down) = (link(publisher, Direction::Up), link(participant, Direction::Down));
    let highest = [&video, &audio, &up, &down].into_iter().flatten().filter_map(|(_, y)| *y).fold(0.0, f64::max);
    let (unit, divisor) = if highest >= 1.5e6 { ("Mbit/s", 1e6) } else { ("kbit/s", 1e3) };
    let scaled =
        |points: &[Point]| -> Vec<Point> { points.iter().map(|(x, y)| (*x, y.map(|y| y / divisor))).collect() };
    let behind: Vec<NamedLayer> = vec![
        ("publisher's link, up", ChartLayer::Area("up", scaled(&up))),
        ("subscriber's link, down", ChartLayer::Area("down", scaled(&down))),
    ];
    let front: Vec<NamedLayer> =
        vec![("audio", ChartLayer::Line("a", scaled(&audio))), ("video", ChartLayer::Line("v", scaled(&video)))];
    let bitrate =
        draw.chart(format!("{name}: bitrate"), unit, Scale::up_to(highest / divisor, 100e3 / divisor), behind, front);
    let front: Vec<NamedLayer> =
        vec![("presented by the page", ChartLayer::Line("est", presented)), ("decoded", ChartLayer::Line("v", frames))];
    let frame_rate = draw.chart(format!("{name}: frames"), "frames/s", Scale::up_to(30.0, 20.0), Vec::new(), front);
    let (delay, similarity) = perceived_charts(&name, samples, draw);
    [bitrate, frame_rate, delay, similarity].into_iter().flatten().collect()
}

/// Returns the charts of the delays and of the similarity; `None` where no film or speech is known.
fn perceived_charts(
    name: &str,
    samples: &[&SubscriptionSample],
    draw: &mut CaseCharts<'_>,
) -> (Option<ChartView>, Option<ChartView>) {
    let points = |read: fn(&Perceived) -> Option<f64>| -> Vec<Point> {
        samples.iter().filter_map(|one| Some((one.at, Some(read(one.perceived.as_ref()?)?)))).collect()
    };
    let picture = points(|perceived| median(&perceived.delays));
    let sound = points(|perceived| median(&perceived.sound_delays));
    let similarity = points(|perceived| perceived.similarity);
    let highest = picture.iter().chain(&sound).filter_map(|(_, y)| *y).fold(0.0, f64::max);
    let layers = vec![("sound", ChartLayer::Line("a", sound)), ("picture", ChartLayer::Line("v", picture.clone()))];
    let mut chart = |what: &str, unit, scale, layers, is_there: bool| {
        is_there.then(|| draw.chart(format!("{name}: {what}"), unit, scale, Vec::new(), layers)).flatten()
    };
    let delay = chart("delay", "ms", Scale::up_to(highest, 100.0), layers, !picture.is_empty());
    let is_compared = !similarity.is_empty();
    let layers = vec![("SSIM", ChartLayer::Line("v", similarity))];
    (delay, chart("similarity to the film", "", Scale::up_to(1.0, 1.0), layers, is_compared))
}
