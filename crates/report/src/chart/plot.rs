//! One chart: layers of points over a pair of axes.

use super::axes::{Axes, ChartAxis};
use super::geometry::{BOTTOM, HEIGHT, LEFT, RIGHT, TOP, WIDTH};
use super::path::{PathData, Point};

/// One layer of a chart. Its class determines its look.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum ChartLayer {
    /// A line through points.
    Line(&'static str, Vec<Point>),
    /// A line that keeps each value until the next point.
    Steps(&'static str, Vec<Point>),
    /// The area below a line.
    Area(&'static str, Vec<Point>),
    /// A bar up to each point.
    Bars(&'static str, Vec<Point>),
    /// A dot at each point.
    Dots(&'static str, Vec<Point>),
}

/// The axes of a chart.
#[derive(Debug, Clone)]
pub(crate) struct Plot {
    pub x: ChartAxis,
    pub y: ChartAxis,
}

impl Plot {
    /// Returns the chart as an `svg` element that refers to the shared `axes`. `label` describes it for screen readers.
    pub(crate) fn svg(&self, label: &str, layers: &[ChartLayer], axes: &mut Axes) -> String {
        let (vertical, horizontal) = (axes.vertical(&self.y), axes.horizontal(&self.x));
        let drawn: String = layers.iter().map(|layer| self.draw(layer)).collect();
        format!(
            "<svg class=\"chart\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"img\" aria-label=\"{label}\">\
             <use href=\"#{horizontal}\"/><use href=\"#{vertical}\"/>{drawn}</svg>"
        )
    }

    fn draw(&self, layer: &ChartLayer) -> String {
        let mut path = PathData::default();
        let class = match layer {
            ChartLayer::Line(class, points) => {
                self.runs(points).iter().for_each(|run| polyline(&mut path, run));
                class
            }
            ChartLayer::Steps(class, points) => {
                for run in self.runs(points) {
                    polyline(&mut path, &steps(&run, self.px(self.x.max())));
                }
                class
            }
            ChartLayer::Area(class, points) => {
                for run in self.runs(points) {
                    let (Some(first), Some(last)) = (run.first(), run.last()) else { continue };
                    path.move_to((first.0, BOTTOM));
                    run.iter().for_each(|at| path.line_to(*at));
                    path.line_to((last.0, BOTTOM));
                    path.close();
                }
                class
            }
            ChartLayer::Bars(class, points) => {
                for (x, y) in self.runs(points).concat().into_iter().filter(|(_, y)| *y < BOTTOM) {
                    path.move_to((x, BOTTOM));
                    path.line_to((x, y));
                }
                class
            }
            ChartLayer::Dots(class, points) => {
                for at in self.runs(points).concat() {
                    path.move_to(at);
                    path.line_to(at);
                }
                class
            }
        };
        let data = path.into_text();
        if data.is_empty() { data } else { format!("<path class=\"{class}\" d=\"{data}\"/>") }
    }

    fn px(&self, x: f64) -> i32 {
        LEFT + (x / self.x.max() * f64::from(RIGHT - LEFT)).round() as i32
    }

    /// Returns the points in pixels, in runs without a gap. A point outside the axes is a gap.
    fn runs(&self, points: &[Point]) -> Vec<Vec<(i32, i32)>> {
        let inside = |x: f64, y: f64| {
            let is_inside =
                (0.0..=self.x.max() * 1.000_001).contains(&x) && (0.0..=self.y.max() * 1.000_001).contains(&y);
            let height = (y / self.y.max() * f64::from(BOTTOM - TOP)).round() as i32;
            is_inside.then(|| (self.px(x), BOTTOM - height))
        };
        let mut runs = vec![Vec::new()];
        for (x, y) in points {
            match y.and_then(|y| inside(*x, y)) {
                Some(at) => runs.last_mut().into_iter().for_each(|run| run.push(at)),
                None => runs.push(Vec::new()),
            }
        }
        runs.retain(|run| !run.is_empty());
        runs
    }
}

fn polyline(path: &mut PathData, run: &[(i32, i32)]) {
    let Some((first, rest)) = run.split_first() else { return };
    path.move_to(*first);
    // A single point becomes a dot, because of its round line caps.
    if rest.is_empty() {
        path.line_to(*first);
    }
    rest.iter().for_each(|at| path.line_to(*at));
}

/// Returns the corners of a line that changes only at points and ends at `end`.
fn steps(run: &[(i32, i32)], end: i32) -> Vec<(i32, i32)> {
    let nexts = run.iter().skip(1).map(|(x, _)| *x).chain([end]);
    run.iter().zip(nexts).flat_map(|((x, y), next)| [(*x, *y), (next.max(*x), *y)]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chart::Scale;

    #[test]
    fn a_chart_with_every_layer() {
        let points: Vec<Point> =
            vec![(0.0, Some(0.0)), (1.0, Some(50.0)), (2.0, None), (3.0, Some(100.0)), (4.0, Some(101.0))];
        let plot = Plot {
            x: ChartAxis::Numbers(Scale::up_to(4.0, 1.0), "s"),
            y: ChartAxis::Numbers(Scale::up_to(100.0, 1.0), ""),
        };
        let mut axes = Axes::default();
        let layers = [
            ChartLayer::Area("area", points.clone()),
            ChartLayer::Line("line", points.clone()),
            ChartLayer::Steps("steps", points.clone()),
            ChartLayer::Bars("bars", points.clone()),
            ChartLayer::Dots("dots", points),
            ChartLayer::Line("nothing", Vec::new()),
        ];
        let svg = plot.svg("what it shows", &layers, &mut axes);
        insta::assert_snapshot!(format!("{svg}\n{}", axes.definitions()).replace("><", ">\n<"));
    }

    #[test]
    fn names_along_an_axis_are_escaped() {
        let plot =
            Plot { x: ChartAxis::Names(vec!["<b>".to_owned(), "&".to_owned()]), y: ChartAxis::Names(Vec::new()) };
        let mut axes = Axes::default();
        plot.svg("", &[ChartLayer::Dots("dots", vec![(0.0, Some(0.0)), (1.0, Some(0.0))])], &mut axes);
        let text = axes.definitions();
        assert!(text.contains(">&lt;b&gt;</text>") && text.contains(">&amp;</text>"), "{text}");
    }

    proptest::proptest! {
        #[test]
        fn nothing_is_drawn_outside_of_the_axes(points in proptest::collection::vec((-10.0..1e4_f64, -10.0..1e4_f64), 0..40)) {
            let plot = Plot { x: ChartAxis::Numbers(Scale::up_to(30.0, 1.0), "s"), y: ChartAxis::Numbers(Scale::up_to(100.0, 1.0), "") };
            let points: Vec<Point> = points.into_iter().map(|(x, y)| (x, Some(y))).collect();
            for (x, y) in plot.runs(&points).concat() {
                proptest::prop_assert!((LEFT..=RIGHT).contains(&x) && (TOP..=BOTTOM).contains(&y));
            }
        }
    }
}
