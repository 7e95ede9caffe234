//! Keys outside of their table, and plain values in place of a table.

/// Keys that exist in one table only, with their path.
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
    "platform.access",
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

/// The key that is meant when a plain value is in place of the whole table.
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

/// The tables of metrics.
const METRICS: [&str; 6] =
    ["expect.audio", "expect.video", "expect.link", "expect.media", "expect.connectivity", "expect.quality"];

/// Returns the path of a key that belongs in another table. Synonyms are recognized.
pub(super) fn home(key: &str, is_table: bool) -> Option<&'static str> {
    if let Some(metric) = METRICS.into_iter().find(|path| is_table && path.rsplit('.').next() == Some(key)) {
        return Some(metric);
    }
    let names = HOMES.map(|path| path.rsplit('.').next().unwrap_or(path));
    let found = super::suggest::closest(key, &names)?;
    HOMES.into_iter().find(|path| path.rsplit('.').next() == Some(found))
}

/// Returns the key that is meant when a plain value is in place of this table.
pub(super) fn main_key(table: &str) -> Option<&'static str> {
    MAIN.iter().find(|(name, _)| *name == table).map(|(_, key)| *key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn misplaced_keys_are_recognized() {
        assert_eq!(home("timeout", false), Some("test.timeout"));
        assert_eq!(home("latency", false), Some("network.delay"));
        assert_eq!(home("packetLoss", false), Some("network.loss"));
        assert_eq!(home("video", true), Some("expect.video"));
        assert_eq!(home("colour", false), None);
        assert_eq!(main_key("network"), Some("profile"));
        assert_eq!(main_key("expect"), None);
    }
}
