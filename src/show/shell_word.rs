//! Commands that a person can paste into a shell.

use std::path::Path;

/// Returns a path as a word of a shell.
pub fn shell_word(path: &Path) -> String {
    let text = path.display().to_string();
    let is_plain = text.chars().all(|c| c.is_alphanumeric() || "/._-+,=@%".contains(c));
    if is_plain && !text.is_empty() { text } else { format!("'{}'", text.replace('\'', "'\\''")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn word_can_be_pasted_into_a_shell() {
        assert_eq!(shell_word(Path::new("a/b-1.toml")), "a/b-1.toml");
        assert_eq!(shell_word(Path::new("my file.toml")), "'my file.toml'");
        assert_eq!(shell_word(Path::new("it's.toml")), "'it'\\''s.toml'");
    }
}
