//! The values of a metric over runs, grouped, with the changes between the groups.

use std::collections::{BTreeMap, HashMap};

use serde::Serialize;

use super::change_point::change_points;
use crate::statistics::{median, quantile};
use precall_results::{Metric, MinimumEffect};

/// A value of a metric in a past case.
#[derive(Debug, Clone, PartialEq)]
pub struct TrendValue {
    /// The case without its builds and its repeat, such as `network=3g`.
    pub cell: String,
    /// The group that the value belongs to, such as a release of OpenTok.js: see [`GroupBy`](super::GroupBy).
    pub group: String,
    /// The directory of the run.
    pub run: String,
    /// The value in the metric's own unit: bit/s, seconds, a share of 1.
    pub value: f64,
}

/// A metric over the groups of a cell.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Trend {
    /// The case without its builds and its repeat; empty when a run has nothing but one case.
    pub cell: String,
    /// The metric.
    pub metric: Metric,
    /// The groups, in their order.
    pub points: Vec<TrendPoint>,
}

/// The values of one group.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TrendPoint {
    /// The name of the group, such as a release.
    pub group: String,
    /// The directory of the first run with a value of the group.
    pub first_run: String,
    /// The number of values.
    pub count: usize,
    /// The median, in the metric's own unit.
    pub median: f64,
    /// The lower end of the noise band: the 10 % quantile of all values since the last change.
    pub low: f64,
    /// The upper end of the noise band: the 90 % quantile of all values since the last change.
    pub high: f64,
    /// The change that happened with this group. Absent where the values go on as before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub change: Option<TrendChange>,
}

/// A change of a metric.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TrendChange {
    /// The median of all values between the change before and this one.
    pub before: f64,
    /// The median of all values from this change to the next.
    pub after: f64,
    /// Whether the metric became better. Absent where neither direction is better.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub is_better: Option<bool>,
}

/// Returns the trend of a metric in each cell, in the order of the cells' names. Groups are in the order in which their
/// first values stand in `values`.
pub fn trends(metric: Metric, values: &[TrendValue]) -> Vec<Trend> {
    let mut cells: BTreeMap<&str, Vec<&TrendValue>> = BTreeMap::new();
    for value in values.iter().filter(|value| value.value.is_finite()) {
        cells.entry(&value.cell).or_default().push(value);
    }
    cells.into_iter().map(|(cell, values)| trend(metric, cell, &values)).collect()
}

fn trend(metric: Metric, cell: &str, values: &[&TrendValue]) -> Trend {
    let mut groups: Vec<(&TrendValue, Vec<f64>)> = Vec::new();
    let mut places: HashMap<&str, usize> = HashMap::new();
    for value in values {
        let place = *places.entry(&value.group).or_insert(groups.len());
        match groups.get_mut(place) {
            Some((_, values)) => values.push(value.value),
            None => groups.push((value, vec![value.value])),
        }
    }
    let series: Vec<Vec<f64>> = groups.iter().map(|(_, values)| values.clone()).collect();
    let segments: Vec<_> = segments(metric, &series).into_iter().filter_map(Segment::of).collect();
    let points = groups.iter().enumerate().filter_map(|(place, (first, values))| {
        let number = segments.iter().rposition(|segment| segment.begin <= place)?;
        let segment = &segments[number];
        let before = number.checked_sub(1).filter(|_| segment.begin == place).map(|before| segments[before].median);
        Some(TrendPoint {
            group: first.group.clone(),
            first_run: first.run.clone(),
            count: values.len(),
            median: median(values)?,
            low: segment.low,
            high: segment.high,
            change: before.map(|before| TrendChange {
                before,
                after: segment.median,
                is_better: metric.row().more_is_better.map(|more| (segment.median > before) == more),
            }),
        })
    });
    Trend { cell: cell.to_owned(), metric, points: points.collect() }
}

/// The values between two changes.
struct Segment {
    /// The first group.
    begin: usize,
    median: f64,
    /// The ends of the noise band.
    low: f64,
    high: f64,
}

impl Segment {
    fn of((begin, values): (usize, Vec<f64>)) -> Option<Self> {
        let (median, low, high) = (median(&values)?, quantile(&values, 0.1)?, quantile(&values, 0.9)?);
        Some(Self { begin, median, low, high })
    }
}

/// Returns the parts of a series between its changes: the first group of each, and all its values. Changes that are
/// smaller than the metric's smallest effect that counts are none.
fn segments(metric: Metric, series: &[Vec<f64>]) -> Vec<(usize, Vec<f64>)> {
    let mut segments: Vec<(usize, Vec<f64>)> = Vec::new();
    let cuts = change_points(series);
    let begins: Vec<_> = std::iter::once(0).chain(cuts).collect();
    for (number, begin) in begins.iter().enumerate() {
        let end = begins.get(number + 1).copied().unwrap_or(series.len());
        let values = series[*begin..end].concat();
        match segments.last_mut() {
            Some((_, before)) if !counts(metric, before, &values) => before.extend(values),
            _ => segments.push((*begin, values)),
        }
    }
    segments
}

fn counts(metric: Metric, before: &[f64], after: &[f64]) -> bool {
    let Some((before, after)) = median(before).zip(median(after)) else { return false };
    let least = match metric.row().minimum_effect {
        Some(MinimumEffect::Absolute(least)) => least,
        Some(MinimumEffect::Relative(share)) => share * before.abs(),
        None => 0.0,
    };
    let change = (after - before).abs();
    change > 0.0 && change >= least
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(cell: &str, group: &str, numbers: &[f64]) -> Vec<TrendValue> {
        let value = |value: &f64| TrendValue {
            cell: cell.to_owned(),
            group: group.to_owned(),
            run: format!("run-of-{group}"),
            value: *value,
        };
        numbers.iter().map(value).collect()
    }

    fn bitrates(center: f64) -> Vec<f64> {
        [-0.02, -0.01, 0.0, 0.01, 0.02, 0.0].iter().map(|share| center * (1.0 + share)).collect()
    }

    #[test]
    fn the_first_release_that_changed_a_metric_is_named() {
        let all: Vec<_> = [("2.33.0", 500e3), ("2.34.2", 505e3), ("2.35.0", 400e3), ("2.35.2", 402e3)]
            .iter()
            .flat_map(|(release, center)| values("network=3g", release, &bitrates(*center)))
            .collect();
        let found = trends(Metric::VideoBitrate, &all);
        let [trend] = &found[..] else { panic!("{found:?}") };
        let changed: Vec<_> = trend.points.iter().filter(|point| point.change.is_some()).collect();
        let [point] = changed[..] else { panic!("{trend:?}") };
        assert_eq!((point.group.as_str(), point.first_run.as_str(), point.count), ("2.35.0", "run-of-2.35.0", 6));
        let change = point.change.expect("a change");
        assert_eq!(change.is_better, Some(false));
        assert!(change.before > 495e3 && change.after < 405e3, "{change:?}");
        assert!(trend.points[0].low < 495e3 && trend.points[0].high > 505e3, "{trend:?}");
        assert_eq!((trend.points[0].low, trend.points[0].high), (trend.points[1].low, trend.points[1].high));
    }

    #[test]
    fn changes_that_nobody_notices_are_none() {
        let all = [values("", "a", &bitrates(500e3)), values("", "b", &bitrates(498e3))].concat();
        assert!(trends(Metric::VideoBitrate, &all)[0].points.iter().all(|point| point.change.is_none()));
    }

    #[test]
    fn cells_have_trends_of_their_own() {
        let all = [values("b", "1", &[1.0]), values("a", "1", &[2.0, f64::NAN]), values("b", "2", &[3.0])].concat();
        let found = trends(Metric::VideoMos, &all);
        let cells: Vec<_> = found.iter().map(|trend| (trend.cell.as_str(), trend.points.len())).collect();
        assert_eq!(cells, [("a", 1), ("b", 2)]);
        assert_eq!(found[0].points[0].count, 1);
    }
}
