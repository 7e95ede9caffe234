//! The schema of `[firewall]`.

use serde_json::{Value, json};

use super::values::{any, choice, table};
use precall_netem::firewall::{FirewallProfile, Target};

/// Returns the definition of `[firewall]`.
pub(super) fn firewall() -> Value {
    table(
        "What a user's network does not let pass.",
        [
            (
                "profile",
                choice(
                    "One with a name; all other keys win over it.",
                    &FirewallProfile::ALL.map(FirewallProfile::as_str),
                ),
            ),
            ("block", targets("What is dropped without a word.")),
            ("allow", targets("Instead of `block`: only these pass.")),
            ("reset", targets("Whose connections are reset.")),
            ("udp", choice("Whether UDP passes.", &["open", "blocked"])),
            ("ports", choice("Which ports pass.", &["any", "tls"])),
            (
                "proxy",
                choice(
                    "An HTTP proxy, and what its browser knows.",
                    &["none", "open", "login", "wrong-login", "no-login"],
                ),
            ),
        ],
    )
}

fn targets(description: &str) -> Value {
    let target = choice(description, &Target::ALL.map(Target::as_str));
    any(description, &[target.clone(), json!({ "type": "array", "items": target })])
}
