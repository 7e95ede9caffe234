//! precall's own environment variables.

use std::process::Command;

/// The prefix of precall's own variables.
const PREFIX: &str = "PRECALL_";

/// Removes precall's own variables from the environment of a command. They can contain secrets, which no program that
/// precall starts, such as a browser or npm, may read.
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
    fn own_variables_have_a_prefix() {
        assert!(is_own("PRECALL_API_SECRET") && is_own("PRECALL_LOG"));
        assert!(!is_own("PATH") && !is_own("MY_PRECALL_LOG"));
    }
}
