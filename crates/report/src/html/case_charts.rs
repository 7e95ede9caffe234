//! Draws the charts of a case on a common time axis.

use serde::Serialize;

use crate::chart::{Axes, ChartAxis, ChartLayer, Plot, Point, Scale, thin};

/// A chart with its heading.
#[derive(Debug, Serialize)]
pub(super) struct ChartView {
    pub title: String,
    pub unit: &'static str,
    /// The legend: the class and the name of each layer.
    pub legend: Vec<(&'static str, &'static str)>,
    pub svg: String,
}

/// The level of detail of a case.
#[derive(Debug, Clone, Copy)]
pub(super) struct Detail {
    /// The largest number of points of a line.
    pub points: usize,
    /// The largest number of events of a case that did not pass, and of one that did.
    pub events: [usize; 2],
    /// Whether there is all that the viewer of a case needs: events of every source, a chart of them, and the places of
    /// the recorded lines. Otherwise there are only lines of the console.
    pub has_viewer: bool,
}

impl Detail {
    /// The level of detail in a run with few cases.
    pub(super) const FULL: Self = Self { points: 60, events: [200, 200], has_viewer: true };
    /// The level of detail in a run with many cases.
    pub(super) const BRIEF: Self = Self { points: 10, events: [10, 0], has_viewer: false };
}

/// The charts of a case, which have the same time axis.
pub(super) struct CaseCharts<'a> {
    pub(super) x: Scale,
    pub(super) detail: Detail,
    pub(super) axes: &'a mut Axes,
}

/// A layer with its name in the legend.
pub(super) type NamedLayer = (&'static str, ChartLayer);

impl CaseCharts<'_> {
    pub(super) fn chart(
        &mut self,
        title: impl Into<String>,
        unit: &'static str,
        y: Scale,
        behind: Vec<NamedLayer>,
        front: Vec<NamedLayer>,
    ) -> Option<ChartView> {
        self.plot(title, unit, ChartAxis::Numbers(y, ""), behind, front)
    }

    /// Returns a chart of the layers that have points. `None` if only background layers have.
    pub(super) fn plot(
        &mut self,
        title: impl Into<String>,
        unit: &'static str,
        y: ChartAxis,
        behind: Vec<NamedLayer>,
        front: Vec<NamedLayer>,
    ) -> Option<ChartView> {
        let has_points = |(_, layer): &NamedLayer| points(layer).iter().any(|(_, y)| y.is_some());
        let front: Vec<_> = front.into_iter().filter(has_points).collect();
        if front.is_empty() {
            return None;
        }
        let shown: Vec<_> = behind.into_iter().filter(has_points).chain(front).collect();
        let legend =
            shown.iter().filter(|(name, _)| !name.is_empty()).map(|(name, layer)| (class(layer), *name)).collect();
        let layers: Vec<_> = shown.into_iter().map(|(_, layer)| self.thinned(layer)).collect();
        let plot = Plot { x: ChartAxis::Numbers(self.x, "s"), y };
        let title = title.into();
        let svg = plot.svg(&title, &layers, self.axes);
        Some(ChartView { title, unit, legend, svg })
    }

    fn thinned(&self, layer: ChartLayer) -> ChartLayer {
        let most = self.detail.points;
        match layer {
            ChartLayer::Line(class, points) => ChartLayer::Line(class, thin(&points, most)),
            ChartLayer::Area(class, points) => ChartLayer::Area(class, thin(&points, most)),
            ChartLayer::Bars(class, points) => ChartLayer::Bars(class, thin(&points, most)),
            layer => layer,
        }
    }
}

fn points(layer: &ChartLayer) -> &[Point] {
    match layer {
        ChartLayer::Line(_, points)
        | ChartLayer::Steps(_, points)
        | ChartLayer::Area(_, points)
        | ChartLayer::Bars(_, points)
        | ChartLayer::Dots(_, points) => points,
    }
}

fn class(layer: &ChartLayer) -> &'static str {
    match layer {
        ChartLayer::Line(class, _)
        | ChartLayer::Steps(class, _)
        | ChartLayer::Area(class, _)
        | ChartLayer::Bars(class, _)
        | ChartLayer::Dots(class, _) => class,
    }
}
