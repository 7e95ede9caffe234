//! Decodes `[[participant]]`.

use std::ops::Range;
use std::path::Path;
use std::time::Duration;

use super::network::Profiles;
use super::publish::publish;
use super::step::{step, time};
use super::{browser, devices, firewall, network, node_below, offline, sdk, test};
use crate::build::SdkSpec;
use crate::call::{CallMode, CallRole, ParticipantSpec, Subscribe};
use crate::diagnostic::Fix;
use crate::node::{Node, NodeValue, Table};
use crate::platform::PlatformSpec;
use crate::problems::Problems;
use crate::selection::Selection;
use crate::suggest::closest;
use crate::table::TableReader;
use crate::written::quoted;

/// The path of the table in the file.
const PATH: &str = "case.participant";

/// The longest name of a participant, in characters: it is part of the names of metrics.
const MAX_NAME_CHARS: usize = 40;

/// How many equal participants there can be.
const COUNTS: std::ops::RangeInclusive<u32> = 1..=64;

/// The tables of a case that are the defaults of its participants.
const DEFAULTS: [&str; 3] = ["devices", "network", "firewall"];

/// What a participant is decoded in.
pub(super) struct Surroundings<'a> {
    /// The table of the whole case.
    pub case: &'a Node,
    pub directory: &'a Path,
    pub platform: &'a PlatformSpec,
    pub profiles: &'a Profiles,
    /// The duration of the call.
    pub duration: Duration,
    /// Whether the participants are pages of an application.
    pub is_app: bool,
}

/// Returns the participants with their names, in file order. In a list, a participant without a name has an empty one.
pub(super) fn by_name(node: &Node) -> Vec<(String, Node)> {
    match &node.value {
        NodeValue::Table(table) if table.values().all(|(_, node)| matches!(node.value, NodeValue::Table(_))) => {
            let mut named: Vec<_> = table.iter().map(|(name, (_, node))| (name.clone(), node.clone())).collect();
            named.sort_by_key(|(_, node)| node.span.start);
            named
        }
        NodeValue::Array(list) => list.iter().map(|node| (name_of(node).unwrap_or_default(), node.clone())).collect(),
        _ => vec![(name_of(node).unwrap_or_default(), node.clone())],
    }
}

/// Returns the name of a participant of a list.
pub(super) fn name_of(node: &Node) -> Option<String> {
    let NodeValue::Table(table) = &node.value else { return None };
    match table.get("name") {
        Some((_, Node { value: NodeValue::Text(name), .. })) => Some(name.clone()),
        _ => None,
    }
}

/// Decodes a participant: `count` equal ones, or one.
pub(super) fn decode(
    name: &str,
    node: &Node,
    surroundings: &Surroundings<'_>,
    problems: &mut Problems,
) -> Vec<ParticipantSpec> {
    let Surroundings { case, directory, platform, profiles, duration, is_app } = surroundings;
    let node = with_defaults(node, case);
    let mut reader = TableReader::new(PATH, &node, directory, problems);
    reader.text("name", "alice", problems);
    check_name(name, &node, problems);
    let count = reader.integer_within("count", COUNTS, "`count` is out of range", problems);
    let mut read = |key: &'static str, problems: &mut Problems| {
        reader.get(key).map(|below| TableReader::new(&format!("{PATH}.{key}"), below, directory, problems))
    };
    let sdk = read("sdk", problems).and_then(|table| {
        let span = table.span().clone();
        sdk::decode(table, problems).inspect(|sdk| check_release(sdk, &span, problems))
    });
    let devices = read("devices", problems).map(|table| devices::decode(table, problems));
    let network = read("network", problems).map(|table| network::decode(table, profiles, problems));
    let firewall = read("firewall", problems).map(|table| firewall::decode(table, platform, problems));
    let browser =
        reader.get("browser").map(|node| browser::decode(&format!("{PATH}.browser"), node, directory, problems));
    let camera = reader.table("camera", problems).map(|table| test::camera(table, problems));
    let sound = reader.table("microphone", problems).and_then(|table| test::sound(table, problems));
    let (of_test_camera, of_test_sound) = defaults_of_test(case, directory);
    let roles =
        [("publisher", CallRole::Publisher), ("subscriber", CallRole::Subscriber), ("moderator", CallRole::Moderator)];
    let role = reader.choice("role", &roles, problems).unwrap_or_default();
    let publish = publish(&mut reader, &format!("{PATH}.publish"), *is_app, problems);
    let subscribe = subscribe(&mut reader, problems);
    let join = time(&mut reader, "join", *duration, problems).unwrap_or_default();
    let steps = reader.tables("step", "step = { at = \"5 s\", do = \"mute-audio\" }", problems).unwrap_or_default();
    let mut steps: Vec<_> =
        steps.into_iter().filter_map(|table| step(table, *duration, role, *is_app, problems)).collect();
    steps.sort_by_key(|step| step.at);
    let mut network = network.unwrap_or_default();
    let steps = offline::apply(steps, &mut network, *duration);
    let script = reader.text("script", "call.js", problems).map(|(text, node)| {
        let path = directory.join(text);
        if !path.is_file() {
            let message = format!("there is no script at {}", path.display());
            problems.add(&node.span, message, "not found", "paths are relative to this file");
        }
        path
    });
    reader.finish(problems);
    let one = ParticipantSpec {
        name: name.to_owned(),
        browser,
        sdk,
        role,
        publish,
        subscribe,
        join,
        camera: camera.unwrap_or(of_test_camera),
        sound: sound.unwrap_or(of_test_sound),
        devices: devices.unwrap_or_default(),
        network,
        firewall: firewall.unwrap_or_default(),
        steps,
        script,
    };
    match count {
        None => vec![one],
        Some(count) => {
            (1..=count).map(|number| ParticipantSpec { name: format!("{name}{number}"), ..one.clone() }).collect()
        }
    }
}

/// Checks what concerns several participants.
pub(super) fn check_together(
    named: &[(String, Node)],
    all: &[ParticipantSpec],
    mode: CallMode,
    problems: &mut Problems,
) {
    let span = |index: usize| named.get(index).map_or(0..0, |(_, node)| node.span.clone());
    let names: Vec<_> = all.iter().map(|one| one.name.as_str()).collect();
    for (index, (name, _)) in named.iter().enumerate() {
        if !name.is_empty() && named[..index].iter().any(|(other, _)| other == name) {
            let help = "give each participant a name of its own, or write `count` for equal ones";
            problems.add(&span(index), format!("two participants have the name {name:?}"), "already used", help);
        }
    }
    for (index, (name, node)) in named.iter().enumerate() {
        // Of equal participants the first shows what is wrong with all of them.
        let numbered = format!("{name}1");
        let Some(one) = all.iter().find(|one| one.name == *name || one.name == numbered) else { continue };
        let listed = match &one.subscribe {
            Subscribe::Only(names) => names.as_slice(),
            Subscribe::All | Subscribe::Nobody => &[],
        };
        let targets = one.steps.iter().filter_map(|step| step.target.as_ref());
        for unknown in listed.iter().chain(targets).filter(|other| !names.contains(&other.as_str())) {
            let meant = closest(unknown, &names);
            let help = meant.map_or_else(
                || format!("the participants are {}", names.join(", ")),
                |meant| format!("did you mean `{meant}`?"),
            );
            let at = text_at(node, unknown).unwrap_or_else(|| span(index));
            let fix = meant.filter(|_| text_at(node, unknown).is_some());
            let fix = fix.map(|meant| Fix { span: at.clone(), text: quoted(meant) });
            problems.add_fixed(&at, format!("there is no participant {unknown:?}"), "nobody", help, fix);
        }
        if mode == CallMode::Relayed && !one.network.is_unimpaired() {
            let message = "media of a relayed call goes from browser to browser, and passes no network of precall";
            let help = "remove the network of the participant, or write `mode = \"routed\"` in [call]";
            problems.add(&span(index), message, "has no effect on media", help);
        }
    }
}

/// Returns the participant's table with the tables of the case below its own. The names of a release and of a profile
/// stand for tables.
fn with_defaults(node: &Node, case: &Node) -> Node {
    let mut node = node.clone();
    let NodeValue::Table(table) = &mut node.value else { return node };
    for (key, inner) in [("sdk", "version"), ("network", "profile")] {
        if let Some((span, value)) = table.get_mut(key)
            && matches!(value.value, NodeValue::Text(_))
        {
            let span = span.clone();
            let named = Table::from([(inner.to_owned(), (span.clone(), value.clone()))]);
            *value = Node { span, value: NodeValue::Table(named) };
        }
    }
    for key in DEFAULTS {
        let Some(below) = node_below(case, key) else { continue };
        let merged = match table.get(key) {
            // A network of its own is not a change of another.
            Some((span, own)) if key == "network" => (span.clone(), own.clone()),
            Some((span, own)) => (span.clone(), below.overlaid(own)),
            None => (below.span.clone(), below.clone()),
        };
        table.insert(key.to_owned(), merged);
    }
    node
}

/// Returns the camera and the sound of `[test]`. What is wrong with them is reported where they are read first.
fn defaults_of_test(case: &Node, directory: &Path) -> (crate::Camera, crate::Sound) {
    let mut unreported = Problems::default();
    let test = node_below(case, "test");
    let below = |key: &str| test.and_then(|test| node_below(test, key));
    let camera = below("camera").map(|node| {
        test::camera(TableReader::new("case.test.camera", node, directory, &mut unreported), &mut unreported)
    });
    let mut unreported = Problems::default();
    let sound = below("microphone").and_then(|node| {
        test::sound(TableReader::new("case.test.microphone", node, directory, &mut unreported), &mut unreported)
    });
    (camera.unwrap_or_default(), sound.unwrap_or_default())
}

/// Reports a build that stands for several releases: a participant has one.
fn check_release(sdk: &SdkSpec, span: &Range<usize>, problems: &mut Problems) {
    let SdkSpec::Npm { version, .. } = sdk else { return };
    if matches!(Selection::parse(version), Ok(Selection::Of { .. })) {
        let help = "write one release or \"latest\"; several are an axis: `participant.bob.sdk = [\"2.34.2\", \"latest\"]` in [matrix]";
        problems.add(span, format!("a participant has one release, not {version:?}"), "several releases", help);
    }
}

fn check_name(name: &str, node: &Node, problems: &mut Problems) {
    let is_good = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-');
    let is_long = name.chars().nth(MAX_NAME_CHARS).is_some();
    if name.is_empty() {
        problems.add(&node.span, "a participant has no name", "no name", "write `name = \"alice\"`");
    } else if !name.chars().all(is_good) || is_long {
        let message = format!("{name:?} is not a valid name of a participant");
        let help = format!("write letters, digits, `_` and `-`, at most {MAX_NAME_CHARS}");
        problems.add(&text_at(node, name).unwrap_or_else(|| node.span.clone()), message, "not a name", help);
    } else if is_metric(name) {
        let message = format!("a participant cannot have the name {name:?}: metrics begin with it");
        let help = "choose another name, such as `alice`";
        problems.add(&text_at(node, name).unwrap_or_else(|| node.span.clone()), message, "taken", help);
    }
}

/// Returns whether the name of a metric begins with a name.
fn is_metric(name: &str) -> bool {
    precall_results::Metric::expected_names().iter().any(|known| known.split('.').next() == Some(name))
}

/// Returns the place of a text in a tree.
fn text_at(node: &Node, text: &str) -> Option<Range<usize>> {
    match &node.value {
        NodeValue::Text(found) if found == text => Some(node.span.clone()),
        NodeValue::Array(nodes) => nodes.iter().find_map(|node| text_at(node, text)),
        NodeValue::Table(table) => table.values().find_map(|(_, node)| text_at(node, text)),
        _ => None,
    }
}

/// Reads `subscribe`: `"all"`, `"none"`, or a list of names.
fn subscribe(reader: &mut TableReader<'_>, problems: &mut Problems) -> Subscribe {
    let Some(node) = reader.get("subscribe") else { return Subscribe::All };
    let help = "write \"all\", \"none\", or a list of participants such as [\"alice\"]";
    match &node.value {
        NodeValue::Text(word) if word == "all" => Subscribe::All,
        NodeValue::Text(word) if word == "none" => Subscribe::Nobody,
        NodeValue::Array(nodes) => {
            let names = nodes.iter().filter_map(|node| match &node.value {
                NodeValue::Text(name) => Some(name.clone()),
                _ => {
                    problems.add(&node.span, format!("a name is {}, not a string", node.kind()), "not a name", help);
                    None
                }
            });
            Subscribe::Only(names.collect())
        }
        _ => {
            problems.add(&node.span, "`subscribe` is neither a word nor a list", "not a value", help);
            Subscribe::All
        }
    }
}
