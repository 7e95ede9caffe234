//! Origins of pages, as people give them and as browsers send them.

/// The `Origin` of pages that have none to name: of files, and in sandboxed frames (HTML, "serialization of an
/// origin").
pub(super) const NO_ORIGIN: &str = "null";

/// Why an origin is none.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("an origin is a scheme, a host and perhaps a port, as in `http://localhost:3000`, or `null`; {0}")]
pub struct OriginError(&'static str);

/// Reads the origin of pages, as it stands in a browser's `Origin`.
///
/// # Errors
///
/// When it is none. `*` is none either: any web site could drive the platform then.
pub fn parse_origin(text: &str) -> Result<String, OriginError> {
    if text == NO_ORIGIN {
        return Ok(text.to_owned());
    }
    if text.contains('*') {
        return Err(OriginError("name each origin, as with `*` any web site could use the platform"));
    }
    let url = url::Url::parse(text).map_err(|_| OriginError("this is no URL"))?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(OriginError("only pages by HTTP and HTTPS have one"));
    }
    if url.path() != "/" || url.query().is_some() || url.fragment().is_some() || !url.username().is_empty() {
        return Err(OriginError("leave out what is before the host and behind the port"));
    }
    Ok(url.origin().ascii_serialization())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_a_scheme_a_host_and_a_port() {
        for (text, origin) in [
            ("http://localhost:3000", "http://localhost:3000"),
            ("http://localhost:3000/", "http://localhost:3000"),
            ("https://A.example:443", "https://a.example"),
            ("null", "null"),
        ] {
            assert_eq!(parse_origin(text).as_deref(), Ok(origin));
        }
        for text in
            ["*", "http://*.example", "localhost:3000", "a.example", "file:///x", "http://a/b", "http://u@a", ""]
        {
            assert!(parse_origin(text).is_err(), "{text}");
        }
    }
}
