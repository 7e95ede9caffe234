//! Enterprise policies that restrict a managed browser so that precall cannot test with it, or tests differently.
//!
//! On Linux Chrome reads policies from files that every user can read. To a page, a restriction by a policy looks like
//! a fault of the page, so precall has to know about it.

use std::fmt;
use std::path::{Path, PathBuf};

use serde_json::Value;

/// A policy that restricts the browser, with the file that sets it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Restriction {
    /// The path of the policy file.
    pub file: PathBuf,
    /// The policy's name in Chrome's documentation.
    pub policy: String,
    /// The policy's value, as JSON.
    pub value: String,
}

impl fmt::Display for Restriction {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} sets {} to {}", self.file.display(), self.policy, self.value)
    }
}

/// The effect of a policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Effect {
    /// Chrome does not start, or precall cannot drive it.
    Driving,
    /// Pages behave differently: they are not loaded, run no scripts, get no device, or can send media on a restricted
    /// path only.
    Pages,
}

/// A policy's name, its effect, and whether a value has that effect.
type Rule = (&'static str, Effect, fn(&Value) -> bool);

/// The policies that were observed to keep Chromium 156 from working, and those that forbid devices. The latter have no
/// effect in Chromium 156, because precall grants devices through DevTools, but may have one in other browsers.
const RULES: [Rule; 11] = [
    ("RemoteDebuggingAllowed", Effect::Driving, is_false),
    ("DeveloperToolsAvailability", Effect::Driving, |value| value.as_i64() == Some(2)),
    ("HeadlessMode", Effect::Driving, |value| value.as_i64() == Some(2)),
    ("WebRtcIPHandling", Effect::Pages, |value| value.as_str().is_some_and(|handling| handling != "default")),
    ("WebRtcUdpPortRange", Effect::Pages, |value| value.as_str().is_some_and(|range| !range.is_empty())),
    ("URLBlocklist", Effect::Pages, blocks_loopback),
    ("DefaultJavaScriptSetting", Effect::Pages, |value| value.as_i64() == Some(2)),
    ("ProxyMode", Effect::Pages, is_proxy),
    ("ProxySettings", Effect::Pages, |value| value.get("ProxyMode").is_some_and(is_proxy)),
    ("VideoCaptureAllowed", Effect::Pages, is_false),
    ("AudioCaptureAllowed", Effect::Pages, is_false),
];

fn is_false(value: &Value) -> bool {
    value.as_bool() == Some(false)
}

fn is_proxy(mode: &Value) -> bool {
    mode.as_str().is_some_and(|mode| ["fixed_servers", "pac_script"].contains(&mode))
}

fn blocks_loopback(value: &Value) -> bool {
    let patterns = value.as_array().into_iter().flatten().filter_map(Value::as_str);
    patterns.into_iter().any(|pattern| {
        pattern == "*" || ["127.0.0.1", "http://*", "localhost"].iter().any(|part| pattern.contains(part))
    })
}

/// Returns the policies that keep precall from driving a browser of this version at all.
pub(super) fn driving_restrictions(version: &str) -> Vec<Restriction> {
    restrictions(version, Effect::Driving)
}

/// Returns the policies that change how pages behave in a browser of this version.
pub fn page_restrictions(version: &str) -> Vec<Restriction> {
    restrictions(version, Effect::Pages)
}

fn restrictions(version: &str, effect: Effect) -> Vec<Restriction> {
    let directories =
        directories(version).iter().flat_map(|base| ["managed", "recommended"].map(|kind| Path::new(base).join(kind)));
    directories.flat_map(|directory| in_directory(&directory, effect)).collect()
}

/// Returns the policy directories of a browser, by its version text.
fn directories(version: &str) -> &'static [&'static str] {
    if !cfg!(target_os = "linux") {
        return &[];
    }
    if version.contains("for Testing") {
        &["/etc/opt/chrome_for_testing/policies"]
    } else if version.contains("Google Chrome") {
        &["/etc/opt/chrome/policies"]
    } else if version.contains("Edge") {
        &["/etc/opt/edge/policies"]
    } else {
        &["/etc/chromium/policies", "/etc/chromium-browser/policies"]
    }
}

fn in_directory(directory: &Path, effect: Effect) -> Vec<Restriction> {
    let entries = std::fs::read_dir(directory).into_iter().flatten().flatten().map(|entry| entry.path());
    let mut files: Vec<_> =
        entries.filter(|path| path.extension().is_some_and(|extension| extension == "json")).collect();
    files.sort();
    files
        .iter()
        .flat_map(|file| std::fs::read_to_string(file).map(|text| in_file(file, &text, effect)).unwrap_or_default())
        .collect()
}

fn in_file(file: &Path, text: &str, effect: Effect) -> Vec<Restriction> {
    // Chrome accepts comments. A file that Chrome cannot read restricts nothing.
    let Ok(policies) = serde_json::from_str::<Value>(&without_comments(text)) else { return Vec::new() };
    let found = RULES.iter().filter(|(_, kind, _)| *kind == effect).filter_map(|(policy, _, restricts)| {
        let value = policies.get(policy).filter(|value| restricts(value))?;
        Some(Restriction { file: file.to_owned(), policy: (*policy).to_owned(), value: value.to_string() })
    });
    found.collect()
}

/// Returns JSON without `//…` and `/*…*/` outside of its strings.
fn without_comments(text: &str) -> String {
    let mut clean = String::with_capacity(text.len());
    let mut rest = text;
    let mut is_string = false;
    while let Some(next) = rest.chars().next() {
        let comment_end = match rest.get(..2) {
            Some("//") if !is_string => Some(rest.find('\n').unwrap_or(rest.len())),
            Some("/*") if !is_string => Some(rest.find("*/").map_or(rest.len(), |end| end + 2)),
            _ => None,
        };
        let length = comment_end.unwrap_or_else(|| {
            let escaped = rest.chars().nth(1).filter(|_| is_string && next == '\\').map_or(0, char::len_utf8);
            is_string ^= next == '"';
            next.len_utf8() + escaped
        });
        if comment_end.is_none() {
            clean.push_str(&rest[..length]);
        }
        rest = &rest[length..];
    }
    clean
}

#[cfg(test)]
mod tests {
    use super::*;

    fn policies(text: &str, effect: Effect) -> Vec<String> {
        in_file(Path::new("/p.json"), text, effect).iter().map(Restriction::to_string).collect()
    }

    #[test]
    fn restricting_policies_are_found_with_their_file() {
        let text = r#"{
            // https://example.com/*
            "RemoteDebuggingAllowed": false, /* "HeadlessMode": 2, */
            "WebRtcIPHandling": "disable_non_proxied_udp",
            "HomepageLocation": "https://example.com/\"//",
            "URLBlocklist": ["facebook.com", "*"],
            "ProxySettings": {"ProxyMode": "pac_script"}
        }"#;
        assert_eq!(policies(text, Effect::Driving), ["/p.json sets RemoteDebuggingAllowed to false"]);
        assert_eq!(
            policies(text, Effect::Pages),
            [
                "/p.json sets WebRtcIPHandling to \"disable_non_proxied_udp\"",
                "/p.json sets URLBlocklist to [\"facebook.com\",\"*\"]",
                "/p.json sets ProxySettings to {\"ProxyMode\":\"pac_script\"}"
            ]
        );
        let harmless = r#"{"RemoteDebuggingAllowed":true,"WebRtcIPHandling":"default","URLBlocklist":["facebook.com"],"ProxyMode":"direct","HeadlessMode":1}"#;
        for text in [harmless, "", "[]", "{", "{\"RemoteDebuggingAllowed\": null}"] {
            assert!(policies(text, Effect::Driving).is_empty() && policies(text, Effect::Pages).is_empty(), "{text}");
        }
    }

    #[test]
    fn all_json_files_of_a_directory_are_read() {
        let directory = tempfile::tempdir().expect("a directory");
        std::fs::write(directory.path().join("b.json"), "{\"HeadlessMode\":2}").expect("written");
        std::fs::write(directory.path().join("a.json"), "{}").expect("written");
        std::fs::write(directory.path().join("c.txt"), "{\"HeadlessMode\":2}").expect("written");
        assert_eq!(in_directory(directory.path(), Effect::Driving).len(), 1);
        assert!(in_directory(Path::new("/no/such"), Effect::Driving).is_empty());
    }

    #[test]
    fn each_browser_has_its_own_policy_directory() {
        assert_eq!(directories("Google Chrome for Testing 140.0"), ["/etc/opt/chrome_for_testing/policies"]);
        assert_eq!(directories("Google Chrome 140.0"), ["/etc/opt/chrome/policies"]);
        assert_eq!(directories("Chromium 156.0")[0], "/etc/chromium/policies");
    }

    proptest::proptest! {
        #[test]
        fn arbitrary_text_does_not_panic(text in "(//|/\\*|\\*/|\"|\\\\|\n|.){0,40}") {
            without_comments(&text);
        }
    }
}
