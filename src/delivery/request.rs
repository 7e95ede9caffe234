//! What each kind of system is sent.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use percent_encoding::percent_decode_str;
use reqwest::Method;
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use sha2::Sha256;
use url::Url;

use super::address::{DeliveryTarget, TargetKind};
use precall_report::Format;
use precall_support::environment;

/// The variable with further headers for a collector, as OpenTelemetry defines it: `name=value,name=value`.
const OTLP_HEADERS: &str = "OTEL_EXPORTER_OTLP_HEADERS";
/// The variable with the key that signs what a webhook gets.
const WEBHOOK_SECRET: &str = "PRECALL_WEBHOOK_SECRET";
/// The header with the signature: `sha256=` and the HMAC-SHA256 of the body in hex, as GitHub's webhooks have it.
const SIGNATURE: HeaderName = HeaderName::from_static("x-precall-signature-256");
/// The job under which a Pushgateway keeps the figures.
const JOB: &str = "precall";

/// One report on its way.
#[derive(Debug)]
pub struct Parcel {
    /// The report to be sent.
    pub format: Format,
    pub(super) method: Method,
    pub(super) url: Url,
    pub(super) headers: HeaderMap,
    is_signed: bool,
}

impl Parcel {
    /// Returns what a system is sent of a run of this scenario.
    pub fn of(destination: &DeliveryTarget, scenario: &str) -> Vec<Self> {
        let json = || HeaderMap::from_iter([(CONTENT_TYPE, HeaderValue::from_static("application/json"))]);
        match destination.kind {
            TargetKind::Pushgateway => {
                // A name can hold what a path cannot; the gateway takes such values in base64. `PUT` replaces what the
                // scenario had before: cases that are gone vanish.
                let name = URL_SAFE_NO_PAD.encode(scenario);
                let text = HeaderValue::from_static("text/plain; version=0.0.4; charset=utf-8");
                vec![Self {
                    format: Format::OpenMetrics,
                    method: Method::PUT,
                    url: destination.below(["metrics", "job", JOB, "scenario@base64", &name]),
                    headers: HeaderMap::from_iter([(CONTENT_TYPE, text)]),
                    is_signed: false,
                }]
            }
            TargetKind::Otlp => {
                let signals = [(Format::OtlpTraces, "traces"), (Format::OtlpMetrics, "metrics")];
                let given = environment::text(OTLP_HEADERS).unwrap_or_default();
                let parcels = signals.map(|(format, signal)| {
                    let mut headers = json();
                    headers.extend(further_headers(&given));
                    let url = destination.below(["v1", signal]);
                    Self { format, method: Method::POST, url, headers, is_signed: false }
                });
                parcels.into()
            }
            TargetKind::Webhook => vec![Self {
                format: Format::Summary,
                method: Method::POST,
                url: destination.url.clone(),
                headers: json(),
                is_signed: true,
            }],
        }
    }

    /// Returns the headers for a body.
    pub(super) fn headers_for(&self, body: &str) -> HeaderMap {
        let mut headers = self.headers.clone();
        let secret = environment::text(WEBHOOK_SECRET).filter(|_| self.is_signed);
        headers.extend(secret.and_then(|secret| Some((SIGNATURE, signature(&secret, body)?))));
        headers
    }
}

/// Reads `name=value,name=value` with percent-encoded values. What is no header is left out.
fn further_headers(text: &str) -> Vec<(HeaderName, HeaderValue)> {
    let one = |pair: &str| {
        let (name, value) = pair.split_once('=')?;
        let value = percent_decode_str(value.trim()).decode_utf8().ok()?;
        let mut value = HeaderValue::from_str(&value).ok()?;
        value.set_sensitive(true);
        Some((name.trim().parse().ok()?, value))
    };
    text.split(',').filter_map(one).collect()
}

fn signature(secret: &str, body: &str) -> Option<HeaderValue> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).ok()?;
    mac.update(body.as_bytes());
    let hex: String = mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
    HeaderValue::from_str(&format!("sha256={hex}")).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parcels(kind: TargetKind, url: &str) -> Vec<String> {
        let destination = DeliveryTarget::read(kind, url).expect("a URL");
        let parcels = Parcel::of(&destination, "my scenario/2");
        parcels.iter().map(|one| format!("{} {} {}", one.method, one.url, one.format.as_str())).collect()
    }

    #[test]
    fn each_system_gets_its_reports() {
        let all = [
            parcels(TargetKind::Pushgateway, "http://gateway:9091"),
            parcels(TargetKind::Otlp, "http://collector:4318/base/"),
            parcels(TargetKind::Webhook, "https://chat.example/hooks/1?a=b"),
        ];
        insta::assert_snapshot!(all.concat().join("\n"));
    }

    #[test]
    fn headers_of_a_collector_are_read_as_opentelemetry_writes_them() {
        let headers = further_headers("api-key=a%20b, x-tenant = 7,nothing,bad name=1,=2");
        let text: Vec<_> =
            headers.iter().map(|(name, value)| format!("{name}: {}", value.to_str().expect("text"))).collect();
        assert_eq!(text, ["api-key: a b", "x-tenant: 7"]);
        assert!(headers.iter().all(|(_, value)| value.is_sensitive()));
    }

    /// The second test case of RFC 4231.
    #[test]
    fn signature_is_hmac_sha256() {
        let signed = signature("Jefe", "what do ya want for nothing?").expect("a header");
        assert_eq!(signed, "sha256=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    }
}
