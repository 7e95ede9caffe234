//! The schema of `[gate]`.

use serde_json::{Value, json};

use super::tables::version;
use super::values::{any, integer, table, text};

/// Returns the definition of `[gate]`.
pub(super) fn gate() -> Value {
    let name = || text("A network by name.");
    let names = json!({ "type": "array", "items": name(), "minItems": 1 });
    table(
        "What `precall gate` holds against one another.",
        [
            ("from", version()),
            ("to", version()),
            ("network", any("The networks, by name.", &[name(), names])),
            ("maxRepeats", integer("How often each case runs at most.", 6, Some(100))),
        ],
    )
}
