//! Decodes `[test]`.

use std::path::Path;
use std::time::Duration;

use crate::build::ModuleSpec;
use crate::devices::{Camera, Picture, Sound};
use crate::diagnostic::Fix;
use crate::model::TestSpec;
use crate::node::{Node, NodeValue};
use crate::problems::Problems;
use crate::sizes;
use crate::table::TableReader;
use crate::written::quoted;
use precall_netem::units::parse_duration;
use precall_results::ScoringProfile;

/// The bounds of the module's own `timeout` option, both exclusive.
const TIMEOUT_ABOVE: Duration = Duration::from_secs(5);
const TIMEOUT_BELOW: Duration = Duration::from_secs(30);

/// The frame rates that Chrome's fake camera supports.
const FRAME_RATES: std::ops::RangeInclusive<u32> = 5..=60;

/// The sizes of a detailed picture: those that OpenTok.js publishes.
const SIZES: [(u32, u32); 7] = [(320, 180), (320, 240), (640, 360), (640, 480), (1280, 720), (1280, 960), (1920, 1080)];

/// The size of a detailed picture without `resolution`.
const DEFAULT_SIZE: (u32, u32) = (1280, 720);

/// Decodes the table.
pub(super) fn decode(mut reader: TableReader<'_>, problems: &mut Problems) -> TestSpec {
    let default = TestSpec::default();
    let modules = reader.get("module").map(|node| modules(node, reader.directory(), problems));
    let connectivity = reader.boolean("connectivity", problems).unwrap_or(default.connectivity);
    let quality = reader.boolean("quality", problems).unwrap_or(default.quality);
    let audio_only = reader.boolean("audioOnly", problems).unwrap_or(default.audio_only);
    let timeout = reader.quantity("timeout", "20 s", parse_duration, problems).map(|(timeout, node)| {
        if timeout <= TIMEOUT_ABOVE || timeout >= TIMEOUT_BELOW {
            let message = "`timeout` is out of range: the module ignores values that are not between 5 s and 30 s";
            let nearest = if timeout <= TIMEOUT_ABOVE { "6 s" } else { "29 s" };
            let help = format!("write more than 5 s and less than 30 s, such as `timeout = {nearest:?}`, or remove it");
            problems.add_fixed(&node.span, message, "out of range", help, Some(Fix::of(node, quoted(nearest))));
        }
        timeout
    });
    let ip_whitelist = reader.boolean("ipWhitelist", problems).unwrap_or(default.ip_whitelist);
    let scoring = [
        ("classic", ScoringProfile::Classic),
        ("bandwidth", ScoringProfile::Bandwidth),
        ("capacity", ScoringProfile::Capacity),
    ];
    let scoring = reader.choice("scoring", &scoring, problems).unwrap_or_default();
    let camera = reader.table("camera", problems).map(|table| camera(table, problems)).unwrap_or_default();
    let sound = reader.table("microphone", problems).and_then(|table| sound(table, problems));
    if !connectivity && !quality {
        let help = "set `connectivity` or `quality` to true";
        problems.add(reader.span(), "the case runs no test", "nothing to run", help);
    }
    reader.finish(problems);
    TestSpec {
        modules: modules.unwrap_or(default.modules),
        connectivity,
        quality,
        audio_only,
        timeout,
        ip_whitelist,
        scoring,
        camera,
        sound: sound.unwrap_or_default(),
    }
}

/// Decodes one module or a list of modules.
fn modules(node: &Node, directory: &Path, problems: &mut Problems) -> Vec<ModuleSpec> {
    let nodes = match &node.value {
        NodeValue::Array(nodes) => nodes.as_slice(),
        _ => std::slice::from_ref(node),
    };
    let mut modules: Vec<ModuleSpec> = Vec::new();
    for node in nodes {
        let NodeValue::Text(text) = &node.value else {
            let help = "write a string, or a list of strings: [\"built-in\", \"npm:opentok-network-test-js@3.1.6\"]";
            problems.add(&node.span, format!("a module is {}, not a string", node.kind()), "not a string", help);
            continue;
        };
        match ModuleSpec::parse(text, directory) {
            Err(help) => {
                let (help, fix) = meant_module(text, node).map_or((help, None), |(help, fix)| (help, Some(fix)));
                problems.add_fixed(&node.span, format!("{text:?} is not a module"), "not a module", help, fix);
            }
            Ok(ModuleSpec::Path(path)) if !path.exists() => {
                let message = format!("there is no module at {}", path.display());
                let help = "paths are relative to this file; a published module is written \"npm:NAME@VERSION\"";
                let meant = meant_module(text, node);
                let (help, fix) = meant.map_or((help.to_owned(), None), |(help, fix)| (help, Some(fix)));
                problems.add_fixed(&node.span, message, "not found", help, fix);
            }
            Ok(module) if modules.iter().any(|known| known.label() == module.label()) => {
                let message = format!("two modules have the id `{}`", module.label());
                problems.add(
                    &node.span,
                    message,
                    "already used",
                    "list each module once; the id of a build is its file name",
                );
            }
            Ok(module) => modules.push(module),
        }
    }
    if nodes.is_empty() {
        problems.add(&node.span, "`module` is an empty list", "empty", "list a module, or remove the key");
    }
    modules
}

/// Returns the likely meaning of an invalid module, as help text and as a fix.
fn meant_module(text: &str, node: &Node) -> Option<(String, Fix)> {
    let meant = quoted(&ModuleSpec::meant(text)?);
    Some((format!("write {meant}"), Fix::of(node, meant)))
}

/// Decodes `microphone`.
pub(super) fn sound(mut reader: TableReader<'_>, problems: &mut Problems) -> Option<Sound> {
    let sound = reader.choice("sound", &[("beeps", Sound::Beeps), ("speech", Sound::Speech)], problems);
    reader.finish(problems);
    sound
}

/// Decodes `camera`.
pub(super) fn camera(mut reader: TableReader<'_>, problems: &mut Problems) -> Camera {
    let frame_rate =
        reader.integer_within("frameRate", FRAME_RATES, "the fake camera does not have this frame rate", problems);
    let is_detailed = reader.choice("picture", &[("pattern", false), ("detailed", true)], problems).unwrap_or(false);
    let resolution = reader.text("resolution", "640x480", problems).map(|(text, node)| {
        if !is_detailed {
            let message = "Chrome's own pattern has the size that the page requests";
            let help = "add `picture = \"detailed\"`, or remove it";
            problems.add(&node.span, message, "has no effect", help);
        }
        let known = |text: &str| sizes::parse(text).filter(|size| SIZES.contains(size));
        let size = known(text);
        if size.is_none() {
            let all: Vec<_> = SIZES.iter().map(|(width, height)| format!("`{width}x{height}`")).collect();
            let meant = sizes::meant(text).filter(|meant| known(meant).is_some());
            let help = match &meant {
                Some(meant) => format!("write `resolution = {meant:?}`"),
                None => format!("write one of {}", all.join(", ")),
            };
            let fix = meant.map(|meant| Fix::of(node, quoted(&meant)));
            problems.add_fixed(
                &node.span,
                format!("the fake camera does not have the size {text:?}"),
                "not a size",
                help,
                fix,
            );
        }
        size.unwrap_or(DEFAULT_SIZE)
    });
    reader.finish(problems);
    let default = Camera::default();
    let (width, height) = resolution.unwrap_or(DEFAULT_SIZE);
    let picture = if is_detailed { Picture::Detailed { width, height } } else { default.picture };
    Camera { frame_rate: frame_rate.unwrap_or(default.frame_rate), picture }
}
