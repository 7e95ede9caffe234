//! Whether the router's figures are those of the reference.

use std::collections::BTreeMap;

use super::figures::RunFigures;
use super::metric::FidelityMetric;
use precall_judge::statistics::median;

/// How far a figure may be from the reference's, as a share of it, on any one network.
pub const TOLERANCE: f64 = 0.10;

/// How far the median over all networks may be.
pub const MEDIAN_BAR: f64 = 0.04;

/// The figures of runs of one route on one network, by their seeds.
pub type BySeed = BTreeMap<u64, RunFigures>;

/// Mean and range of a figure over the runs that have it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ValueSpread {
    /// The arithmetic mean of the values.
    pub mean: f64,
    /// The smallest of the values.
    pub min: f64,
    /// The largest of the values.
    pub max: f64,
}

impl ValueSpread {
    /// Returns the spread of these values. Absent without any value.
    pub fn of(values: impl IntoIterator<Item = f64>) -> Option<Self> {
        let values: Vec<f64> = values.into_iter().collect();
        let first = *values.first()?;
        let (min, max) = values.iter().fold((first, first), |(min, max), value| (min.min(*value), max.max(*value)));
        Some(Self { mean: values.iter().sum::<f64>() / values.len() as f64, min, max })
    }

    /// From the smallest to the largest.
    pub fn width(self) -> f64 {
        self.max - self.min
    }
}

/// A metric on a network, of both routes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Agreement {
    /// The metric that is compared.
    pub metric: FidelityMetric,
    /// Over the runs without a router; `None` when no run has it.
    pub reference: Option<ValueSpread>,
    /// Over the runs with one.
    pub router: Option<ValueSpread>,
    /// The router's mean as a share of the reference's; `None` where that is zero.
    pub ratio: Option<f64>,
    /// The same of each pair of runs with the same seed.
    pub pair_ratios: Option<ValueSpread>,
    /// Whether they agree.
    pub verdict: AgreementVerdict,
}

/// Whether a figure is that of the reference.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AgreementVerdict {
    /// It is, by this bar.
    Within(Bar),
    /// It is not, by any.
    Outside,
    /// One of the routes has it and the other has not.
    OneSided,
    /// Neither has it.
    Absent,
}

/// By what two figures agree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bar {
    /// They differ by no more than [`TOLERANCE`].
    Tolerance,
    /// They differ by no more than the reference's own runs do.
    ValueSpread,
    /// They differ by no more than [`FidelityMetric::grain`], which is all that can be told apart.
    Grain,
}

impl Agreement {
    /// Compares the runs of a network without a router with those through the router.
    pub fn of(metric: FidelityMetric, reference: &BySeed, router: &BySeed) -> Self {
        let values = |runs: &BySeed| ValueSpread::of(runs.values().filter_map(|run| metric.of(run)));
        let (of_reference, of_router) = (values(reference), values(router));
        let share = |router: f64, reference: f64| (reference > 0.0).then(|| router / reference);
        let pairs = reference.iter().filter_map(|(seed, run)| share(metric.of(router.get(seed)?)?, metric.of(run)?));
        let ratio = of_router.zip(of_reference).and_then(|(router, reference)| share(router.mean, reference.mean));
        let judged = |runs: &BySeed| ValueSpread::of(runs.values().filter_map(|run| metric.judged(run)));
        let verdict = match (judged(reference), judged(router)) {
            (Some(reference), Some(router)) => judge(metric, reference, router),
            (None, None) => AgreementVerdict::Absent,
            _ => AgreementVerdict::OneSided,
        };
        Self { metric, reference: of_reference, router: of_router, ratio, pair_ratios: ValueSpread::of(pairs), verdict }
    }

    /// How far the router's mean is from the reference's, as a share of it.
    pub fn deviation(&self) -> Option<f64> {
        self.ratio.map(|ratio| (ratio - 1.0).abs())
    }
}

fn judge(metric: FidelityMetric, reference: ValueSpread, router: ValueSpread) -> AgreementVerdict {
    let difference = (router.mean - reference.mean).abs();
    // What is computed from the same figures may differ in its last digit.
    let is_within = |bar: f64| difference <= bar * (1.0 + 1e-9);
    if is_within(reference.mean.abs() * TOLERANCE) {
        AgreementVerdict::Within(Bar::Tolerance)
    } else if is_within(reference.width()) {
        AgreementVerdict::Within(Bar::ValueSpread)
    } else if is_within(metric.grain()) {
        AgreementVerdict::Within(Bar::Grain)
    } else {
        AgreementVerdict::Outside
    }
}

/// The metrics of a network that a run of either route has.
pub fn agreements(reference: &BySeed, router: &BySeed) -> Vec<Agreement> {
    let all = FidelityMetric::ALL.into_iter().map(|metric| Agreement::of(metric, reference, router));
    all.filter(|agreement| agreement.verdict != AgreementVerdict::Absent).collect()
}

/// The median over networks of how far a metric is from the reference's; `None` when no network has it.
pub fn median_deviation<'a>(metric: FidelityMetric, networks: impl IntoIterator<Item = &'a Agreement>) -> Option<f64> {
    let of_metric = networks.into_iter().filter(|agreement| agreement.metric == metric);
    median(&of_metric.filter_map(Agreement::deviation).collect::<Vec<_>>())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn received(rates: &[f64]) -> BySeed {
        let run = |rate: &f64| RunFigures { received_rate: Some(*rate), ..RunFigures::default() };
        (1..).zip(rates.iter().map(run)).collect()
    }

    fn verdict(reference: &[f64], router: &[f64]) -> AgreementVerdict {
        Agreement::of(FidelityMetric::ReceivedRate, &received(reference), &received(router)).verdict
    }

    #[test]
    fn tolerance_is_ten_per_cent_or_the_references_spread() {
        assert_eq!(verdict(&[100.0; 3], &[110.0, 111.0, 109.0]), AgreementVerdict::Within(Bar::Tolerance));
        assert_eq!(verdict(&[100.0; 3], &[111.0; 3]), AgreementVerdict::Outside);
        assert_eq!(verdict(&[100.0; 3], &[89.0; 3]), AgreementVerdict::Outside);
        assert_eq!(verdict(&[80.0, 100.0, 120.0], &[135.0; 3]), AgreementVerdict::Within(Bar::ValueSpread));
        assert_eq!(verdict(&[80.0, 100.0, 120.0], &[141.0; 3]), AgreementVerdict::Outside);
        assert_eq!(verdict(&[], &[100.0]), AgreementVerdict::OneSided);
        assert_eq!(verdict(&[], &[]), AgreementVerdict::Absent);
    }

    #[test]
    fn counts_have_a_minimum_difference() {
        let loss = |reported, dropped| {
            let run =
                RunFigures { loss_ratio: Some(reported), link_loss_ratio: Some(dropped), ..RunFigures::default() };
            BySeed::from([(1, run)])
        };
        let agreement = |router: BySeed| Agreement::of(FidelityMetric::Loss, &loss(0.02, 0.02), &router);
        assert_eq!(agreement(loss(0.024, 0.02)).verdict, AgreementVerdict::Within(Bar::Grain));
        assert_eq!(agreement(loss(0.026, 0.02)).verdict, AgreementVerdict::Outside);
        // What the link did is not the router's fault.
        assert_eq!(agreement(loss(0.036, 0.036)).verdict, AgreementVerdict::Within(Bar::Tolerance));
        assert_eq!(agreement(loss(0.03, 0.03)).ratio, Some(1.5));
        let none = Agreement::of(FidelityMetric::Loss, &loss(0.0, 0.0), &loss(0.004, 0.0));
        assert_eq!((none.verdict, none.ratio), (AgreementVerdict::Within(Bar::Grain), None));
    }

    #[test]
    fn runs_with_the_same_seed_are_pairs() {
        let mut router = received(&[110.0, 160.0]);
        let reference = received(&[100.0, 200.0]);
        let agreement = Agreement::of(FidelityMetric::ReceivedRate, &reference, &router);
        assert_eq!(agreement.ratio, Some(0.9));
        assert_eq!(agreement.pair_ratios.map(|pairs| (pairs.min, pairs.max)), Some((0.8, 1.1)));
        assert!(agreement.deviation().is_some_and(|deviation| (deviation - 0.1).abs() < 1e-9));
        // Without the first run of one route, the second ones are still a pair.
        router.remove(&1);
        let agreement = Agreement::of(FidelityMetric::ReceivedRate, &reference, &router);
        assert_eq!(agreement.pair_ratios.map(|pairs| (pairs.min, pairs.max)), Some((0.8, 0.8)));
        router.clear();
        let agreement = Agreement::of(FidelityMetric::ReceivedRate, &reference, &router);
        assert_eq!((agreement.ratio, agreement.pair_ratios), (None, None));
    }

    #[test]
    fn median_is_over_networks_of_one_metric() {
        let of =
            |ratio: f64| Agreement::of(FidelityMetric::ReceivedRate, &received(&[100.0]), &received(&[100.0 * ratio]));
        let networks = [of(0.9), of(1.02), of(1.3)];
        let median = median_deviation(FidelityMetric::ReceivedRate, &networks);
        assert!(median.is_some_and(|median| (median - 0.1).abs() < 1e-9), "{median:?}");
        assert_eq!(median_deviation(FidelityMetric::Loss, &networks), None);
        // Of a network that has no such figure nothing is shown.
        assert_eq!(agreements(&received(&[1.0]), &received(&[1.0])).len(), 1);
    }
}
