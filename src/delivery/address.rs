//! Where reports go.

use std::fmt;

use url::Url;

use precall_support::environment;
use precall_support::secrets::redact_address;

/// A kind of system that takes reports.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TargetKind {
    /// A Pushgateway of Prometheus.
    Pushgateway,
    /// A collector of OpenTelemetry, by HTTP.
    Otlp,
    /// Any server that takes a `POST` with JSON.
    Webhook,
}

impl TargetKind {
    /// Returns the name that people read.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pushgateway => "Pushgateway",
            Self::Otlp => "OTLP",
            Self::Webhook => "webhook",
        }
    }
}

/// A system that takes reports. Its text names the host alone: a path, a query or a user can be a secret.
#[derive(Clone, PartialEq, Eq)]
pub struct DeliveryTarget {
    /// The kind of the system.
    pub kind: TargetKind,
    pub(super) url: Url,
}

impl DeliveryTarget {
    /// Reads an address: a URL with `http` or `https`, or `env:NAME` for the URL in that environment variable.
    ///
    /// # Errors
    ///
    /// When it is no such URL, or the variable is not set. The text repeats nothing of the address.
    pub fn read(kind: TargetKind, text: &str) -> Result<Self, String> {
        let text = environment::text_or_named(text, "the URL", environment::text)?;
        let url = Url::parse(text.trim()).ok().filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
        let url = url.ok_or_else(|| "it is no URL that begins with http:// or https://".to_owned())?;
        redact_address(&url);
        Ok(Self { kind, url })
    }

    /// Returns the URL with further parts at the end of its path.
    pub(super) fn below<'a>(&self, parts: impl IntoIterator<Item = &'a str>) -> Url {
        let mut url = self.url.clone();
        // A URL with a host always has a path.
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty().extend(parts);
        }
        url
    }
}

impl fmt::Display for DeliveryTarget {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} at {}", self.kind.as_str(), self.url.origin().ascii_serialization())
    }
}

impl fmt::Debug for DeliveryTarget {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_a_url_with_a_host() {
        let read = |text| DeliveryTarget::read(TargetKind::Webhook, text);
        for wrong in ["", "localhost:9091", "ftp://host/", "file:///etc/passwd", "env:PRECALL_NO_SUCH_VARIABLE"] {
            let error = read(wrong).expect_err(wrong);
            assert!(!error.contains("passwd"), "{error}");
        }
        let url = |text, parts: &[&str]| read(text).expect(text).below(parts.iter().copied()).to_string();
        assert_eq!(url("http://h:1", &["a", "b/c"]), "http://h:1/a/b%2Fc");
        assert_eq!(url("http://h/base/", &["a"]), "http://h/base/a");
    }

    #[test]
    fn a_secret_in_an_address_is_not_shown() {
        let webhook = DeliveryTarget::read(TargetKind::Webhook, "https://me:pw@chat.example:8443/hooks/T0P?k=S3CRET");
        let webhook = webhook.expect("a URL");
        assert_eq!(
            format!("{webhook} {webhook:?}"),
            "webhook at https://chat.example:8443 webhook at https://chat.example:8443"
        );
    }
}
