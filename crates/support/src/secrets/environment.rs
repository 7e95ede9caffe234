//! precall's own environment variables.

use std::process::Command;

/// What the names of precall's own variables begin with.
const PREFIX: &str = "PRECALL_";

/// Starts the command without precall's own variables. Secrets may stand in them: no program that precall starts, be it a
/// browser or npm, is to have them.
pub fn remove_own_variables(command: &mut Command) {
    for (name, _) in std::env::vars_os().filter(|(name, _)| is_own(&name.to_string_lossy())) {
        command.env_remove(name);
    }
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
