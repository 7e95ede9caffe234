//! Environment variables. An empty variable counts as not set: CI systems and container files pass on variables that
//! they do not have as empty ones. `clippy.toml` forbids `std::env::var` in all other modules.

#![allow(clippy::disallowed_methods, reason = "this is the module that the others are sent to")]

use std::ffi::OsString;

/// Returns the value of a variable; `None` if it is not set or empty.
pub fn variable(name: &str) -> Option<OsString> {
    std::env::var_os(name).filter(|value| !value.is_empty())
}

/// Returns the text of a variable; `None` if it is not set, empty, or not UTF-8.
pub fn text(name: &str) -> Option<String> {
    variable(name)?.into_string().ok()
}

/// The prefix of a value that is in an environment variable.
pub const OF_ENVIRONMENT: &str = "env:";

/// Returns a text, or for `env:NAME` that of the variable of this name, as `variable` finds it.
///
/// # Errors
///
/// When the variable is not set. The reason says what to set it to, which is `what`, as in `the URL`.
pub fn text_or_named(text: &str, what: &str, variable: impl Fn(&str) -> Option<String>) -> Result<String, String> {
    match text.strip_prefix(OF_ENVIRONMENT) {
        None => Ok(text.to_owned()),
        Some(name) => {
            variable(name).ok_or_else(|| format!("the environment variable {name} is not set; set it to {what}"))
        }
    }
}

/// Returns whether this is a job of a CI system, according to `CI`. CI systems set it to `true` or `1`; users disable
/// the CI mode of tools with `false` or `0`.
pub fn is_ci() -> bool {
    text("CI").is_some_and(|value| means_yes(&value))
}

fn means_yes(value: &str) -> bool {
    !matches!(value.trim().to_ascii_lowercase().as_str(), "" | "0" | "false" | "no" | "off")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_can_be_in_a_variable() {
        let variable = |name: &str| (name == "A").then(|| "there".to_owned());
        assert_eq!(text_or_named("here", "x", variable), Ok("here".to_owned()));
        assert_eq!(text_or_named("env:A", "x", variable), Ok("there".to_owned()));
        let error = text_or_named("env:B", "the URL", variable).expect_err("not set");
        assert_eq!(error, "the environment variable B is not set; set it to the URL");
    }

    #[test]
    fn ci_can_be_disabled() {
        for yes in ["1", "true", "TRUE", "yes", "woodpecker"] {
            assert!(means_yes(yes), "{yes}");
        }
        for no in ["", " ", "0", "false", "False", "no", "off"] {
            assert!(!means_yes(no), "{no}");
        }
    }
}
