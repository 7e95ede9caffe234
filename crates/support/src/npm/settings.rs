//! npm's settings, as `npm config ls` tells them.

use std::collections::BTreeMap;

use globset::GlobBuilder;
use serde_json::Value;

use super::age::AgeLimit;
use super::failure::without_credentials;

/// How the registry is named that npm asks when no setting names another.
const PUBLIC_REGISTRY: &str = "npm's default registry";

/// What npm's settings say where it runs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Settings {
    settings: BTreeMap<String, Setting>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Setting {
    value: Value,
    /// Where it was set: a file, or `environment`.
    source: String,
    /// The place of the source in npm's order: the greatest wins.
    rank: usize,
}

impl Settings {
    /// Reads what `npm config ls` prints: for each source a comment that names it, and a line `key = <JSON>` for each
    /// setting. Settings that another source overrides are comments, as is everything else.
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

    /// The registry that npm asks for a package: the one of its scope, else the one for all; without credentials.
    pub fn registry(&self, package: &str) -> String {
        let text = |key: &str| self.settings.get(key).and_then(|setting| setting.value.as_str());
        let of_scope = package.split_once('/').and_then(|(scope, _)| text(&format!("{scope}:registry")));
        without_credentials(of_scope.or_else(|| text("registry")).unwrap_or(PUBLIC_REGISTRY))
    }

    /// Whether npm looks at the age of a package's releases.
    pub fn has_age_limit(&self, package: &str) -> bool {
        self.age_limit(package).is_some()
    }

    /// Which releases of a package npm takes by their age; `None` when it takes all. `before` wins over
    /// `min-release-age` of the same source, else the source that npm prefers does.
    pub(super) fn age_limit(&self, package: &str) -> Option<AgeLimit> {
        if self.is_exempt(package) {
            return None;
        }
        let get = |key: &'static str| self.settings.get_key_value(key);
        // Of equals the last one counts.
        let (name, setting) =
            [get("min-release-age"), get("before")].into_iter().flatten().max_by_key(|(_, s)| s.rank)?;
        AgeLimit::new(name, &setting.value, &setting.source)
    }

    /// Whether a pattern of `min-release-age-exclude` names the package.
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

    /// Of npm 11.19.
    const SAID: &str = r#"; "global" config from /usr/etc/npmrc

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
    fn the_registry_of_a_scope_wins_and_shows_no_credentials() {
        let settings = Settings::parse(SAID);
        assert_eq!(settings.registry("@opentok/client"), "http://127.0.0.1:4873/");
        assert_eq!(settings.registry("opentok-network-test-js"), "https://npm.example/");
        assert_eq!(Settings::default().registry("@opentok/client"), PUBLIC_REGISTRY);
    }

    #[test]
    fn the_age_limit_is_that_of_the_source_that_wins() {
        let limit = |text: &str| Settings::parse(text).age_limit("@opentok/client").map(|limit| limit.to_string());
        let of_env = limit(SAID).expect("a limit");
        assert_eq!(of_env, "`min-release-age` (30, set in environment)");
        let of_file = SAID.replace("min-release-age = 30", "other = 1");
        assert_eq!(limit(&of_file).as_deref(), Some("`before` (2021-01-01T00:00:00.000Z, set in /home/me/app/.npmrc)"));
        let of_one_source = SAID.replace("min-release-age = 30", "before = \"2020-02-02\"\nmin-release-age = 30");
        assert!(limit(&of_one_source).is_some_and(|limit| limit.contains("2020-02-02")));
        for none in ["", "before = null", "min-release-age = 0", "min-release-age = \"x\""] {
            assert_eq!(limit(none), None, "{none}");
        }
    }

    #[test]
    fn packages_that_are_excluded_have_no_age_limit() {
        let settings = Settings::parse(SAID);
        assert!(settings.age_limit("@mine/sdk").is_none() && settings.age_limit("bar").is_none());
        assert!(settings.age_limit("@mine/a/b").is_some() && settings.age_limit("barn").is_some());
    }

    proptest::proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "(; \"a\" config from |before = |min-release-age = |min-release-age-exclude = |[\\[\\]\"0-9e\n;=*-]|.){0,40}") {
            Settings::parse(&text).age_limit("@opentok/client");
        }
    }
}
