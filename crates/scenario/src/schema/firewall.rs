//! The schema of `[firewall]`.

use serde_json::{Value, json};

use super::values::{any, choice, table};
use precall_netem::firewall::{FirewallProfile, Target};

/// Returns the definition of `[firewall]`.
pub(super) fn firewall() -> Value {
    table(
        "The firewall of the user's network.",
        [
            (
                "profile",
                choice(
                    "A named firewall; all other keys override it.",
                    &FirewallProfile::ALL.map(FirewallProfile::as_str),
                ),
            ),
            ("block", targets("Traffic that is dropped silently.")),
            ("allow", targets("In place of `block`: the only traffic that passes.")),
            ("reset", targets("Traffic whose connections are reset.")),
            ("udp", choice("Whether UDP passes.", &["open", "blocked"])),
            ("ports", choice("The ports that can be reached.", &["any", "tls"])),
            (
                "proxy",
                choice(
                    "An HTTP proxy, and the credentials that the browser has for it.",
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
