//! The calls that show what each network of a scenario sustains.

use std::path::{Path, PathBuf};
use std::time::Duration;

use toml_edit::{Array, DocumentMut, Item, Table, value};

use super::error::CalibrationError;
use super::traces::{read_traces, trace_files};
use crate::job::error::JobError;
use crate::job::plan::{OwnScenario, Plan, plan, plan_of};
use crate::job::request::{BrowserRequest, CaseRequest, Limits, RunRequest};
use precall_judge::advice::limits;
use precall_results::FrameSize;
use precall_scenario::parse;

/// The file in a run's directory that holds the scenario of the calls.
const CALLS_SCENARIO: &str = "calls.toml";

/// The first seconds of a call do not count. Chrome begins with an estimate of 300 kbit/s, and publishes 480x270
/// instead of 1280x720 for about so long, also on an unimpaired network.
const RAMP: Duration = Duration::from_secs(20);

/// The keys of the scenario and of its cases that calls have as well: what the networks are, and between whom.
const KEPT: [&str; 6] = ["sdk", "network", "profiles", "platform", "firewall", "seed"];

/// A calibration of advice.
#[derive(Debug, Clone)]
pub struct AdviceRequest {
    /// The scenario with the networks and the modules.
    pub scenario: PathBuf,
    /// The sizes that calls are tried at.
    pub sizes: Vec<FrameSize>,
    /// The length of each call.
    pub length: Duration,
    /// The number of calls of each size on each network.
    pub repeat: u32,
    /// The directory in which the directories of the runs are made.
    pub output: PathBuf,
    /// How much runs at once.
    pub limits: Limits,
    /// Where the cases run.
    pub browsers: BrowserRequest,
}

/// Plans the tests of the scenario as they are.
///
/// # Errors
///
/// When the scenario is wrong, or no case remains.
pub async fn plan_tests(request: &AdviceRequest) -> Result<(RunRequest, Plan), JobError> {
    let cases = CaseRequest { scenarios: vec![request.scenario.clone()], ..CaseRequest::default() };
    let plan = plan(&cases).await?;
    if plan.cases.iter().any(|case| case.spec.call.is_some()) {
        return Err(CalibrationError::OfCalls(request.scenario.clone()).into());
    }
    Ok((run_request(request, cases), plan))
}

/// Plans the calls: on each network of the scenario, one at each size.
///
/// # Errors
///
/// When the scenario cannot be read, or is no network test on networks.
pub async fn plan_calls(request: &AdviceRequest) -> Result<(RunRequest, Plan), JobError> {
    let text = std::fs::read_to_string(&request.scenario)
        .map_err(|error| CalibrationError::Scenario { path: request.scenario.clone(), reason: error.to_string() })?;
    let calls = calls_scenario(&text, request)?;
    let (text, named) = (calls.to_string(), trace_files(&calls));
    // Files that the scenario names, such as traces, are relative to it.
    let directory = request.scenario.parent().unwrap_or(Path::new(""));
    let scenario = parse(&text, &directory.join(CALLS_SCENARIO))?;
    let cases = CaseRequest::default();
    let plan = plan_of(vec![scenario], vec![PathBuf::from(CALLS_SCENARIO)], &cases, None).await?;
    let files = read_traces(directory, named)?;
    let own_scenario = Some(OwnScenario { file_name: CALLS_SCENARIO, text, files });
    Ok((run_request(request, cases), Plan { own_scenario, ..plan }))
}

fn run_request(request: &AdviceRequest, cases: CaseRequest) -> RunRequest {
    RunRequest {
        limits: request.limits,
        browsers: request.browsers.clone(),
        ..RunRequest::new(cases, request.output.clone())
    }
}

/// Returns the scenario of the calls: the networks of the other one, and two participants who both have that network.
/// What alice publishes takes the network's way up, and bob receives it by the network's way down, as the media of a
/// network test takes both.
fn calls_scenario(text: &str, request: &AdviceRequest) -> Result<DocumentMut, CalibrationError> {
    let wrong = |reason: String| CalibrationError::Scenario { path: request.scenario.clone(), reason };
    let tests: DocumentMut = text.parse().map_err(|error: toml_edit::TomlError| wrong(error.message().to_owned()))?;
    if tests.contains_key("extends") {
        return Err(CalibrationError::Extends(request.scenario.clone()));
    }
    let name = tests.get("name").and_then(Item::as_str).unwrap_or("advice");
    let largest = request.sizes.iter().max_by_key(|size| size.pixels()).copied();
    let largest = largest.ok_or_else(|| wrong("there is no size to try".to_owned()))?;
    let mut calls = DocumentMut::new();
    calls["name"] = value(format!("{name}-calls"));
    calls["repeat"] = value(i64::from(request.repeat));
    for key in KEPT {
        if let Some(item) = tests.get(key) {
            calls.insert(key, inline(item));
        }
    }
    let mut call = Table::new();
    call["duration"] = value(format!("{} s", request.length.as_secs()));
    calls.insert("call", Item::Table(call));
    calls.insert("participant", Item::ArrayOfTables([alice(largest), bob()].into_iter().collect()));
    calls.insert("expect", Item::Table(expectations(request)));
    let mut matrix = matrix_of(tests.get("matrix"));
    let sizes: Array = request.sizes.iter().map(ToString::to_string).collect();
    set(&mut matrix, "participant.alice.publish.resolution", value(sizes));
    calls.insert("matrix", Item::Table(matrix));
    if let Some(cases) = tests.get("case").and_then(Item::as_array_of_tables) {
        let cases = cases.iter().map(|case| {
            let mut own = Table::new();
            for key in ["name"].iter().chain(&KEPT) {
                if let Some(item) = case.get(key) {
                    own.insert(key, inline(item));
                }
            }
            let matrix = matrix_of(case.get("matrix"));
            if !matrix.is_empty() {
                own.insert("matrix", Item::Table(matrix));
            }
            own
        });
        calls.insert("case", Item::ArrayOfTables(cases.collect()));
    }
    let title = format!("# The calls that show which sizes the networks of `{name}` sustain.\n");
    calls.decor_mut().set_prefix(title);
    Ok(calls)
}

fn alice(camera: FrameSize) -> Table {
    let mut alice = Table::new();
    alice["name"] = value("alice");
    alice["subscribe"] = value(Array::new());
    let mut publish = Table::new();
    publish["resolution"] = value(camera.to_string());
    publish["frameRate"] = value(30);
    alice["publish"] = Item::Table(publish);
    let mut picture = Table::new();
    picture["picture"] = value("detailed");
    picture["resolution"] = value(camera.to_string());
    alice["camera"] = Item::Table(picture);
    let mut sound = Table::new();
    sound["sound"] = value("speech");
    alice["microphone"] = Item::Table(sound);
    alice
}

fn bob() -> Table {
    let mut bob = Table::new();
    bob["name"] = value("bob");
    bob["publish"] = value(false);
    bob
}

/// Returns expectations that are only recorded: their values decide, together.
fn expectations(request: &AdviceRequest) -> Table {
    let smallest = request.sizes.iter().min_by_key(|size| size.pixels()).map(ToString::to_string).unwrap_or_default();
    let mut expectations = Table::new();
    for (metric, bound) in [
        ("video.resolution", format!(">= {smallest}")),
        ("video.frameRate", format!(">= {}", limits::FRAME_RATE)),
        ("video.freezeDuration", format!("< {} %", limits::FROZEN * 100.0)),
        ("video.endToEndDelayP95", format!("< {} ms", limits::DELAY * 1e3)),
        ("audio.concealedSamplesRatio", format!("< {} %", limits::CONCEALED * 100.0)),
        ("video.similarity", ">= 0.1".to_owned()),
        ("audio.mosLqo", ">= 1.1".to_owned()),
    ] {
        let bound = format!("info: {bound} after {} s", RAMP.as_secs());
        set(&mut expectations, &format!("bob.alice.{metric}"), value(bound));
    }
    expectations
}

/// Sets a key with dots in it, as a person would write it.
fn set(table: &mut Table, key: &str, item: Item) {
    match key.split_once('.') {
        None => table[key] = item,
        Some((first, rest)) => {
            let entry = table.entry(first).or_insert_with(|| {
                let mut inner = Table::new();
                inner.set_dotted(true);
                Item::Table(inner)
            });
            // What is there was made here.
            if let Some(inner) = entry.as_table_mut() {
                set(inner, rest, item);
            }
        }
    }
}

/// Returns a value as an inline table or an array: tables with headers remember their place in their file, and would be
/// written behind the header of another case.
fn inline(item: &Item) -> Item {
    item.clone().into_value().map_or_else(|item| item, Item::Value)
}

/// Returns the axes of a matrix that are about the network.
fn matrix_of(matrix: Option<&Item>) -> Table {
    let mut own = Table::new();
    let axes = matrix.and_then(Item::as_table_like);
    for (key, item) in axes.into_iter().flat_map(|axes| axes.iter()) {
        if KEPT.contains(&key.split('.').next().unwrap_or_default()) && key != "sdk" {
            own.insert(key, inline(item));
        }
    }
    own
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request() -> AdviceRequest {
        AdviceRequest {
            scenario: PathBuf::from("advice.toml"),
            sizes: ["320x180", "1280x720"].map(|size| size.parse().expect("a size")).to_vec(),
            length: Duration::from_secs(60),
            repeat: 1,
            output: PathBuf::from("runs"),
            limits: Limits::default(),
            browsers: BrowserRequest::default(),
        }
    }

    #[test]
    fn calls_have_the_networks_of_the_tests() {
        let tests = "name = \"advice\"\nrepeat = 10\nsdk.version = \"2.35.2\"\n\
            [test]\nmodule = [\"built-in\", \"npm:opentok-network-test-js@3.1.6\"]\n\
            [matrix]\nnetwork.rate = [\"300 kbit/s\", \"1 Mbit/s\"]\nmodule = [\"built-in\"]\n\
            [[case]]\nname = \"clean\"\n\
            [[case]]\nname = \"loss\"\nnetwork.up.loss = \"2 %\"\nexpect.video.mos = \">= 3\"\n";
        let text = calls_scenario(tests, &request()).expect("a scenario").to_string();
        insta::assert_snapshot!(text);
        parse(&text, Path::new(CALLS_SCENARIO)).expect("a scenario that is right");
    }

    #[test]
    fn each_case_keeps_its_own_network() {
        let tests = "[profiles.mine]\nrate = \"500 kbit/s\" # of the office\n\
            # First.\n[[case]]\nname = \"slow\"\n[case.test]\naudioOnly = true\n\
            [case.network] # both ways\n# in the evening\nrate = \"300 kbit/s\"\n[case.network.up]\nloss = \"2 %\"\n\
            [[case]]\nname = \"late\"\n[case.network]\ndelay = \"80 ms\"\n[[case.network.step]]\nat = \"5 s\"\nrate = \"1 Mbit/s\"\n\
            [[case]]\nname = \"mine\"\nnetwork.profile = \"mine\"\n";
        let own = parse(tests, Path::new("advice.toml")).expect("a scenario");
        let text = calls_scenario(tests, &request()).expect("a scenario").to_string();
        let calls =
            parse(&text, Path::new(CALLS_SCENARIO)).unwrap_or_else(|error| panic!("{}: {text}", error.render(false)));
        for case in &own.cases {
            let of_case: Vec<_> = calls.cases.iter().filter(|one| one.name == case.name).collect();
            assert_eq!(of_case.len(), 2, "a call at each size: {text}");
            for participant in of_case.iter().flat_map(|one| one.call.iter().flat_map(|call| &call.participants)) {
                assert_eq!(participant.network, case.network, "{text}");
            }
        }
    }

    /// As the run's directory has them: the scenario of the calls, and copies of what it names.
    #[tokio::test]
    async fn calls_can_be_read_again_from_what_their_run_keeps() {
        let (tests, run) = (tempfile::tempdir().expect("a directory"), tempfile::tempdir().expect("a directory"));
        let write = |path: &Path, content: &[u8]| {
            std::fs::create_dir_all(path.parent().expect("a parent")).expect("made");
            std::fs::write(path, content).expect("written");
        };
        write(&tests.path().join("traces/lte.trace"), b"1\n5\n10\n");
        let scenario = tests.path().join("advice.toml");
        write(&scenario, b"[[case]]\nname = \"trace\"\nmatrix.network.trace = [\"traces/lte.trace\"]\n");
        let (_, plan) = plan_calls(&AdviceRequest { scenario, ..request() }).await.expect("a plan");
        let own = plan.own_scenario.expect("a scenario");
        drop(tests);
        own.files.iter().for_each(|file| write(&run.path().join(&file.path), &file.content));
        let again = parse(&own.text, &run.path().join(CALLS_SCENARIO));
        assert_eq!(again.unwrap_or_else(|error| panic!("{error}")).cases.len(), plan.cases.len());
    }

    #[test]
    fn a_file_that_extends_another_is_refused() {
        let error = calls_scenario("extends = \"common.toml\"\n", &request()).expect_err("it extends");
        assert!(error.to_string().contains("advice.toml extends another file"), "{error}");
    }

    #[test]
    fn a_file_that_is_no_toml_is_named() {
        let error = calls_scenario("name = ", &request()).expect_err("no TOML");
        assert!(error.to_string().contains("advice.toml"), "{error}");
    }
}
