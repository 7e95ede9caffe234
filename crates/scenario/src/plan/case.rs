//! One case of a plan.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::{CaseSpec, ModuleSpec};

/// One case, with everything that is needed to run it.
#[derive(Debug, Clone, PartialEq)]
pub struct Case {
    /// The identity of the case, readable and the same in every run; it is part of file names, URLs and reports.
    /// `clean`; `clean,sdk=2.35.2,network=3g,repeat=2`; `scenario=demo,clean` if a run has several scenarios.
    pub id: String,
    /// The settings of the case, with a single SDK release.
    pub spec: Arc<CaseSpec>,
    /// The network-test module under test.
    pub module: ModuleSpec,
    /// The value of each axis, by the name of the axis.
    pub axes: BTreeMap<String, String>,
    /// The number of the repeat, from 1; `None` if the case runs once.
    pub repeat: Option<u32>,
    /// The seed of the case. It depends only on the seed of the scenario, the name of the case and the repeat, so that
    /// cases which are compared have the same random numbers.
    pub seed: u64,
}
