//! The schemas of `[sdk]`, `[test]`, `[devices]` and `[platform]`.

use serde_json::{Value, json};

use super::values::{DURATION, any, boolean, choice, duration, integer, pattern, table, text};
use precall_netem::fault::Service;

/// Returns the schema of a selection of releases; see [`Selection`](crate::Selection).
pub(super) fn version() -> Value {
    pattern(
        "\"latest\", a release (\"2.27.6\"), a range of npm's (\"^2.27\": its newest), or several: \"last 3\", \"last 4 minors\", \
         \"last 2 of ^2.27\", \"all minors of >=2.18\".",
        r"^\s*(latest|[0-9xX*^~<>=].*|last\s+[1-9][0-9]*(\s+minors)?(\s+of\s+.+)?|all(\s+minors)?(\s+of\s+.+)?)\s*$",
    )
}

/// Returns the definition of `[sdk]`.
pub(super) fn sdk() -> Value {
    let packages = ["@opentok/client", "@vonage/client-sdk-video"];
    table(
        "Which OpenTok.js runs.",
        [
            ("version", version()),
            ("package", choice("The npm package that it is in.", &packages)),
            ("path", text("A bundle file, or an unpacked package's directory, relative to this file.")),
        ],
    )
}

/// Returns the schema of one network-test module.
pub(super) fn module() -> Value {
    text("\"built-in\", a release (\"npm:opentok-network-test-js@3.1.6\"), or the path of a build.")
}

/// Returns the definition of `[test]`.
pub(super) fn test() -> Value {
    let modules = "The network-test module under test, or several: the case runs once with each.";
    table(
        "What the page runs.",
        [
            ("module", any(modules, &[module(), json!({ "type": "array", "items": module(), "minItems": 1 })])),
            ("connectivity", boolean("Run testConnectivity().")),
            ("quality", boolean("Run testQuality().")),
            ("audioOnly", boolean("The network test's option of that name.")),
            ("timeout", duration("The longest that a quality phase measures, between 5 s and 30 s.")),
            ("scoring", choice("By received bitrate and loss, or by available bitrate.", &["classic", "bandwidth"])),
            ("ipWhitelist", boolean("OpenTok.js's option of that name.")),
            ("camera", camera()),
            ("microphone", table("The fake microphone.", [("sound", choice("What it hears.", &["beeps", "speech"]))])),
        ],
    )
}

fn camera() -> Value {
    let sizes = ["320x240", "640x480", "1280x720", "1920x1080"];
    table(
        "The fake camera.",
        [
            ("frameRate", integer("Frames per second.", 5, Some(60))),
            ("picture", choice("Chrome's own pattern, or one that loads a link.", &["pattern", "detailed"])),
            ("resolution", choice("Of a detailed picture.", &sizes)),
        ],
    )
}

/// Returns the definition of `[devices]`.
pub(super) fn devices() -> Value {
    let what = "\"granted\", \"denied\", \"none\", \"withdrawn at 6 s\" or \"lost at 6 s\".";
    let access = || pattern(what, &format!(r"^(granted|denied|none|(withdrawn|lost) at \s*{DURATION}\s*)$"));
    table(
        "What the user's host has, and lets the page use.",
        [
            ("camera", access()),
            ("microphone", access()),
            ("cpuSlowdown", integer("How many times longer the page's scripts take.", 1, Some(20))),
        ],
    )
}

/// Returns the definition of `[platform]`.
pub(super) fn platform() -> Value {
    let url = |what: &str| pattern(what, "^https?://");
    let tokens = ["valid", "wrong-secret", "wrong-session", "expired", "subscriber"];
    table(
        "The platform that the page talks to.",
        [
            ("kind", choice("Which platform.", &["embedded", "opentok", "vonage"])),
            ("token", choice("What kind of token the page is given.", &tokens)),
            ("session", choice("Which session the page is given.", &["own", "unknown"])),
            ("way", choice("How the SDK comes to the platform.", &["proxy-url", "direct"])),
            ("relay", choice("Media goes through a relay (TURN), reached by this transport.", &["udp", "tcp", "tls"])),
            ("iceTcp", boolean("The media router is reached by TCP as well, where UDP does not pass.")),
            (
                "ipVersion",
                choice("Of the addresses that the page reaches the platform and its media at.", &["ipv4", "ipv6"]),
            ),
            ("videoCodec", choice("The project's preferred codec.", &["vp8", "vp9", "h264", "av1"])),
            ("faults", faults()),
            ("apiUrl", url("Of a platform elsewhere: where its REST API is.")),
            ("proxyUrl", url("Of a platform elsewhere: the IP proxy that clients go through.")),
            ("credentialsFile", text("Of a platform elsewhere: a file with the credentials, relative to this file.")),
        ],
    )
}

fn faults() -> Value {
    let service = |service: Service| {
        let what = service.actions().iter().map(|word| match *word {
            "status" => r"status [45][0-9][0-9]".to_owned(),
            "delay" => format!(r"delay {DURATION}"),
            word => word.to_owned(),
        });
        let what = what.collect::<Vec<_>>().join("|");
        let description = format!("{}; \" at 8 s\" behind it is for later.", service.actions().join(", "));
        (service.as_str(), pattern(&description, &format!(r"^\s*({what})(\s+at\s+{DURATION})?\s*$")))
    };
    table("What fails, by service.", Service::ALL.map(service))
}
