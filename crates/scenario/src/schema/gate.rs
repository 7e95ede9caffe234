//! The schema of `[gate]`.

use serde_json::{Value, json};

use super::tables::version;
use super::values::{any, integer, table, text};

/// Returns the definition of `[gate]`.
pub(super) fn gate() -> Value {
    let name = || text("The name of a network.");
    let names = json!({ "type": "array", "items": name(), "minItems": 1 });
    table(
        "The comparison of `precall gate`.",
        [
            ("from", version()),
            ("to", version()),
            ("network", any("The networks by name.", &[name(), names])),
            ("maxRepeats", integer("Largest number of repeats of each case.", 6, Some(100))),
        ],
    )
}
