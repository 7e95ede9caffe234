//! The schemas of `[call]` and `[[participant]]`.

use serde_json::{Value, json};

use super::tables::{any_browser, camera, version};
use super::values::{any, boolean, choice, duration, integer, pattern, reference, table, tables, text};
use crate::call::StepAction;

/// Returns the definition of `[call]`.
pub(super) fn call() -> Value {
    table(
        "The call that the case runs instead of a network test.",
        [
            ("duration", duration("How long the call lasts, 5 s to 10 min. Default: 30 s.")),
            ("mode", choice("Media goes through the router, or from browser to browser.", &["routed", "relayed"])),
            ("perception", boolean("Measure delay and similarity of pictures, and the delay of sound. Default: true.")),
        ],
    )
}

/// Returns the schema of `participant`: a list, or a table by their names.
pub(super) fn participants() -> Value {
    let description = "The participants of a call.";
    let list = json!({ "type": "array", "items": { "$ref": "#/$defs/participant" }, "minItems": 1 });
    let named = json!({ "type": "object", "additionalProperties": { "$ref": "#/$defs/participant" } });
    any(description, &[list, named])
}

/// Returns the definition of a participant.
pub(super) fn participant() -> Value {
    let names = json!({ "type": "array", "items": { "type": "string" } });
    table(
        "A participant of a call.",
        [
            ("name", pattern("Its name in results and expectations.", r"^[\p{Alphabetic}\p{N}_-]{1,40}$")),
            ("count", integer("Number of equal participants: NAME1, NAME2, and so on.", 1, Some(64))),
            ("browser", any_browser()),
            ("sdk", any("Its release of OpenTok.js.", &[version(), reference("The build.", "sdk")])),
            ("role", choice("The role of its token.", &["publisher", "subscriber", "moderator"])),
            (
                "publish",
                any("What it publishes.", &[boolean("The camera, or nothing."), reference("A stream.", "publish")]),
            ),
            ("subscribe", any("Whose streams it subscribes to.", &[choice("A word.", &["all", "none"]), names])),
            ("join", duration("When it joins, from the beginning of the call.")),
            ("camera", camera()),
            ("microphone", table("The fake microphone.", [("sound", choice("Its sound.", &["beeps", "speech"]))])),
            ("devices", reference("The devices of its host.", "devices")),
            (
                "network",
                any(
                    "The network between it and the platform.",
                    &[text("A profile."), reference("The network.", "network")],
                ),
            ),
            ("firewall", reference("The firewall of its network.", "firewall")),
            ("step", step()),
            ("script", text("A module that runs in its page, relative to this file.")),
        ],
    )
}

/// Returns the definition of a stream that is published.
pub(super) fn publish() -> Value {
    table(
        "A stream that is published.",
        [
            ("name", text("Its name in results.")),
            ("source", choice("Where its video comes from.", &["camera", "screen", "canvas"])),
            ("audio", boolean("Publish audio.")),
            ("video", boolean("Publish video.")),
            ("audioProcessing", boolean("Cancel echo, suppress noise and control the gain of the microphone.")),
            ("resolution", resolution("The option `resolution` of OT.initPublisher.")),
            ("frameRate", frame_rate("The option `frameRate` of OT.initPublisher.")),
        ],
    )
}

fn step() -> Value {
    let step = table(
        "Something that it does at a time.",
        [
            ("at", duration("When, from the beginning of the call.")),
            ("do", choice("What.", &StepAction::ALL.map(StepAction::as_str))),
            ("target", text("The participant that it is about.")),
            ("stream", text("The name of the stream.")),
            ("data", text("The data of a signal, the text to type, the key to press, or the text to look for.")),
            ("element", text("The CSS selector of an element of the application's page.")),
            ("resolution", resolution("The preferred resolution, or that of a new stream.")),
            ("frameRate", frame_rate("The preferred frame rate, or that of a new stream.")),
        ],
    );
    tables("What it does during the call.", step, "at")
}

/// Any text: an editor suggests the sizes, and the decoder explains which there are.
fn resolution(description: &str) -> Value {
    text(description)
}

fn frame_rate(description: &str) -> Value {
    integer(description, 1, Some(30))
}
