//! Finds the cases of a run that form a sweep.

use std::collections::BTreeMap;

use super::point::SweepPoint;
use precall_netem::NetworkConfig;
use precall_netem::units::Ratio;
use precall_results::{CaseResult, RunResult};

/// The property of the network that a sweep changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum SweepAxis {
    /// The rate of the network.
    Rate,
    /// The random loss of the network.
    Loss,
}

/// Cases that differ in only one property of their network, and their repeats.
#[derive(Debug, Clone, PartialEq)]
pub struct Sweep {
    /// The property that changes.
    pub axis: SweepAxis,
    /// The case's name and the axes that are the same in the whole sweep.
    pub name: String,
    /// The release of OpenTok.js.
    pub sdk: String,
    /// The network-test module.
    pub module: String,
    /// The measurements, in ascending order of the requested value.
    pub points: Vec<SweepPoint>,
}

/// A change of the advice between two neighbouring values.
#[derive(Debug, Clone, PartialEq)]
pub struct ChangePoint {
    /// The advice at the lower value, and that value.
    pub from: (String, f64),
    /// The advice at the higher value, and that value.
    pub to: (String, f64),
}

impl Sweep {
    /// Returns the changes of the most frequent advice, in ascending order.
    pub fn change_points(&self) -> Vec<ChangePoint> {
        let known = self.points.iter().filter_map(|point| Some((point.usual_advice()?.to_owned(), point.requested)));
        let known: Vec<_> = known.collect();
        let pairs = known.windows(2).filter(|pair| pair[0].0 != pair[1].0);
        pairs.map(|pair| ChangePoint { from: pair[0].clone(), to: pair[1].clone() }).collect()
    }
}

/// Returns the sweeps of a run, those over rates first. Empty if no two cases differ only in the rate or the loss of
/// their network.
pub fn sweeps(run: &RunResult) -> Vec<Sweep> {
    let mut found = Vec::new();
    for axis in [SweepAxis::Rate, SweepAxis::Loss] {
        let mut groups: BTreeMap<(String, String), (Sweep, BTreeMap<u64, SweepPoint>)> = BTreeMap::new();
        for case in run.cases.iter().filter(|case| case.network.applied) {
            let Some(requested) = requested(&case.network.requested, axis) else { continue };
            let (_, points) = groups.entry(key(case, axis)).or_insert_with(|| (empty(case, axis), BTreeMap::new()));
            // The bits of positive floating-point numbers have the same order as the numbers.
            let point =
                points.entry(requested.to_bits()).or_insert_with(|| SweepPoint { requested, ..SweepPoint::default() });
            point.add(case, axis == SweepAxis::Loss);
        }
        let swept = groups.into_values().filter(|(_, points)| points.len() > 1);
        found.extend(swept.map(|(sweep, points)| Sweep { points: points.into_values().collect(), ..sweep }));
    }
    found
}

/// Returns the requested value of a network: the lower rate, or the higher loss, of both directions. `None` if the rate
/// is unlimited.
fn requested(network: &NetworkConfig, axis: SweepAxis) -> Option<f64> {
    let (up, down) = (&network.up, &network.down);
    match axis {
        SweepAxis::Rate => [up.rate, down.rate].into_iter().flatten().min().map(|rate| rate.bits_per_second() as f64),
        SweepAxis::Loss => Some([up.loss, down.loss].into_iter().flatten().map(Ratio::get).fold(0.0, f64::max)),
    }
}

/// Returns the properties that are the same in all cases of a sweep. The first part determines the order of sweeps.
fn key(case: &CaseResult, axis: SweepAxis) -> (String, String) {
    let network = case.network.requested.clone();
    let network = match axis {
        SweepAxis::Rate => network.without_rate(),
        SweepAxis::Loss => network.without_loss(),
    };
    let sweep = empty(case, axis);
    (sweep.name.clone(), format!("{} {} {network:?}", sweep.sdk, sweep.module))
}

fn empty(case: &CaseResult, axis: SweepAxis) -> Sweep {
    let swept = match axis {
        SweepAxis::Rate => "rate",
        SweepAxis::Loss => "loss",
    };
    // The axis of the swept property ends in its name. Release and module have columns of their own.
    let is_other = |name: &str| name.rsplit('.').next() != Some(swept) && name != "sdk" && name != "module";
    let others = case.axes.iter().filter(|(name, _)| is_other(name)).map(|(name, value)| format!("{name}={value}"));
    let name = Some(case.name.clone()).filter(|name| !name.is_empty());
    let module = case.axes.get("module").cloned();
    Sweep {
        axis,
        name: name.into_iter().chain(others).collect::<Vec<_>>().join(","),
        sdk: case.sdk.version.clone(),
        module: module.unwrap_or_else(|| format!("{} {}", case.module.source, case.module.version)),
        points: Vec::new(),
    }
}

#[cfg(test)]
mod tests;
