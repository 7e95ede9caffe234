//! precall's own environment variables.

use std::ffi::OsString;

/// What the names of precall's own variables begin with.
const PREFIX: &str = "PRECALL_";

/// The names of precall's own variables that are set. Secrets may stand in them: no program that precall starts, be it a browser
/// or npm, is to have them.
pub fn own_variables() -> impl Iterator<Item = OsString> {
    std::env::vars_os().map(|(name, _)| name).filter(|name| is_own(&name.to_string_lossy()))
}

fn is_own(name: &str) -> bool {
    name.starts_with(PREFIX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn own_variables_are_known_by_their_prefix() {
        assert!(is_own("PRECALL_API_SECRET") && is_own("PRECALL_LOG"));
        assert!(!is_own("PATH") && !is_own("MY_PRECALL_LOG"));
    }
}
