//! Firefox's preferences, and the reason for each.

/// The preferences of a browser for tests: name, value, reason.
const PREFERENCES: [(&str, &str, &str); 31] = [
    ("media.navigator.streams.fake", "true", "a fake camera and a fake microphone"),
    (
        "media.navigator.permission.disabled",
        "true",
        "nobody is there to grant a device; a script in the page denies it",
    ),
    ("media.peerconnection.ice.obfuscate_host_addresses", "false", "nobody resolves names of mDNS in a test"),
    ("media.autoplay.default", "0", "subscribers play without a click"),
    ("media.autoplay.blocking_policy", "0", "the same"),
    ("media.getusermedia.screensharing.enabled", "true", "a page may share a screen"),
    ("network.manage-offline-status", "false", "a host without a route is not offline"),
    ("dom.disable_open_during_load", "false", "a page may open a window, as in Chrome"),
    ("dom.ipc.processPrelaunch.enabled", "false", "no content process that no page uses"),
    ("dom.min_background_timeout_value", "4", "timers of a page that is not in front are not throttled"),
    ("dom.timeout.enable_budget_timer_throttling", "false", "the same"),
    ("dom.suspend_inactive.enabled", "false", "the same"),
    ("widget.windows.window_occlusion_tracking.enabled", "false", "the same"),
    ("media.gmp-manager.updateEnabled", "false", "no request to another host"),
    ("media.gmp-provider.enabled", "false", "the same"),
    ("services.settings.server", "\"data:,\"", "the same"),
    ("network.captive-portal-service.enabled", "false", "the same"),
    ("network.connectivity-service.enabled", "false", "the same"),
    ("network.dns.disablePrefetch", "true", "the same"),
    ("network.trr.mode", "5", "names are resolved by the host alone"),
    ("browser.safebrowsing.malware.enabled", "false", "no request to another host"),
    ("browser.safebrowsing.phishing.enabled", "false", "the same"),
    ("browser.region.network.url", "\"\"", "the same"),
    ("browser.newtabpage.enabled", "false", "the same, and no page of the browser's own beside the test"),
    ("browser.startup.homepage_override.mstone", "\"ignore\"", "no page about what is new"),
    ("dom.push.connection.enabled", "false", "no request to another host"),
    ("app.normandy.enabled", "false", "the same"),
    ("app.update.disabledForTesting", "true", "no update during a test"),
    ("extensions.systemAddon.update.enabled", "false", "the same"),
    ("datareporting.policy.dataSubmissionEnabled", "false", "no request to another host"),
    ("toolkit.telemetry.enabled", "false", "the same"),
];

/// Returns the content of the profile's `user.js`.
pub(super) fn user_js() -> String {
    PREFERENCES.iter().map(|(name, value, reason)| format!("// {reason}\nuser_pref(\"{name}\", {value});\n")).collect()
}
