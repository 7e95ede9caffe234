//! The schema of `[app]`.

use serde_json::{Value, json};

use super::values::{table, text};

/// Returns the definition of `[app]`.
pub(super) fn app() -> Value {
    let environment = json!({
        "type": "object",
        "description": "Variables of the server's environment, with names such as {apiKey} in braces.",
        "additionalProperties": { "type": "string" },
    });
    table(
        "The application whose pages are the participants of the call.",
        [
            ("start", text("The shell command that starts its server, in the directory of this file.")),
            ("ready", text("A URL that answers once the server can be used. Default: the origin of `url`.")),
            ("url", text("The URL of a participant's page, with names such as {room} in braces.")),
            ("environment", environment),
        ],
    )
}
