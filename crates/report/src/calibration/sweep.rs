//! Which cases of a run make a sweep.

use std::collections::BTreeMap;

use super::point::SweepPoint;
use precall_netem::NetworkConfig;
use precall_netem::units::Ratio;
use precall_results::{CaseResult, RunResult};

/// What a sweep changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum SweptBy {
    /// The rate of the network.
    Rate,
    /// Its random loss.
    Loss,
}

/// Cases that differ in one property of their network alone, and their repeats.
#[derive(Debug, Clone, PartialEq)]
pub struct Sweep {
    /// What changes.
    pub by: SweptBy,
    /// The case's name, and the axes that are the same in all of it.
    pub name: String,
    /// The release of OpenTok.js.
    pub sdk: String,
    /// The network-test module.
    pub module: String,
    /// What was seen, from the lowest value on.
    pub points: Vec<SweepPoint>,
}

/// A change of advice.
#[derive(Debug, Clone, PartialEq)]
pub struct Switch {
    /// What was advised below, and from where on no more.
    pub from: (String, f64),
    /// What is advised above, and from where on.
    pub to: (String, f64),
}

impl Sweep {
    /// Where the usual advice changes, from the lowest value on.
    pub fn switches(&self) -> Vec<Switch> {
        let known = self.points.iter().filter_map(|point| Some((point.usual_advice()?.to_owned(), point.asked)));
        let known: Vec<_> = known.collect();
        let pairs = known.windows(2).filter(|pair| pair[0].0 != pair[1].0);
        pairs.map(|pair| Switch { from: pair[0].clone(), to: pair[1].clone() }).collect()
    }
}

/// The sweeps that a run has, rates first; none when no two cases differ in the rate or the loss of their network alone.
pub fn sweeps(run: &RunResult) -> Vec<Sweep> {
    let mut found = Vec::new();
    for by in [SweptBy::Rate, SweptBy::Loss] {
        let mut groups: BTreeMap<(String, String), (Sweep, BTreeMap<u64, SweepPoint>)> = BTreeMap::new();
        for case in run.cases.iter().filter(|case| case.network_applied) {
            let Some(asked) = asked(&case.network, by) else { continue };
            let (_, points) = groups.entry(key(case, by)).or_insert_with(|| (empty(case, by), BTreeMap::new()));
            // The bits of a positive number are ordered as it is.
            let point = points.entry(asked.to_bits()).or_insert_with(|| SweepPoint { asked, ..SweepPoint::default() });
            point.add(case, by == SweptBy::Loss);
        }
        let swept = groups.into_values().filter(|(_, points)| points.len() > 1);
        found.extend(swept.map(|(sweep, points)| Sweep { points: points.into_values().collect(), ..sweep }));
    }
    found
}

/// What is asked of a network: the lower rate, or the higher loss, of its directions; `None` without a limit of the rate.
fn asked(network: &NetworkConfig, by: SweptBy) -> Option<f64> {
    let (up, down) = (&network.up, &network.down);
    match by {
        SweptBy::Rate => [up.rate, down.rate].into_iter().flatten().min().map(|rate| rate.bits_per_second() as f64),
        SweptBy::Loss => Some([up.loss, down.loss].into_iter().flatten().map(Ratio::get).fold(0.0, f64::max)),
    }
}

/// What is the same in all cases of a sweep: all but what it changes, and the repeat. The first part orders them.
fn key(case: &CaseResult, by: SweptBy) -> (String, String) {
    let mut network = case.network.clone();
    match by {
        SweptBy::Rate => (network.up.rate, network.down.rate) = (None, None),
        SweptBy::Loss => (network.up.loss, network.down.loss) = (None, None),
    }
    let sweep = empty(case, by);
    (sweep.name.clone(), format!("{} {} {network:?}", sweep.sdk, sweep.module))
}

fn empty(case: &CaseResult, by: SweptBy) -> Sweep {
    let swept = match by {
        SweptBy::Rate => "rate",
        SweptBy::Loss => "loss",
    };
    // What the sweep changes has an axis that ends in its name; release and module have columns of their own.
    let is_other = |name: &str| name.rsplit('.').next() != Some(swept) && name != "sdk" && name != "module";
    let others = case.axes.iter().filter(|(name, _)| is_other(name)).map(|(name, value)| format!("{name}={value}"));
    let name = Some(case.name.clone()).filter(|name| !name.is_empty());
    let module = case.axes.get("module").cloned();
    Sweep {
        by,
        name: name.into_iter().chain(others).collect::<Vec<_>>().join(","),
        sdk: case.sdk.version.clone(),
        module: module.unwrap_or_else(|| format!("{} {}", case.module.source, case.module.version)),
        points: Vec::new(),
    }
}

#[cfg(test)]
mod tests;
