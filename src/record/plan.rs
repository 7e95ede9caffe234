//! `plan.json`: the request for a run, with which it can be resumed, and joined with its other parts.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use semver::Version;
use serde::{Deserialize, Serialize};

use precall_results::GateInfo;
use precall_scenario::{BrowserKind, ModuleSpec};

/// The request for a run, and the answers that precall got before the run began.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RunPlan {
    /// The scenario files, as absolute paths.
    pub scenarios: Vec<PathBuf>,
    /// The names of these scenarios, one for each file. Absent in runs of an older precall.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub scenario_names: Vec<String>,
    /// SHA-256 of all that they say, in hex.
    pub scenario_digest: String,
    /// The releases of OpenTok.js from `--sdk`, as they were written. Empty for those of the scenarios.
    pub sdks: Vec<String>,
    /// The network-test modules from `--module`. Empty for those of the scenarios.
    pub modules: Vec<ModuleSpec>,
    /// The filters from `--filter`, as they were written. Empty for all cases.
    pub filters: Vec<String>,
    /// The part of the cases from `--shard`, such as `2/5`. Absent for all cases.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shard: Option<String>,
    /// The networks that a gate has in place of its scenario's.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub networks: Vec<String>,
    /// How often each case runs, in place of what the scenarios say. Absent for what they say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub repeat: Option<u32>,
    /// The kind of browser from `--browser`. Absent for those of the scenarios.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub browser: Option<BrowserKind>,
    /// The decisions of a gate before it ran. Absent in other runs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gate: Option<GateInfo>,
    /// The releases in each range according to npm, by `package@range`.
    pub releases: BTreeMap<String, BTreeSet<Version>>,
    /// The release that each tag meant, by `package@tag`.
    pub tags: BTreeMap<String, String>,
    /// The ids of the whole plan, in its order; of all its shards together.
    pub planned: Vec<String>,
    /// The ids of the cases of this run.
    pub cases: Vec<String>,
}
