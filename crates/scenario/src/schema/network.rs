//! The schemas of `[network]`, `[profiles]` and their tables.

use serde_json::{Value, json};

use super::values::{any, boolean, choice, duration, queue, rate, reference, share, suggested, table, tables, text};
use crate::catalogue;

/// The keys of a table with their schemas.
type TableKeys = Vec<(&'static str, Value)>;

/// Returns the keys of one direction.
fn direction_keys() -> TableKeys {
    vec![
        (
            "rate",
            rate("What the link passes, UDP payload: \"400 kbit/s\"; \"unlimited\" lifts a profile's.", "unlimited"),
        ),
        ("trace", trace()),
        ("queue", queue("What may wait for its turn, as a time at the rate or an amount: \"300 ms\", \"64 kB\".")),
        ("delay", duration("One way: \"80 ms\".")),
        ("jitter", duration("The largest deviation from the delay, drawn evenly either way: \"10 ms\".")),
        ("jitterCorrelation", share("How alike the deviations of neighbours are: \"25 %\".")),
        ("jitterReorders", boolean("Whether jitter may change the order of packets.")),
        ("loss", share("Share of packets dropped at random, each on its own: \"2 %\".")),
        ("burst", burst()),
        ("reorder", reorder()),
        ("duplicate", share("Share of packets that come twice: \"1 %\".")),
        ("outage", outage()),
        ("blips", blips()),
    ]
}

fn trace() -> Value {
    let file = "A recorded rate in Mahimahi's format, relative to this file.";
    let as_table =
        table(file, [("file", text(file)), ("once", boolean("Carry nothing at its end, instead of beginning again."))]);
    any(file, &[text(file), as_table])
}

fn burst() -> Value {
    table(
        "Loss in bursts (Gilbert-Elliott), on top of `loss`.",
        [
            ("p", share("How often a good link turns bad, per packet: \"1 %\".")),
            ("r", share("How often a bad link turns good, per packet: \"25 %\" for bursts of four.")),
            ("lossGood", share("Loss while it is good: \"0 %\".")),
            ("lossBad", share("Loss while it is bad: \"100 %\".")),
        ],
    )
}

fn reorder() -> Value {
    let keys = [
        ("ratio", share("Share of packets held back: \"1 %\".")),
        ("by", duration("How much later they come: \"20 ms\".")),
    ];
    table("Packets that come late and are overtaken.", keys)
}

fn outage() -> Value {
    let description = "When nothing passes.";
    let keys = [("at", duration("When, after the tests begin: \"10 s\".")), ("for", duration("How long: \"3 s\"."))];
    tables(description, table(description, keys), "at")
}

fn blips() -> Value {
    let keys = [("every", duration("How often: \"10 s\".")), ("for", duration("How long each: \"500 ms\"."))];
    table("Short outages, over and over.", keys)
}

/// Returns the definition of a direction.
pub(super) fn direction() -> Value {
    table("One direction of a network, seen from the browser.", direction_keys())
}

/// Returns the keys that all kinds of network tables have.
fn both() -> TableKeys {
    let mut keys = direction_keys();
    keys.push(("up", reference("From the browser to the platform; wins over what goes for both.", "direction")));
    keys.push(("down", reference("From the platform to the browser; wins over what goes for both.", "direction")));
    keys
}

/// Returns the definition of a step.
pub(super) fn step() -> Value {
    let mut keys = both();
    keys.push(("at", duration("When, after the tests begin: \"10 s\".")));
    table("What changes of the network, and when.", keys)
}

fn network_keys() -> TableKeys {
    let mut keys = both();
    let names: Vec<_> = catalogue().into_iter().map(|network| network.name).collect();
    keys.push(("profile", suggested("A network of the catalogue (`precall networks`), or of [profiles].", &names)));
    keys.push(("step", tables("What changes on the way.", json!({ "$ref": "#/$defs/step" }), "at")));
    keys
}

/// Returns the definition of `[network]`.
pub(super) fn network() -> Value {
    let mut keys = network_keys();
    keys.push(("apply", choice("precall's links, or Chrome itself.", &["link", "cdp"])));
    table("The network between the page and the platform.", keys)
}

/// Returns the definition of a table of `[profiles]`.
pub(super) fn profile() -> Value {
    let mut keys = network_keys();
    keys.push(("description", text("What it is, in a line.")));
    keys.push(("source", text("Where its figures come from.")));
    table("A network with a name.", keys)
}
