//! Decodes `[[case]]`.

use std::path::Path;

use super::network::Profiles;
use super::{app, browser, call, devices, firewall, network, platform, sdk, test};
use crate::condition::Context;
use crate::expectation::{self, Locate};
use crate::model::{CaseSpec, Places};
use crate::node::Node;
use crate::problems::Problems;
use crate::table::TableReader;
use precall_results::{CaseKind, Level};

/// The longest name of a case, in characters: the name is part of file names and URLs.
const MAX_NAME_CHARS: usize = 80;

/// The allowed numbers of repeats of a case.
const REPEATS: std::ops::RangeInclusive<u32> = 1..=1000;

/// Decodes a case that is already merged with its defaults.
pub(super) fn decode(
    node: &Node,
    is_named: bool,
    directory: &Path,
    profiles: &Profiles,
    locate: Locate<'_>,
    problems: &mut Problems,
) -> CaseSpec {
    let mut reader = TableReader::new("case", node, directory, problems);
    let name = if is_named { name(&mut reader, problems) } else { String::new() };
    // The matrix is already expanded. The key is read so that suggestions for unknown keys include it.
    reader.get("matrix");
    let repeat = reader.integer_within("repeat", REPEATS, "`repeat` is out of range", problems);
    let sdk = reader.table("sdk", problems).map(|table| sdk::decode(table, problems));
    let browser = reader.get("browser").map(|node| browser::decode("case.browser", node, directory, problems));
    let test = reader.table("test", problems).map(|table| test::decode(table, problems));
    let devices = reader.table("devices", problems).map(|table| devices::decode(table, problems));
    let platform = reader.table("platform", problems).map(|table| platform::decode(table, problems));
    let network = reader.table("network", problems).map(|table| network::decode(table, profiles, problems));
    let (mut platform, network) = (platform.unwrap_or_default(), network.unwrap_or_default());
    let has_app = reader.key_span("app").is_some();
    let app = app::decode(&mut reader, problems);
    if has_app {
        platform = app::platform(platform, node, problems);
    }
    let firewall = reader.table("firewall", problems).map(|table| firewall::decode(table, &platform, problems));
    let steps: Vec<_> = network.steps.iter().map(|step| step.at).collect();
    let call = call::decode(&mut reader, node, app, &platform, profiles, problems);
    let participants: Vec<_> =
        call.iter().flat_map(|call| &call.participants).map(|participant| participant.name.as_str()).collect();
    let context = Context {
        repeat: repeat.unwrap_or(1),
        steps: &steps,
        kind: if call.is_some() { CaseKind::Call } else { CaseKind::NetworkTest },
        is_app: has_app,
        participants: &participants,
    };
    let expect = reader.get("expect").map(|node| expectation::decode(node, context, locate, problems));
    let invariants = reader.table("invariants", problems).and_then(|table| invariants(table, problems));
    reader.finish(problems);
    let spec = CaseSpec {
        name,
        browser: browser.unwrap_or_default(),
        axes: Vec::new(),
        repeat: repeat.unwrap_or(1),
        sdk: sdk.flatten().unwrap_or_default(),
        test: test.unwrap_or_default(),
        call,
        devices: devices.unwrap_or_default(),
        platform,
        network,
        firewall: firewall.unwrap_or_default(),
        invariants: invariants.unwrap_or(Level::Warn),
        expect: expect.unwrap_or_default(),
        places: places(node, locate),
    };
    browser::check(&spec, node, problems);
    spec
}

/// Returns the places of the keys to which warnings refer.
fn places(case: &Node, locate: Locate<'_>) -> Places {
    let mut places = Places::default();
    for key in Places::KEYS {
        if let Some(span) = case.key_at(key) {
            places.insert(key, locate(span.start));
        }
    }
    places
}

fn invariants(mut reader: TableReader<'_>, problems: &mut Problems) -> Option<Level> {
    let levels = [Level::Error, Level::Warn, Level::Info].map(|level| (level.as_str(), level));
    let level = reader.choice("level", &levels, problems);
    reader.finish(problems);
    level
}

fn name(reader: &mut TableReader<'_>, problems: &mut Problems) -> String {
    let Some((name, node)) = reader.text("name", "clean", problems) else {
        if reader.key_span("name").is_none() {
            problems.add(reader.span(), "a case has no name", "no name", "write `name = \"clean\"` below [[case]]");
        }
        return String::new();
    };
    let is_good = |c: char| c.is_alphanumeric() || matches!(c, '.' | '_' | '-');
    let is_long = name.chars().nth(MAX_NAME_CHARS).is_some();
    if name.is_empty() || !name.chars().all(is_good) || name.starts_with('.') || is_long {
        problems.add(
            &node.span,
            format!("{name:?} is not a valid name of a case"),
            "not a name",
            format!(
                "write letters, digits, `.`, `_` and `-`, at most {MAX_NAME_CHARS}, without a `.` at the beginning"
            ),
        );
    }
    name.to_owned()
}
