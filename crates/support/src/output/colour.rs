//! Whether text is coloured.

/// Whether text for a stream is coloured: `CLICOLOR_FORCE` asks for it, `NO_COLOR` (no-color.org), `CLICOLOR=0` and a terminal without
/// colours rule it out, and elsewhere a terminal has colours. `variable` gives an environment variable that is not empty.
pub(super) fn is_coloured(is_terminal: bool, variable: impl Fn(&str) -> Option<String>) -> bool {
    if variable("CLICOLOR_FORCE").is_some_and(|value| value != "0") {
        return true;
    }
    let is_ruled_out = variable("NO_COLOR").is_some() || variable("CLICOLOR").is_some_and(|value| value == "0");
    is_terminal && !is_ruled_out && is_capable(variable)
}

/// Whether a terminal takes more than plain text: `TERM` is set, and not `dumb`.
pub(super) fn is_capable(variable: impl Fn(&str) -> Option<String>) -> bool {
    variable("TERM").is_some_and(|term| term != "dumb")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_environment_decides_on_colours() {
        let of = |is_terminal, variables: &[(&str, &str)]| {
            is_coloured(is_terminal, |name| {
                variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
            })
        };
        let term = ("TERM", "xterm-256color");
        assert!(of(true, &[term]) && !of(false, &[term]));
        assert!(!of(true, &[("TERM", "dumb")]) && !of(true, &[]));
        assert!(!of(true, &[term, ("NO_COLOR", "1")]) && !of(true, &[term, ("CLICOLOR", "0")]));
        assert!(of(false, &[("CLICOLOR_FORCE", "1")]) && !of(false, &[("CLICOLOR_FORCE", "0")]));
    }
}
