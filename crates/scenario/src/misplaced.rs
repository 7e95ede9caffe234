//! Keys that stand outside of the table that they belong into, and plain values where a table is wanted.

/// Keys that belong into one table only, with their path from a case or the top.
const HOMES: [&str; 32] = [
    "sdk.version",
    "sdk.package",
    "test.timeout",
    "test.module",
    "test.quality",
    "test.connectivity",
    "test.audioOnly",
    "test.scoring",
    "test.ipWhitelist",
    "test.camera.picture",
    "test.camera.resolution",
    "test.camera.frameRate",
    "test.microphone.sound",
    "devices.cpuSlowdown",
    "platform.kind",
    "platform.way",
    "platform.token",
    "platform.relay",
    "platform.iceTcp",
    "platform.ipVersion",
    "platform.videoCodec",
    "platform.faults",
    "network.profile",
    "network.rate",
    "network.delay",
    "network.jitter",
    "network.loss",
    "network.burst",
    "network.queue",
    "network.trace",
    "network.outage",
    "network.blips",
];

/// The key of a table that is meant when a plain value stands for the whole table.
const MAIN: [(&str, &str); 10] = [
    ("sdk", "version"),
    ("network", "profile"),
    ("platform", "kind"),
    ("firewall", "profile"),
    ("invariants", "level"),
    ("camera", "picture"),
    ("microphone", "sound"),
    ("trace", "file"),
    ("up", "rate"),
    ("down", "rate"),
];

/// What the names of metrics begin with.
const METRICS: [&str; 6] =
    ["expect.audio", "expect.video", "expect.link", "expect.media", "expect.connectivity", "expect.quality"];

/// The path of a key, in any of its names, that belongs into a table.
pub(super) fn home(key: &str, is_table: bool) -> Option<&'static str> {
    if let Some(metric) = METRICS.into_iter().find(|path| is_table && path.rsplit('.').next() == Some(key)) {
        return Some(metric);
    }
    let names = HOMES.map(|path| path.rsplit('.').next().unwrap_or(path));
    let found = super::suggest::closest(key, &names)?;
    HOMES.into_iter().find(|path| path.rsplit('.').next() == Some(found))
}

/// The key that a plain value in place of this table is meant for.
pub(super) fn main_key(table: &str) -> Option<&'static str> {
    MAIN.iter().find(|(name, _)| *name == table).map(|(_, key)| *key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_led_home() {
        assert_eq!(home("timeout", false), Some("test.timeout"));
        assert_eq!(home("latency", false), Some("network.delay"));
        assert_eq!(home("packetLoss", false), Some("network.loss"));
        assert_eq!(home("video", true), Some("expect.video"));
        assert_eq!(home("colour", false), None);
        assert_eq!(main_key("network"), Some("profile"));
        assert_eq!(main_key("expect"), None);
    }
}
