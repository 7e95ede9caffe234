//! `[test]`.

use std::path::Path;
use std::time::Duration;

use crate::scenario::build::ModuleSpec;
use crate::scenario::model::{Camera, Picture, ScoringProfile, Sound, TestSpec};
use crate::scenario::node::{Node, NodeValue};
use crate::scenario::table::{Problems, Reader};
use crate::units::parse_duration;

/// The bounds of the module's own `timeout` option, exclusive.
const TIMEOUT_ABOVE: Duration = Duration::from_secs(5);
const TIMEOUT_BELOW: Duration = Duration::from_secs(30);

/// What a fake camera can be asked for.
const FRAME_RATES: std::ops::RangeInclusive<u32> = 5..=60;

/// The sizes of a detailed picture: those that OpenTok.js publishes.
const SIZES: [(u32, u32); 4] = [(320, 240), (640, 480), (1280, 720), (1920, 1080)];

/// Reads the table.
pub(super) fn decode(mut reader: Reader<'_>, directory: &Path, problems: &mut Problems) -> TestSpec {
    let default = TestSpec::default();
    let modules = reader.get("module").map(|node| modules(node, directory, problems));
    let connectivity = reader.boolean("connectivity", problems).unwrap_or(default.connectivity);
    let quality = reader.boolean("quality", problems).unwrap_or(default.quality);
    let audio_only = reader.boolean("audioOnly", problems).unwrap_or(default.audio_only);
    let timeout = reader.quantity("timeout", "20 s", parse_duration, problems).map(|(timeout, node)| {
        if timeout <= TIMEOUT_ABOVE || timeout >= TIMEOUT_BELOW {
            let message = "`timeout` is out of range: the module ignores values that are not between 5 s and 30 s";
            problems.add(
                &node.span,
                message,
                "out of range",
                "write more than 5 s and less than 30 s, or leave it out",
            );
        }
        timeout
    });
    let ip_whitelist = reader.boolean("ipWhitelist", problems).unwrap_or(default.ip_whitelist);
    let scoring = [("classic", ScoringProfile::Classic), ("bandwidth", ScoringProfile::Bandwidth)];
    let scoring = reader.choice("scoring", &scoring, problems).unwrap_or_default();
    let camera = reader.table("camera", problems).map(|table| camera(table, problems)).unwrap_or_default();
    let sound = reader.table("microphone", problems).and_then(|mut table| {
        let sound = table.choice("sound", &[("beeps", Sound::Beeps), ("speech", Sound::Speech)], problems);
        table.finish(problems);
        sound
    });
    if !connectivity && !quality {
        let help = "leave `connectivity` or `quality` at true";
        problems.add(reader.span(), "the case runs no test at all", "nothing to run", help);
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

/// One module, or a list of them.
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
            Err(help) => problems.add(&node.span, format!("{text:?} is no module"), "not a module", help),
            Ok(ModuleSpec::Path(path)) if !path.exists() => {
                let message = format!("there is no module at {}", path.display());
                let help = "paths are relative to this file; a published module is written \"npm:NAME@VERSION\"";
                problems.add(&node.span, message, "not found", help);
            }
            Ok(module) if modules.iter().any(|known| known.label() == module.label()) => {
                let message = format!("two modules would be called `{}`", module.label());
                problems.add(&node.span, message, "taken", "name each module once; a build is called by its file name");
            }
            Ok(module) => modules.push(module),
        }
    }
    if nodes.is_empty() {
        problems.add(&node.span, "`module` is an empty list", "empty", "name a module, or leave the key out");
    }
    modules
}

fn camera(mut reader: Reader<'_>, problems: &mut Problems) -> Camera {
    let frame_rate = reader.integer("frameRate", problems).and_then(|(rate, node)| {
        let rate = u32::try_from(rate).ok().filter(|rate| FRAME_RATES.contains(rate));
        if rate.is_none() {
            let help = "write 5 to 60 frames per second";
            problems.add(&node.span, "no fake camera has this frame rate", "out of range", help);
        }
        rate
    });
    let is_detailed = reader.choice("picture", &[("pattern", false), ("detailed", true)], problems).unwrap_or(false);
    let resolution = reader.text("resolution", "640x480", problems).map(|(text, node)| {
        if !is_detailed {
            let message = "Chrome's own pattern has the size that the page asks for";
            let help = "write `picture = \"detailed\"` beside it, or leave it out";
            problems.add(&node.span, message, "has no effect", help);
        }
        let size = text.split_once('x').and_then(|(width, height)| Some((width.parse().ok()?, height.parse().ok()?)));
        let size = size.filter(|(width, height)| SIZES.contains(&(*width, *height)));
        if size.is_none() {
            let sizes: Vec<_> = SIZES.iter().map(|(width, height)| format!("{width}x{height}")).collect();
            let help = format!("write one of {}", sizes.join(", "));
            problems.add(&node.span, format!("no fake camera has the size {text:?}"), "not a size", help);
        }
        size.unwrap_or(SIZES[2])
    });
    reader.finish(problems);
    let default = Camera::default();
    let (width, height) = resolution.unwrap_or(SIZES[2]);
    let picture = if is_detailed { Picture::Detailed { width, height } } else { default.picture };
    Camera { frame_rate: frame_rate.unwrap_or(default.frame_rate), picture }
}
