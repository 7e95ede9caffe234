//! Firefox's preferences, and the reason for each.

/// The preferences of a browser for tests, by their reason: name and value.
const PREFERENCES: [(&str, &[(&str, &str)]); 8] = [
    ("There is a fake camera and a fake microphone.", &[("media.navigator.streams.fake", "true")]),
    (
        "Nobody is there to grant a device; a script in the page denies it.",
        &[("media.navigator.permission.disabled", "true")],
    ),
    ("Nobody resolves names of mDNS in a test.", &[("media.peerconnection.ice.obfuscate_host_addresses", "false")]),
    ("Subscribers play without a click.", &[("media.autoplay.default", "0"), ("media.autoplay.blocking_policy", "0")]),
    ("A host without a route is not offline.", &[("network.manage-offline-status", "false")]),
    (
        "No process and no page of Firefox's own runs beside the test.",
        &[
            ("dom.ipc.processPrelaunch.enabled", "false"),
            ("browser.newtabpage.enabled", "false"),
            ("browser.startup.homepage_override.mstone", "\"ignore\""),
        ],
    ),
    (
        "Timers of a page that is not in front are not throttled.",
        &[
            ("dom.min_background_timeout_value", "4"),
            ("dom.timeout.enable_budget_timer_throttling", "false"),
            ("dom.suspend_inactive.enabled", "false"),
        ],
    ),
    (
        "Firefox contacts no other host.",
        &[
            ("media.gmp-manager.updateEnabled", "false"),
            ("media.gmp-provider.enabled", "false"),
            ("services.settings.server", "\"data:,\""),
            ("network.captive-portal-service.enabled", "false"),
            ("network.connectivity-service.enabled", "false"),
            ("network.dns.disablePrefetch", "true"),
            ("network.trr.mode", "5"),
            ("browser.safebrowsing.malware.enabled", "false"),
            ("browser.safebrowsing.phishing.enabled", "false"),
            ("browser.region.network.url", "\"\""),
            ("dom.push.connection.enabled", "false"),
            ("app.normandy.enabled", "false"),
            ("app.update.disabledForTesting", "true"),
            ("extensions.systemAddon.update.enabled", "false"),
            ("datareporting.policy.dataSubmissionEnabled", "false"),
            ("toolkit.telemetry.enabled", "false"),
        ],
    ),
];

/// Returns the content of the profile's `user.js`.
pub(super) fn user_js() -> String {
    let line = |(name, value): &(&str, &str)| format!("user_pref(\"{name}\", {value});\n");
    let group = |(reason, preferences): &(&str, &[(&str, &str)])| {
        format!("// {reason}\n{}", preferences.iter().map(line).collect::<String>())
    };
    PREFERENCES.iter().map(group).collect()
}
