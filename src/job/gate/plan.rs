//! The plan of a gate.

use std::path::{Path, PathBuf};

use crate::delivery::DeliveryTarget;
use crate::job::error::JobError;
use crate::job::parsed::Parsed;
use crate::job::plan::{OwnScenario, Plan, plan, plan_of};
use crate::job::request::{
    BaselineRequest, BrowserRequest, CaseRequest, CompareRequest, Limits, ReportRequest, RunRequest,
};
use crate::job::sdk_choice::SdkChoice;
use crate::record::read_baseline;
use precall_results::GateInfo;
use precall_scenario::{GateSpec, ModuleSpec, load, named_network, parse};

/// The default of the largest number of repeats. With it 9 of 10 gates find a hang in 1 of 5 cases on one network, a
/// bitrate that varies by 8 % shows a fall of 10 %, and two networks take about 13 minutes on two CPUs.
const MAX_REPEATS: u32 = 24;

/// The file in a run's directory that holds a gate's own scenario.
const OWN_SCENARIO: &str = "gate.toml";

/// A comparison of a new release with the one in use.
#[derive(Debug, Clone)]
pub struct GateRequest {
    /// The scenario with the cases and the defaults of the gate. Absent for a detailed camera of 640x480 on each
    /// network.
    pub scenario: Option<PathBuf>,
    /// The release of OpenTok.js that is in use. Absent for that of the scenario.
    pub from: Option<Parsed<SdkChoice>>,
    /// The release that is to replace it. Absent for that of the scenario, or else the latest.
    pub to: Option<Parsed<SdkChoice>>,
    /// The networks, by name. Empty for those of the scenario.
    pub networks: Vec<String>,
    /// The network-test module, or the old and the new one. Empty for those of the scenario.
    pub modules: Vec<ModuleSpec>,
    /// The baseline that replaces runs of the old release.
    pub baseline: Option<BaselineRequest>,
    /// The largest number of repeats of each case. Absent for that of the scenario, or else 24.
    pub max_repeats: Option<u32>,
    /// An earlier run, whose durations and noise are expected again.
    pub durations: Option<PathBuf>,
    /// How the sides are compared, beyond what the scenario says.
    pub compare: CompareRequest,
    /// The reports to write when the gate is over.
    pub reports: Vec<ReportRequest>,
    /// The systems that reports are sent to in the end.
    pub deliveries: Vec<DeliveryTarget>,
    /// The directory in which the run's directory is made.
    pub output: PathBuf,
    /// How much runs at once.
    pub limits: Limits,
    /// Where the cases run.
    pub browsers: BrowserRequest,
}

/// Plans a gate; returns its run as well.
///
/// # Errors
///
/// When the sides, the networks or the scenario are missing or wrong, or the baseline cannot be read.
pub async fn plan_gate(request: &GateRequest) -> Result<(RunRequest, Plan), JobError> {
    let spec = match &request.scenario {
        Some(path) => load(path)?.gate,
        None => GateSpec::default(),
    };
    let repeats = request.max_repeats.or(spec.max_repeats).unwrap_or(MAX_REPEATS);
    let networks = if request.networks.is_empty() { spec.networks.clone() } else { request.networks.clone() };
    let sides = sides(request, &spec)?;
    let mut asked = CaseRequest {
        scenarios: request.scenario.iter().cloned().collect(),
        sdks: sides.sdks.clone(),
        modules: sides.modules.clone(),
        networks: networks.clone(),
        repeat: Some(repeats),
        durations: request.durations.clone(),
        ..CaseRequest::default()
    };
    let mut planned = match &request.scenario {
        Some(_) => plan(&asked).await?,
        None => {
            let text = own_scenario(&networks, repeats)?;
            let scenario = parse(&text, Path::new(OWN_SCENARIO))?;
            // The text holds both.
            asked.networks = Vec::new();
            asked.repeat = None;
            Plan {
                own_scenario: Some(OwnScenario { file_name: OWN_SCENARIO, text, files: Vec::new() }),
                ..plan_of(vec![scenario], vec![PathBuf::from(OWN_SCENARIO)], &asked, None).await?
            }
        }
    };
    let gate = GateInfo { axis: sides.axis.map(str::to_owned), from: sides.from, to: sides.to, repeats };
    are_in(&planned, &gate)?;
    planned.record.gate = Some(gate);
    if let Some(baseline) = &request.baseline {
        // A forecast without its baseline would promise a gate that cannot run.
        read_baseline(&baseline.directory, &baseline.name)?;
    }
    let run = RunRequest {
        baseline: request.baseline.clone(),
        compare: request.compare.clone(),
        reports: request.reports.clone(),
        deliveries: request.deliveries.clone(),
        limits: request.limits,
        browsers: request.browsers.clone(),
        ..RunRequest::new(asked, request.output.clone())
    };
    Ok((run, planned))
}

/// The two sides as a plan has them.
struct PlannedSides {
    /// The axis whose values are the sides. Absent when the old side is a baseline.
    axis: Option<&'static str>,
    from: String,
    to: String,
    sdks: Vec<Parsed<SdkChoice>>,
    modules: Vec<ModuleSpec>,
}

fn sides(request: &GateRequest, spec: &GateSpec) -> Result<PlannedSides, JobError> {
    let selection = |text: &str| Parsed::sdk(text).map_err(JobError::Request);
    let to = match (&request.to, &spec.to) {
        (Some(to), _) => to.clone(),
        (None, Some(to)) => selection(to)?,
        (None, None) => selection("latest")?,
    };
    if let [one, other] = request.modules.as_slice() {
        if request.from.is_some() {
            return Err(JobError::ReleasesAndModules);
        }
        let (from_label, to_label) = (one.label(), other.label());
        if from_label == to_label {
            return Err(JobError::SameModules(to_label));
        }
        let (sdks, modules) = (vec![to], request.modules.clone());
        return Ok(PlannedSides { axis: Some("module"), from: from_label, to: to_label, sdks, modules });
    }
    if request.modules.len() > 2 {
        return Err(JobError::TooManyModules);
    }
    let modules = request.modules.clone();
    if let Some(BaselineRequest { name, .. }) = &request.baseline {
        return Ok(PlannedSides { axis: None, from: name.clone(), to: to.label(), sdks: vec![to], modules });
    }
    let from = match (&request.from, &spec.from) {
        (Some(from), _) => from.clone(),
        (None, Some(from)) => selection(from)?,
        (None, None) => return Err(JobError::NoOldSide),
    };
    if from.text() == to.text() {
        return Err(JobError::SameSides(to.text().to_owned()));
    }
    let (from_label, to_label) = (from.label(), to.label());
    Ok(PlannedSides { axis: Some("sdk"), from: from_label, to: to_label, sdks: vec![from, to], modules })
}

/// Returns the scenario of a gate that has none: the camera that shows a change (`DESIGN.md`), on each network.
fn own_scenario(networks: &[String], repeats: u32) -> Result<String, JobError> {
    if networks.is_empty() {
        return Err(JobError::NoNetwork);
    }
    for (place, name) in networks.iter().enumerate() {
        named_network(name).map_err(JobError::UnknownNetwork)?;
        if networks[..place].contains(name) {
            return Err(JobError::NetworkTwice(name.clone()));
        }
    }
    let names: Vec<_> = networks.iter().map(|name| format!("{name:?}")).collect();
    Ok(format!(
        "# What this gate runs: each network with both builds, {repeats} times at most.\n\
         name = \"gate\"\n\
         repeat = {repeats}\n\n\
         [test.camera]\n\
         picture = \"detailed\"\n\
         resolution = \"640x480\"\n\n\
         [matrix]\n\
         network = [{}]\n",
        names.join(", ")
    ))
}

/// Both sides have to be in the plan. A range stands for one release by now.
fn are_in(planned: &Plan, gate: &GateInfo) -> Result<(), JobError> {
    let Some(axis) = &gate.axis else { return Ok(()) };
    for value in [&gate.from, &gate.to] {
        if !planned.cases.iter().any(|case| case.axes.get(axis) == Some(value)) {
            return Err(JobError::SideNotPlanned(value.clone()));
        }
    }
    Ok(())
}
