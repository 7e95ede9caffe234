//! The digests that a registry publishes of a package: Subresource Integrity (`sha512-<base64>`), or the SHA-1 that npm
//! had before it (`shasum`, in hexadecimal).

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha1::Sha1;
use sha2::{Digest, Sha256, Sha384, Sha512};

/// A digest of Subresource Integrity, the weakest first. SHA-1 is no part of that standard; npm takes it nevertheless.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Algorithm {
    Sha1,
    Sha256,
    Sha384,
    Sha512,
}

const ALGORITHMS: [(&str, Algorithm); 4] = [
    ("sha1", Algorithm::Sha1),
    ("sha256", Algorithm::Sha256),
    ("sha384", Algorithm::Sha384),
    ("sha512", Algorithm::Sha512),
];

/// The digests that a registry publishes of an archive. The strongest one counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Published {
    text: String,
    strongest: Algorithm,
}

impl Published {
    /// From a registry's `integrity` and `shasum`, of which the first is better.
    ///
    /// # Errors
    ///
    /// When neither has a digest that can be computed; the text says what there is.
    pub fn new(integrity: Option<&str>, shasum: Option<&str>) -> Result<Self, String> {
        let given = |text: Option<&str>| text.map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned);
        let (integrity, shasum) = (given(integrity), given(shasum));
        let of_integrity = integrity.clone().and_then(Self::parse);
        let of_shasum = || Self::parse(format!("sha1-{}", STANDARD.encode(bytes_of(shasum.as_deref()?)?)));
        of_integrity.or_else(of_shasum).ok_or_else(|| match integrity.or(shasum) {
            Some(text) => {
                format!("publishes only {text:?}, which is no digest that precall knows (sha512, sha384, sha256, sha1)")
            }
            None => "publishes neither `integrity` nor `shasum`".to_owned(),
        })
    }

    /// Reads Subresource Integrity: digests with spaces between them. `None` when none of them is known.
    pub fn parse(text: String) -> Option<Self> {
        let strongest = digests(&text).map(|(algorithm, _)| algorithm).max()?;
        Some(Self { text, strongest })
    }

    /// As it was published, as Subresource Integrity.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Returns the digest of bytes that are not what was published. Absent when they are.
    pub fn mismatch(&self, bytes: &[u8]) -> Option<String> {
        let got = self.strongest.digest(bytes);
        let mut wanted = digests(&self.text).filter(|(algorithm, _)| *algorithm == self.strongest);
        if wanted.any(|(_, digest)| digest == got) {
            return None;
        }
        let name = ALGORITHMS.iter().find(|(_, algorithm)| *algorithm == self.strongest).map_or("", |(name, _)| name);
        Some(format!("{name}-{got}"))
    }
}

impl Algorithm {
    /// Returns the digest of these bytes in Base64.
    fn digest(self, bytes: &[u8]) -> String {
        match self {
            Self::Sha1 => STANDARD.encode(Sha1::digest(bytes)),
            Self::Sha256 => STANDARD.encode(Sha256::digest(bytes)),
            Self::Sha384 => STANDARD.encode(Sha384::digest(bytes)),
            Self::Sha512 => STANDARD.encode(Sha512::digest(bytes)),
        }
    }
}

/// The digests that are known, each in base64; what may follow one after a `?` means nothing yet.
fn digests(text: &str) -> impl Iterator<Item = (Algorithm, &str)> {
    text.split_whitespace().filter_map(|hash| {
        let (name, digest) = hash.split_once('-')?;
        let algorithm = ALGORITHMS.iter().find(|(known, _)| *known == name)?.1;
        Some((algorithm, digest.split('?').next().unwrap_or(digest)))
    })
}

/// The bytes of a SHA-1 in hexadecimal.
fn bytes_of(hexadecimal: &str) -> Option<Vec<u8>> {
    if hexadecimal.len() != 40 || !hexadecimal.is_ascii() {
        return None;
    }
    (0..hexadecimal.len()).step_by(2).map(|at| u8::from_str_radix(&hexadecimal[at..at + 2], 16).ok()).collect()
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
    /// Its SHA-1, in base64 and in hexadecimal.
    const ABC_SHA1: &str = "sha1-qZk+NkcGgWq6PiVxeFDCbJzQ2J0=";
    const ABC_SHASUM: &str = "a9993e364706816aba3e25717850c26c9cd0d89d";

    fn published(integrity: Option<&str>, shasum: Option<&str>) -> Published {
        Published::new(integrity, shasum).expect("a digest")
    }

    #[test]
    fn every_published_digest_is_checked() {
        let sha256 = "sha256-ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=";
        for (integrity, shasum, kind) in [
            (Some(ABC), None, "sha512-"),
            (Some(sha256), Some(ABC_SHASUM), "sha256-"),
            (Some(ABC_SHA1), None, "sha1-"),
            (None, Some(ABC_SHASUM), "sha1-"),
            (Some(""), Some(ABC_SHASUM), "sha1-"),
            (Some("md5-kAFQmDzST7DWlj99KOF/cg=="), Some(ABC_SHASUM), "sha1-"),
        ] {
            let published = published(integrity, shasum);
            assert_eq!(published.mismatch(b"abc"), None, "{published:?}");
            assert!(published.mismatch(b"abd").is_some_and(|got| got.starts_with(kind)), "{published:?}");
        }
        assert_eq!(published(None, Some(ABC_SHASUM)).as_str(), ABC_SHA1);
    }

    #[test]
    fn strongest_digest_counts() {
        let wrong = "sha512-AAAA";
        assert_eq!(published(Some(&format!("{ABC_SHA1} {ABC}?x")), None).mismatch(b"abc"), None);
        assert!(published(Some(&format!("{ABC_SHA1} {wrong}")), None).mismatch(b"abc").is_some());
        assert_eq!(published(Some(&format!("{wrong} {ABC}")), None).mismatch(b"abc"), None, "one of a kind is enough");
    }

    #[test]
    fn missing_digest_is_reported() {
        let reason = |integrity, shasum| Published::new(integrity, shasum).expect_err("nothing");
        assert_eq!(reason(None, None), "publishes neither `integrity` nor `shasum`");
        assert!(reason(Some("md5-x"), None).contains("only \"md5-x\""));
        for shasum in ["a9", "zz993e364706816aba3e25717850c26c9cd0d89d", "ä9993e364706816aba3e25717850c26c9cd0d89"] {
            assert!(reason(None, Some(shasum)).contains("only"), "{shasum}");
        }
    }

    #[test]
    fn directory_name_is_safe() {
        assert!(directory_name(ABC).chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_'));
    }
}
