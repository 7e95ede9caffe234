//! The lines of `.gitignore`.

/// What precall writes and nobody commits.
const LINES: [&str; 1] = ["/runs/"];

/// Returns the text with the lines that it lacks, or `None` if it has them all.
pub(super) fn with_lines(text: &str) -> Option<String> {
    let has = |line: &str| {
        let bare = |line: &str| line.trim().trim_matches('/').to_owned();
        text.lines().any(|found| bare(found) == bare(line))
    };
    let missing: Vec<_> = LINES.into_iter().filter(|line| !has(line)).collect();
    if missing.is_empty() {
        return None;
    }
    let separator = if text.is_empty() || text.ends_with('\n') { "" } else { "\n" };
    Some(format!("{text}{separator}{}\n", missing.join("\n")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_added_once() {
        assert_eq!(with_lines(""), Some("/runs/\n".to_owned()));
        assert_eq!(with_lines("/target"), Some("/target\n/runs/\n".to_owned()));
        assert_eq!(with_lines("/target\n/runs/\n"), None);
        assert_eq!(with_lines("runs\n"), None);
        assert_eq!(with_lines("/runs/old\n"), Some("/runs/old\n/runs/\n".to_owned()));
    }
}
