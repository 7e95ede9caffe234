//! Secrets in addresses.

use percent_encoding::percent_decode_str;
use url::Url;

use super::redaction::remember;

/// Redacts the password and the values of the query of an address from now on, wherever they occur: as they are
/// written, and decoded.
pub fn redact_address(address: &Url) {
    let values = address.query().unwrap_or_default().split('&').filter_map(|pair| Some(pair.split_once('=')?.1));
    for written in values.chain(address.password()) {
        remember(written);
        remember(&percent_decode_str(written).decode_utf8_lossy());
    }
}

#[cfg(test)]
mod tests {
    use super::super::redact;
    use super::*;

    #[test]
    fn password_and_query_are_redacted_as_written_and_decoded() {
        redact_address(&Url::parse("wss://me:pw%40Word123@grid.example/?key=S3cret%2BKey99").expect("a URL"));
        let redacted = redact("pw@Word123 pw%40Word123 S3cret+Key99 S3cret%2BKey99");
        assert!(!redacted.contains("Word123") && !redacted.contains("Key99"), "{redacted}");
    }
}
