//! The schemas of `browser`, `[sdk]`, `[test]`, `[devices]` and `[platform]`.

use serde_json::{Value, json};

use super::values::{DURATION, any, boolean, choice, deprecated, duration, integer, pattern, reference, table, text};

use precall_netem::fault::Service;
use precall_support::browser_kind::BrowserKind;

/// Returns the schema of a selection of releases; see [`Selection`](crate::Selection).
pub(super) fn version() -> Value {
    pattern(
        "\"latest\", a release (\"2.27.6\"), a range of npm (\"^2.27\": its newest release), or several: \"last 3\", \"last 4 minors\", \
         \"last 2 of ^2.27\", \"all minors of >=2.18\".",
        r"^\s*(latest|[0-9xX*^~<>=].*|last\s+[1-9][0-9]*(\s+minors)?(\s+of\s+.+)?|all(\s+minors)?(\s+of\s+.+)?)\s*$",
    )
}

/// Returns the definition of `[sdk]`.
pub(super) fn sdk() -> Value {
    let packages = ["@opentok/client", "@vonage/client-sdk-video"];
    table(
        "The build of OpenTok.js.",
        [
            ("version", version()),
            ("package", choice("The npm package.", &packages)),
            ("path", text("A bundle file or the directory of an unpacked package, relative to this file.")),
        ],
    )
}

/// Returns the schema of a kind of browser.
pub(super) fn browser_kind() -> Value {
    choice("The kind of browser.", &BrowserKind::WORDS.map(|(word, _)| word))
}

/// Returns the definition of the table `browser`.
pub(super) fn browser() -> Value {
    table(
        "The browser of a page.",
        [
            ("kind", browser_kind()),
            ("version", pattern("The version that it must have, such as \"156\".", r"^[0-9]+(\.[0-9]+)*$")),
            ("path", text("The path of its program, relative to this file.")),
        ],
    )
}

/// Returns the schema of `browser`: a kind, or the table.
pub(super) fn any_browser() -> Value {
    any("The browser of a page.", &[browser_kind(), reference("The browser.", "browser")])
}

/// Returns the schema of one network-test module.
pub(super) fn module() -> Value {
    text("\"built-in\", a release (\"npm:opentok-network-test-js@3.1.6\"), or the path of a build.")
}

/// Returns the definition of `[test]`.
pub(super) fn test() -> Value {
    let modules = "The network-test module under test, or several: the case runs once with each.";
    table(
        "The test that the page runs.",
        [
            ("module", any(modules, &[module(), json!({ "type": "array", "items": module(), "minItems": 1 })])),
            ("connectivity", boolean("Run testConnectivity().")),
            ("quality", boolean("Run testQuality().")),
            ("audioOnly", boolean("The network test's option `audioOnly`.")),
            ("timeout", duration("Longest measurement of a quality phase, between 5 s and 30 s.")),
            (
                "scoring",
                choice(
                    "Scores follow received bitrate and loss, available bitrate, or what the network can carry.",
                    &["classic", "bandwidth", "capacity"],
                ),
            ),
            ("ipWhitelist", boolean("OpenTok.js's option `ipWhitelist`.")),
            ("camera", camera()),
            ("microphone", table("The fake microphone.", [("sound", choice("Its sound.", &["beeps", "speech"]))])),
        ],
    )
}

pub(super) fn camera() -> Value {
    let sizes = ["320x180", "320x240", "640x360", "640x480", "1280x720", "1280x960", "1920x1080"];
    table(
        "The fake camera.",
        [
            ("frameRate", integer("Frames per second.", 5, Some(60))),
            (
                "picture",
                choice("Chrome's own pattern, or a picture that needs a high bitrate.", &["pattern", "detailed"]),
            ),
            ("resolution", choice("Size of a detailed picture.", &sizes)),
        ],
    )
}

/// Returns the definition of `[devices]`.
pub(super) fn devices() -> Value {
    let what = "\"granted\", \"denied\", \"none\", \"withdrawn at 6 s\" or \"lost at 6 s\".";
    let access = || pattern(what, &format!(r"^(granted|denied|none|(withdrawn|lost) at \s*{DURATION}\s*)$"));
    table(
        "The devices of the user's host.",
        [
            ("camera", access()),
            ("microphone", access()),
            ("cpuSlowdown", integer("Factor by which the page's scripts are slowed down.", 1, Some(20))),
        ],
    )
}

/// Returns the definition of `[platform]`.
pub(super) fn platform() -> Value {
    let url = |what: &str| pattern(what, "^https?://");
    let tokens = ["valid", "wrong-secret", "wrong-session", "expired", "subscriber"];
    table(
        "The platform of the case.",
        [
            ("kind", choice("The kind of platform.", &["embedded", "opentok", "vonage"])),
            ("token", choice("The token of the page.", &tokens)),
            ("session", choice("The session of the page.", &["own", "unknown"])),
            ("access", choice("How the SDK reaches the platform.", &["ip-proxy", "intercept"])),
            (
                "way",
                deprecated(choice(
                    "Deprecated: the old name of `access`.",
                    &["proxy-url", "direct", "ip-proxy", "intercept"],
                )),
            ),
            ("relay", choice("Media goes through a relay (TURN) over this transport.", &["udp", "tcp", "tls"])),
            ("iceTcp", boolean("The media router also accepts TCP (ICE-TCP).")),
            ("ipVersion", choice("IP version of the platform's addresses.", &["ipv4", "ipv6"])),
            ("videoCodec", choice("The project's preferred codec.", &["vp8", "vp9", "h264", "av1"])),
            ("faults", faults()),
            ("apiUrl", url("For a remote platform: the URL of its REST API.")),
            ("proxyUrl", url("For a remote platform: the URL of the IP proxy of its clients.")),
            ("credentialsFile", text("For a remote platform: a file with the credentials, relative to this file.")),
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
        let description = format!("{}; followed by \" at 8 s\" for a later start.", service.actions().join(", "));
        (service.as_str(), pattern(&description, &format!(r"^\s*({what})(\s+at\s+{DURATION})?\s*$")))
    };
    table("The fault of each service.", Service::ALL.map(service))
}
