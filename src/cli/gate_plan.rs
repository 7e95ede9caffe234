//! What a gate runs: from its arguments to a plan.

use std::path::{Path, PathBuf};

use super::args::PlanArguments;
use super::error::CliError;
use super::gate_args::GateArguments;
use super::planning::{Planned, plan, plan_of};
use precall_results::Exit;
use precall_results::GateInfo;
use precall_scenario::{GateSpec, ModuleSpec, label, load, named_network, parse};

/// How often each case runs at most, unless somebody says otherwise: then a hang in 1 of 5 cases on one network is found in 9 of 10
/// gates, a bitrate that varies by 8 % shows a fall of 10 %, and two networks take 12 minutes on two CPUs.
const MAX_REPEATS: u32 = 24;

/// The file in a run's directory that holds a gate's own scenario.
pub(super) const OWN_SCENARIO: &str = "gate.toml";

/// The plan of a gate, and the arguments that it came of.
pub(super) async fn gate_plan(arguments: &GateArguments) -> Result<(PlanArguments, Planned), CliError> {
    let spec = match &arguments.scenario {
        Some(path) => load(path)?.gate,
        None => GateSpec::default(),
    };
    let repeats = arguments.max_repeats.or(spec.max_repeats).unwrap_or(MAX_REPEATS);
    let networks = if arguments.networks.is_empty() { spec.networks.clone() } else { arguments.networks.clone() };
    let builds = builds(arguments, &spec)?;
    let mut asked = PlanArguments {
        scenarios: arguments.scenario.iter().cloned().collect(),
        sdks: builds.sdks.clone(),
        modules: builds.modules.clone(),
        networks: networks.clone(),
        repeat: Some(repeats),
        durations: arguments.durations.clone(),
        ..PlanArguments::default()
    };
    let mut planned = match &arguments.scenario {
        Some(_) => plan(&asked, None).await?,
        None => {
            let text = own_scenario(&networks, repeats)?;
            let scenario = parse(&text, Path::new(OWN_SCENARIO))?;
            // All of it is in the text.
            asked.networks = Vec::new();
            asked.repeat = None;
            Planned {
                own_scenario: Some(text),
                ..plan_of(vec![scenario], vec![PathBuf::from(OWN_SCENARIO)], &asked, None).await?
            }
        }
    };
    let gate = GateInfo { axis: builds.axis.map(str::to_owned), from: builds.from, to: builds.to, repeats };
    are_in(&planned, &gate)?;
    planned.record.gate = Some(gate);
    Ok((asked, planned))
}

/// The two sides as a plan has them.
struct Builds {
    axis: Option<&'static str>,
    from: String,
    to: String,
    sdks: Vec<String>,
    modules: Vec<ModuleSpec>,
}

fn builds(arguments: &GateArguments, spec: &GateSpec) -> Result<Builds, CliError> {
    let usage = |message: &str| Err(CliError::new(Exit::Usage, message));
    let to = arguments.to.clone().or_else(|| spec.to.clone()).unwrap_or_else(|| "latest".to_owned());
    if let [one, other] = arguments.modules.as_slice() {
        if arguments.from.is_some() {
            return usage(
                "--from with two modules: a gate holds two releases against one another, or two modules; leave out --from, \
                or one --module",
            );
        }
        let (from_label, to_label) = (one.label(), other.label());
        if from_label == to_label {
            let message = format!("both modules are called {to_label}; name two that differ");
            return Err(CliError::new(Exit::Usage, message));
        }
        let (sdks, modules) = (vec![to], arguments.modules.clone());
        return Ok(Builds { axis: Some("module"), from: from_label, to: to_label, sdks, modules });
    }
    if arguments.modules.len() > 2 {
        return usage("more than two modules; a gate holds one against another: give --module twice at most");
    }
    let modules = arguments.modules.clone();
    if let Some(name) = &arguments.baseline {
        return Ok(Builds { axis: None, from: name.clone(), to: label(&to), sdks: vec![to], modules });
    }
    let Some(from) = arguments.from.clone().or_else(|| spec.from.clone()) else {
        return usage(
            "--from is missing: name the release that is in use, such as `--from 2.34.2`, or a baseline with --baseline",
        );
    };
    if from == to {
        let message = format!("--from and --to are both {to}; name two releases that differ");
        return Err(CliError::new(Exit::Usage, message));
    }
    let sdks = vec![from.clone(), to.clone()];
    Ok(Builds { axis: Some("sdk"), from: label(&from), to: label(&to), sdks, modules })
}

/// What a gate runs without a scenario: the camera that shows a change (`DESIGN.md`), on each network.
fn own_scenario(networks: &[String], repeats: u32) -> Result<String, CliError> {
    if networks.is_empty() {
        let message = "--network is missing: name the networks of your users, such as `--network 3g,wifi-hotel` (`precall networks` lists \
            them), or a scenario file";
        return Err(CliError::new(Exit::Usage, message));
    }
    for (place, name) in networks.iter().enumerate() {
        named_network(name).map_err(|error| CliError::new(Exit::Usage, format!("--network: {error}")))?;
        if networks[..place].contains(name) {
            return Err(CliError::new(Exit::Usage, format!("--network names {name} twice; name each network once")));
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
fn are_in(planned: &Planned, gate: &GateInfo) -> Result<(), CliError> {
    let Some(axis) = &gate.axis else { return Ok(()) };
    for value in [&gate.from, &gate.to] {
        if !planned.cases.iter().any(|case| case.axes.get(axis) == Some(value)) {
            let message = format!(
                "{value} means several releases, or none that the scenario's cases can have; name one release, such as 2.35.2"
            );
            return Err(CliError::new(Exit::Usage, message));
        }
    }
    Ok(())
}
