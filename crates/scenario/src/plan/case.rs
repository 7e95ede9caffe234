//! One case of a plan.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::{CaseSpec, ModuleSpec};

/// One case: all that is needed to run it.
#[derive(Debug, Clone, PartialEq)]
pub struct Case {
    /// Readable, and stable between runs: names the case in files, URLs and reports. `clean`;
    /// `clean,sdk=2.35.2,network=3g,repeat=2`; `scenario=demo,clean` where a run has several scenarios.
    pub id: String,
    /// What it asks for, with the one SDK release that it runs.
    pub spec: Arc<CaseSpec>,
    /// The network-test module under test.
    pub module: ModuleSpec,
    /// Where it stands in its matrix: a value for each axis.
    pub axes: BTreeMap<String, String>,
    /// Which of its repeats it is, from 1, if there are several.
    pub repeat: Option<u32>,
    /// The seed of its own random choices; follows from the scenario's seed, the case's name and the repeat alone, so that
    /// cases which are to be compared have the same luck.
    pub seed: u64,
}
