//! Subresource Integrity as npm publishes it: `sha512-<base64>`.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha512};

/// Whether `bytes` are what `published` says. The error is what they are instead.
pub(super) fn check(bytes: &[u8], published: &str) -> Result<(), String> {
    let got = format!("sha512-{}", STANDARD.encode(Sha512::digest(bytes)));
    // Several hashes may be given; the strongest counts, and npm always gives SHA-512.
    if published.split_whitespace().any(|hash| hash == got) { Ok(()) } else { Err(got) }
}

/// A name for a directory that follows from an integrity alone.
pub(super) fn directory_name(published: &str) -> String {
    published.chars().map(|c| if c.is_ascii_alphanumeric() || c == '-' { c } else { '_' }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// SHA-512 of "abc" (FIPS 180-4's example), in base64.
    const ABC: &str = "sha512-3a81oZNherrMQXNJriBBMRLm+k6JqX6iCp7u5ktV05ohkpkqJ0/BqDa6PCOj/uu9RU1EI2Q86A4qmslPpUyknw==";

    #[test]
    fn bytes_are_held_against_what_was_published() {
        assert_eq!(check(b"abc", ABC), Ok(()));
        assert_eq!(check(b"abd", ABC).expect_err("other bytes").len(), ABC.len());
        assert!(check(b"abc", "").is_err());
    }

    #[test]
    fn a_directory_name_is_safe() {
        assert!(directory_name(ABC).chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_'));
    }
}
