//! npm's settings, as printed by `npm config ls`.

use std::collections::BTreeMap;

use globset::GlobBuilder;
use serde_json::Value;

use super::age::AgeLimit;
use super::failure::without_credentials;

/// The name of npm's registry if no setting names another one.
const PUBLIC_REGISTRY: &str = "npm's default registry";

/// npm's settings in its working directory.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Settings {
    settings: BTreeMap<String, Setting>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Setting {
    value: Value,
    /// The source of the setting: a file, or `environment`.
    source: String,
    /// The priority of the source; the greatest wins.
    rank: usize,
}

impl Settings {
    /// Parses the output of `npm config ls`: a comment with the name of each source, and a line `key = <JSON>` for each
    /// setting. Overridden settings and all other lines are comments.
    pub(super) fn parse(text: &str) -> Self {
        let mut settings = BTreeMap::new();
        let (mut source, mut rank) = (String::new(), 0);
        for line in text.lines() {
            if let Some((_, from)) = line.strip_prefix("; \"").and_then(|line| line.split_once("\" config from ")) {
                from.trim_matches('"').clone_into(&mut source);
                rank += 1;
            } else if !line.starts_with(';')
                && let Some((key, value)) = line.split_once(" = ")
                && let Ok(value) = serde_json::from_str(value)
            {
                settings.insert(key.trim().to_owned(), Setting { value, source: source.clone(), rank });
            }
        }
        Self { settings }
    }

    /// Returns the registry of a package: that of its scope, or else the general one. Credentials are removed.
    pub fn registry(&self, package: &str) -> String {
        let text = |key: &str| self.settings.get(key).and_then(|setting| setting.value.as_str());
        let of_scope = package.split_once('/').and_then(|(scope, _)| text(&format!("{scope}:registry")));
        without_credentials(of_scope.or_else(|| text("registry")).unwrap_or(PUBLIC_REGISTRY))
    }

    /// Returns whether npm limits the age of a package's releases.
    pub fn has_age_limit(&self, package: &str) -> bool {
        self.age_limit(package).is_some()
    }

    /// Returns the limit for the age of a package's releases; `None` if there is none. `before` wins over
    /// `min-release-age` of the same source; otherwise the source with the higher priority wins.
    pub(super) fn age_limit(&self, package: &str) -> Option<AgeLimit> {
        if self.is_exempt(package) {
            return None;
        }
        let get = |key: &'static str| self.settings.get_key_value(key);
        // Of equal ones, `max_by_key` returns the last.
        let (name, setting) =
            [get("min-release-age"), get("before")].into_iter().flatten().max_by_key(|(_, s)| s.rank)?;
        AgeLimit::new(name, &setting.value, &setting.source)
    }

    /// Returns whether a pattern of `min-release-age-exclude` matches the package.
    fn is_exempt(&self, package: &str) -> bool {
        let patterns = match self.settings.get("min-release-age-exclude").map(|setting| &setting.value) {
            Some(Value::Array(patterns)) => patterns.iter().filter_map(Value::as_str).collect(),
            Some(Value::String(pattern)) => vec![pattern.as_str()],
            _ => Vec::new(),
        };
        patterns.into_iter().any(|pattern| {
            let glob = GlobBuilder::new(pattern).literal_separator(true).build();
            glob.is_ok_and(|glob| glob.compile_matcher().is_match(package))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Output of npm 11.19.
    const OUTPUT: &str = r#"; "global" config from /usr/etc/npmrc

; cafile = "/etc/ssl/ca.crt" ; overridden by project

; "project" config from /home/me/app/.npmrc

@opentok:registry = "http://user:***@127.0.0.1:4873/"
//127.0.0.1:4873/:_authToken = (protected)
before = "2021-01-01T00:00:00.000Z"
min-release-age-exclude = ["@mine/*","bar"]
registry = "https://npm.example/"

; "env" config from environment

min-release-age = 30

; node bin location = /usr/bin/node
; npm version = 11.19.1
"#;

    #[test]
    fn registry_of_the_scope_wins_without_credentials() {
        let settings = Settings::parse(OUTPUT);
        assert_eq!(settings.registry("@opentok/client"), "http://127.0.0.1:4873/");
        assert_eq!(settings.registry("opentok-network-test-js"), "https://npm.example/");
        assert_eq!(Settings::default().registry("@opentok/client"), PUBLIC_REGISTRY);
    }

    #[test]
    fn age_limit_of_the_strongest_source_wins() {
        let limit = |text: &str| Settings::parse(text).age_limit("@opentok/client").map(|limit| limit.to_string());
        let of_env = limit(OUTPUT).expect("a limit");
        assert_eq!(of_env, "`min-release-age` (30, set in environment)");
        let of_file = OUTPUT.replace("min-release-age = 30", "other = 1");
        assert_eq!(limit(&of_file).as_deref(), Some("`before` (2021-01-01T00:00:00.000Z, set in /home/me/app/.npmrc)"));
        let of_one_source = OUTPUT.replace("min-release-age = 30", "before = \"2020-02-02\"\nmin-release-age = 30");
        assert!(limit(&of_one_source).is_some_and(|limit| limit.contains("2020-02-02")));
        for none in ["", "before = null", "min-release-age = 0", "min-release-age = \"x\""] {
            assert_eq!(limit(none), None, "{none}");
        }
    }

    #[test]
    fn excluded_packages_have_no_age_limit() {
        let settings = Settings::parse(OUTPUT);
        assert!(settings.age_limit("@mine/sdk").is_none() && settings.age_limit("bar").is_none());
        assert!(settings.age_limit("@mine/a/b").is_some() && settings.age_limit("barn").is_some());
    }

    proptest::proptest! {
        #[test]
        fn arbitrary_text_does_not_panic(text in "(; \"a\" config from |before = |min-release-age = |min-release-age-exclude = |[\\[\\]\"0-9e\n;=*-]|.){0,40}") {
            Settings::parse(&text).age_limit("@opentok/client");
        }
    }
}
