//! `[gate]` in the text of a scenario.

/// Returns a scenario with this `[gate]`: in the place of its own, or else before its first table. The gate decides on
/// the release, so `[sdk]` is left out.
pub(super) fn with_gate(text: &str, from: &str, to: &str, networks: &[String]) -> String {
    let gate = format!(
        "[gate]\n{}\n{}\n{}\n",
        explained(&format!("from = {from:?}"), "the release in production"),
        explained(&format!("to = {to:?}"), "the release to upgrade to"),
        explained(&format!("network = {networks:?}"), "the networks of your users; `precall networks` lists them"),
    );
    let paragraphs: Vec<_> = text.split("\n\n").filter(|paragraph| !paragraph.starts_with("[sdk]")).collect();
    let is_gate = |paragraph: &&str| paragraph.starts_with("[gate]");
    let mut changed = Vec::with_capacity(paragraphs.len() + 1);
    if !paragraphs.iter().any(is_gate) {
        let first = paragraphs.iter().position(|paragraph| paragraph.starts_with('[')).unwrap_or(paragraphs.len());
        changed.extend_from_slice(&paragraphs[..first]);
        changed.push(gate.trim_end());
        changed.extend_from_slice(&paragraphs[first..]);
    } else {
        changed.extend(paragraphs.iter().map(|paragraph| if is_gate(paragraph) { gate.trim_end() } else { paragraph }));
    }
    changed.join("\n\n")
}

/// A key with its comment, in the column of the other comments.
fn explained(key: &str, comment: &str) -> String {
    format!("{key:<45} # {comment}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gate_is_replaced_or_added() {
        let networks = ["3g".to_owned()];
        let text =
            with_gate("# About.\n\nname = \"a\"\n\n[gate]\nfrom = \"1.0.0\"\n\n[test]\n", "2.0.0", "latest", &networks);
        assert!(
            text.starts_with("# About.\n\nname = \"a\"\n\n[gate]\nfrom = \"2.0.0\" ") && text.ends_with("\n\n[test]\n"),
            "{text}"
        );
        assert!(!text.contains("1.0.0") && text.contains("network = [\"3g\"]"), "{text}");
        let text = with_gate("# About.\n\n[sdk]\nversion = \"latest\"\n\n[test]\n", "2.0.0", "latest", &networks);
        assert!(text.starts_with("# About.\n\n[gate]\nfrom") && text.ends_with("\n\n[test]\n"), "{text}");
        assert!(!text.contains("[sdk]"), "{text}");
    }
}
