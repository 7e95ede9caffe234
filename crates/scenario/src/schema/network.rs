//! The schemas of `[network]`, `[profiles]` and their tables.

use serde_json::{Value, json};

use super::values::{
    any, boolean, choice, deprecated, duration, queue, rate, reference, share, suggested, table, tables, text,
};
use crate::catalogue;

/// The keys of a table with their schemas.
type TableKeys = Vec<(&'static str, Value)>;

/// Returns the keys of one direction.
fn direction_keys() -> TableKeys {
    vec![
        (
            "rate",
            rate("Rate of UDP payload: \"400 kbit/s\"; \"unlimited\" removes the rate of a profile.", "unlimited"),
        ),
        ("trace", trace()),
        ("queue", queue("Capacity of the queue, as a time at the rate or as an amount: \"300 ms\", \"64 kB\".")),
        ("delay", duration("One-way delay: \"80 ms\".")),
        ("jitter", duration("Largest deviation from the delay, uniformly distributed: \"10 ms\".")),
        ("jitterCorrelation", share("Correlation of consecutive jitter values: \"25 %\".")),
        ("jitterReorders", boolean("Whether jitter may reorder packets.")),
        ("loss", share("Probability that a packet is dropped, independently of others: \"2 %\".")),
        ("burst", burst()),
        ("reorder", reorder()),
        ("duplicate", share("Probability that a packet is duplicated: \"1 %\".")),
        ("outage", outage()),
        ("blips", blips()),
    ]
}

fn trace() -> Value {
    let file = "A file with a recorded rate in Mahimahi's format, relative to this file.";
    let as_table =
        table(file, [("file", text(file)), ("once", boolean("Carry nothing after its end, instead of repeating."))]);
    any(file, &[text(file), as_table])
}

fn burst() -> Value {
    table(
        "Burst loss (Gilbert-Elliott), in addition to `loss`.",
        [
            ("p", share("Probability per packet of a change to the bad state: \"1 %\".")),
            ("r", share("Probability per packet of a change to the good state: \"25 %\" for bursts of four.")),
            ("lossGood", share("Loss in the good state: \"0 %\".")),
            ("lossBad", share("Loss in the bad state: \"100 %\".")),
        ],
    )
}

fn reorder() -> Value {
    let keys = [
        ("ratio", share("Probability that a packet is held back: \"1 %\".")),
        ("by", duration("Additional delay of these packets: \"20 ms\".")),
    ];
    table("Packets that arrive late and out of order.", keys)
}

fn outage() -> Value {
    let description = "A time in which every packet is dropped.";
    let keys =
        [("at", duration("Start, since the start of the tests: \"10 s\".")), ("for", duration("Duration: \"3 s\"."))];
    tables(description, table(description, keys), "at")
}

fn blips() -> Value {
    let keys = [
        ("every", duration("Interval of their starts: \"10 s\".")),
        ("for", duration("Duration of each: \"500 ms\".")),
    ];
    table("Short outages at a fixed interval.", keys)
}

/// Returns the definition of a direction.
pub(super) fn direction() -> Value {
    table("One direction of the network, as seen from the browser.", direction_keys())
}

/// Returns the keys that all kinds of network tables have.
fn both() -> TableKeys {
    let mut keys = direction_keys();
    keys.push((
        "up",
        reference("From the browser to the platform; overrides the keys for both directions.", "direction"),
    ));
    keys.push((
        "down",
        reference("From the platform to the browser; overrides the keys for both directions.", "direction"),
    ));
    keys
}

/// Returns the definition of a step.
pub(super) fn step() -> Value {
    let mut keys = both();
    keys.push(("at", duration("Time of the change, since the start of the tests: \"10 s\".")));
    table("A change of the network.", keys)
}

fn network_keys() -> TableKeys {
    let mut keys = both();
    let names: Vec<_> = catalogue().into_iter().map(|network| network.name).collect();
    keys.push(("profile", suggested("A network of the catalogue (`precall networks`) or of [profiles].", &names)));
    keys.push(("step", tables("Changes during the case.", json!({ "$ref": "#/$defs/step" }), "at")));
    keys
}

/// Returns the definition of `[network]`.
pub(super) fn network() -> Value {
    let mut keys = network_keys();
    keys.push((
        "backend",
        choice("The emulation: precall's links, or Chrome's by the DevTools Protocol.", &["link", "devtools"]),
    ));
    keys.push(("apply", deprecated(choice("Deprecated: the old name of `backend`.", &["link", "cdp", "devtools"]))));
    table("The network between the page and the platform.", keys)
}

/// Returns the definition of a table of `[profiles]`.
pub(super) fn profile() -> Value {
    let mut keys = network_keys();
    keys.push(("description", text("A description in one line.")));
    keys.push(("source", text("The source of its values.")));
    table("A named network.", keys)
}
