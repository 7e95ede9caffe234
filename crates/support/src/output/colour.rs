//! Decides whether text is coloured.

/// Returns whether text for a stream is coloured. `CLICOLOR_FORCE` forces colours; `NO_COLOR` (no-color.org),
/// `CLICOLOR=0` and a terminal without colours exclude them; otherwise text for a terminal is coloured. `variable`
/// returns a non-empty environment variable.
pub(super) fn is_coloured(is_terminal: bool, variable: impl Fn(&str) -> Option<String>) -> bool {
    if variable("CLICOLOR_FORCE").is_some_and(|value| value != "0") {
        return true;
    }
    let is_ruled_out = variable("NO_COLOR").is_some() || variable("CLICOLOR").is_some_and(|value| value == "0");
    is_terminal && !is_ruled_out && is_capable(variable)
}

/// Returns whether a terminal supports more than plain text: `TERM` is set, and is not `dumb`.
pub(super) fn is_capable(variable: impl Fn(&str) -> Option<String>) -> bool {
    variable("TERM").is_some_and(|term| term != "dumb")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn environment_decides_on_colours() {
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
