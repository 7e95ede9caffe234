//! Converts points to path data in whole pixels and relative steps, the shortest form that SVG has.

use std::fmt::Write;

/// A point of a chart in the units of its axes. A point without a value is a gap.
pub(crate) type Point = (f64, Option<f64>);

/// Reduces points to at most `most` by averaging neighbours, which keeps the total mean.
pub(crate) fn thin(points: &[Point], most: usize) -> Vec<Point> {
    if points.len() <= most || most == 0 {
        return points.to_vec();
    }
    let size = points.len().div_ceil(most);
    let mean = |values: &mut dyn Iterator<Item = f64>| {
        let (sum, count) = values.fold((0.0, 0.0), |(sum, count), value| (sum + value, count + 1.0));
        (count > 0.0).then(|| sum / count)
    };
    let groups = points.chunks(size).map(|group| {
        let x = mean(&mut group.iter().map(|(x, _)| *x)).unwrap_or_default();
        (x, mean(&mut group.iter().filter_map(|(_, y)| *y)))
    });
    groups.collect()
}

/// A writer of SVG path data.
#[derive(Default)]
pub(super) struct PathData {
    text: String,
    at: (i32, i32),
    /// The path command that further pairs of numbers belong to.
    open: Option<char>,
}

impl PathData {
    pub(super) fn move_to(&mut self, (x, y): (i32, i32)) {
        // Writing to a string cannot fail.
        let _ = write!(self.text, "M{x} {y}");
        (self.at, self.open) = ((x, y), None);
    }

    pub(super) fn line_to(&mut self, (x, y): (i32, i32)) {
        let (dx, dy) = (x - self.at.0, y - self.at.1);
        // A point at the place of the last one adds nothing, except after a move, where it draws a dot.
        if (dx, dy) == (0, 0) && self.open.is_some() {
            return;
        }
        if self.open != Some('l') {
            self.text.push('l');
            self.open = Some('l');
        } else if dx >= 0 {
            self.text.push(' ');
        }
        let separator = if dy < 0 { "" } else { " " };
        let _ = write!(self.text, "{dx}{separator}{dy}");
        self.at = (x, y);
    }

    pub(super) fn close(&mut self) {
        self.text.push('z');
        self.open = None;
    }

    pub(super) fn into_text(self) -> String {
        self.text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn path_data_is_short() {
        let mut path = PathData::default();
        path.move_to((10, 20));
        path.line_to((15, 10));
        path.line_to((20, 12));
        path.line_to((10, 2));
        path.close();
        path.move_to((1, 2));
        path.line_to((2, 2));
        path.line_to((2, 2));
        assert_eq!(path.into_text(), "M10 20l5-10 5 2-10-10zM1 2l1 0");
    }

    proptest::proptest! {
        #[test]
        fn thinning_keeps_the_mean_and_the_order(values in proptest::collection::vec(0.0..1e6, 1..200), most in 1_usize..50) {
            let points: Vec<Point> = values.iter().enumerate().map(|(x, y)| (x as f64, Some(*y))).collect();
            let thinned = thin(&points, most);
            proptest::prop_assert!(thinned.len() <= most.max(1).min(points.len()));
            proptest::prop_assert!(thinned.is_sorted_by(|a, b| a.0 < b.0));
            let (low, high) = values.iter().fold((f64::MAX, 0.0_f64), |(l, h), v| (l.min(*v), h.max(*v)));
            proptest::prop_assert!(thinned.iter().all(|(_, y)| y.is_some_and(|y| y >= low - 1e-6 && y <= high + 1e-6)));
        }
    }
}
