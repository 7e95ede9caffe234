//! One chart: layers of points over a pair of axes.

use super::axes::{Axes, Axis};
use super::path::{PathData, Point};

/// The size of every chart in pixels, and the edges of the part that has the data.
pub(super) const WIDTH: i32 = 340;
pub(super) const HEIGHT: i32 = 140;
pub(super) const LEFT: i32 = 38;
pub(super) const RIGHT: i32 = 332;
pub(super) const TOP: i32 = 8;
pub(super) const BOTTOM: i32 = 118;

/// Something drawn in a chart; its class says how it looks.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Layer {
    /// A line through points.
    Line(&'static str, Vec<Point>),
    /// A line that keeps a value until the next.
    Steps(&'static str, Vec<Point>),
    /// What is below a line.
    Area(&'static str, Vec<Point>),
    /// A bar up to each point.
    Bars(&'static str, Vec<Point>),
    /// A dot at each point.
    Dots(&'static str, Vec<Point>),
}

/// The plane of a chart.
#[derive(Debug, Clone)]
pub(crate) struct Plot {
    pub x: Axis,
    pub y: Axis,
}

impl Plot {
    /// The chart as an `svg` element that takes its axes from `axes`; `label` is what it shows, for who cannot see it.
    pub fn svg(&self, label: &str, layers: &[Layer], axes: &mut Axes) -> String {
        let (vertical, horizontal) = (axes.vertical(&self.y), axes.horizontal(&self.x));
        let drawn: String = layers.iter().map(|layer| self.draw(layer)).collect();
        format!(
            "<svg class=\"chart\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"img\" aria-label=\"{label}\">\
             <use href=\"#{horizontal}\"/><use href=\"#{vertical}\"/>{drawn}</svg>"
        )
    }

    fn draw(&self, layer: &Layer) -> String {
        let mut path = PathData::default();
        let class = match layer {
            Layer::Line(class, points) => {
                self.runs(points).iter().for_each(|run| polyline(&mut path, run));
                class
            }
            Layer::Steps(class, points) => {
                for run in self.runs(points) {
                    polyline(&mut path, &steps(&run, self.px(self.x.max())));
                }
                class
            }
            Layer::Area(class, points) => {
                for run in self.runs(points) {
                    let (Some(first), Some(last)) = (run.first(), run.last()) else { continue };
                    path.move_to((first.0, BOTTOM));
                    run.iter().for_each(|at| path.line_to(*at));
                    path.line_to((last.0, BOTTOM));
                    path.close();
                }
                class
            }
            Layer::Bars(class, points) => {
                for (x, y) in self.runs(points).concat().into_iter().filter(|(_, y)| *y < BOTTOM) {
                    path.move_to((x, BOTTOM));
                    path.line_to((x, y));
                }
                class
            }
            Layer::Dots(class, points) => {
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

    /// The points in pixels, in runs without a gap. What is outside the plane is a gap.
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
    // A lone point is a dot, with round line caps.
    if rest.is_empty() {
        path.line_to(*first);
    }
    rest.iter().for_each(|at| path.line_to(*at));
}

/// Corners where a value changes, up to `end`.
fn steps(run: &[(i32, i32)], end: i32) -> Vec<(i32, i32)> {
    let nexts = run.iter().skip(1).map(|(x, _)| *x).chain([end]);
    run.iter().zip(nexts).flat_map(|((x, y), next)| [(*x, *y), (next.max(*x), *y)]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chart::Scale;

    #[test]
    fn a_chart_of_every_layer() {
        let points: Vec<Point> =
            vec![(0.0, Some(0.0)), (1.0, Some(50.0)), (2.0, None), (3.0, Some(100.0)), (4.0, Some(101.0))];
        let plot =
            Plot { x: Axis::Numbers(Scale::up_to(4.0, 1.0), "s"), y: Axis::Numbers(Scale::up_to(100.0, 1.0), "") };
        let mut axes = Axes::default();
        let layers = [
            Layer::Area("area", points.clone()),
            Layer::Line("line", points.clone()),
            Layer::Steps("steps", points.clone()),
            Layer::Bars("bars", points.clone()),
            Layer::Dots("dots", points),
            Layer::Line("nothing", Vec::new()),
        ];
        let svg = plot.svg("what it shows", &layers, &mut axes);
        insta::assert_snapshot!(format!("{svg}\n{}", axes.definitions()).replace("><", ">\n<"));
    }

    #[test]
    fn names_along_an_axis_stay_text() {
        let plot = Plot { x: Axis::Names(vec!["<b>".to_owned(), "&".to_owned()]), y: Axis::Names(Vec::new()) };
        let mut axes = Axes::default();
        plot.svg("", &[Layer::Dots("dots", vec![(0.0, Some(0.0)), (1.0, Some(0.0))])], &mut axes);
        let text = axes.definitions();
        assert!(text.contains(">&lt;b&gt;</text>") && text.contains(">&amp;</text>"), "{text}");
    }

    proptest::proptest! {
        #[test]
        fn nothing_is_drawn_outside(points in proptest::collection::vec((-10.0..1e4_f64, -10.0..1e4_f64), 0..40)) {
            let plot = Plot { x: Axis::Numbers(Scale::up_to(30.0, 1.0), "s"), y: Axis::Numbers(Scale::up_to(100.0, 1.0), "") };
            let points: Vec<Point> = points.into_iter().map(|(x, y)| (x, Some(y))).collect();
            for (x, y) in plot.runs(&points).concat() {
                proptest::prop_assert!((LEFT..=RIGHT).contains(&x) && (TOP..=BOTTOM).contains(&y));
            }
        }
    }
}
