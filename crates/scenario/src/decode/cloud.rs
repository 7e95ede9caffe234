//! Decodes `[platform]` with a `kind` other than `"embedded"`: a remote platform with a REST API.

use url::Url;

use crate::node::{Node, NodeValue};
use crate::platform::{Access, CloudKind, CloudSpec, EmbeddedSpec, SessionKind, TokenKind, VideoCodec};
use crate::problems::Problems;
use crate::table::TableReader;

/// Keys with credentials, which must not be in a scenario.
const SECRETS: [&str; 6] = ["apiKey", "apiSecret", "applicationId", "privateKey", "privateKeyFile", "sessionId"];

/// The value of `platform.kind`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum PlatformKind {
    Embedded,
    Cloud(CloudKind),
    /// An invalid value, which has already been reported.
    Unknown,
}

impl PlatformKind {
    pub(super) fn read(reader: &mut TableReader<'_>, problems: &mut Problems) -> Self {
        let kinds = [
            ("embedded", Self::Embedded),
            ("opentok", Self::Cloud(CloudKind::OpenTok)),
            ("vonage", Self::Cloud(CloudKind::Vonage)),
        ];
        let missing = if reader.key_span("kind").is_some() { Self::Unknown } else { Self::Embedded };
        reader.choice("kind", &kinds, problems).unwrap_or(missing)
    }
}

/// Decodes the keys that only a remote platform has; `None` if `kind` is not a remote platform.
pub(super) fn decode(reader: &mut TableReader<'_>, kind: PlatformKind, problems: &mut Problems) -> Option<CloudSpec> {
    let mut url = |key, example, problems: &mut Problems| {
        let (text, node) = reader.text(key, example, problems)?;
        checked_url(key, text, node, problems)
    };
    let api_url = url("apiUrl", "https://api.opentok.com", problems);
    let proxy_url = url("proxyUrl", "https://proxy.example.com", problems);
    let file = reader.text("credentialsFile", "credentials.toml", problems);
    for key in SECRETS {
        if let Some(span) = reader.key_span(key) {
            // The key is read so that it is not reported a second time as unknown.
            reader.get(key);
            let help = "put it in the environment (PRECALL_API_KEY, PRECALL_API_SECRET, …), or in a separate file \
                        and set `credentialsFile`";
            let message = format!("`{key}` does not belong in a scenario: scenarios are shared");
            problems.add(&span, message, "a credential", help);
        }
    }
    let kind = match kind {
        PlatformKind::Cloud(kind) => kind,
        PlatformKind::Embedded => {
            for key in ["apiUrl", "proxyUrl", "credentialsFile"] {
                if let Some(span) = reader.key_span(key) {
                    let help = "add `kind = \"opentok\"` or `kind = \"vonage\"`, or remove it";
                    problems.add(&span, format!("the embedded platform has no `{key}`"), "for a remote platform", help);
                }
            }
            return None;
        }
        PlatformKind::Unknown => return None,
    };
    Some(CloudSpec {
        kind,
        api_url: api_url.unwrap_or_else(|| kind.default_api_url().to_owned()),
        proxy_url,
        credentials_file: file.map(|(path, _)| reader.directory().join(path)),
    })
}

/// Returns a base URL without its trailing slash.
fn checked_url(key: &str, text: &str, node: &Node, problems: &mut Problems) -> Option<String> {
    let mut refuse = |message: String, label: &str, help: &str| problems.add(&node.span, message, label, help);
    match Url::parse(text) {
        Ok(url) if !matches!(url.scheme(), "http" | "https") => {
            let message = format!("`platform.{key}` is a URL with the scheme `{}`", url.scheme());
            refuse(message, "neither http nor https", "write a URL such as \"https://api.opentok.com\"");
        }
        Ok(url) if !url.username().is_empty() || url.password().is_some() => {
            let message = format!("`platform.{key}` contains a user name or a password");
            refuse(message, "credentials", "remove them: scenarios are shared");
        }
        Ok(url) if url.query().is_some() || url.fragment().is_some() => {
            let message = format!("`platform.{key}` has a query or a fragment");
            refuse(message, "not a base URL", "end it before the `?` or `#`; paths are added to it");
        }
        Ok(url) => return Some(url.as_str().trim_end_matches('/').to_owned()),
        Err(error) => {
            let message = format!("`platform.{key}` is not a URL: {error}");
            refuse(message, "not a URL", "write a URL such as \"https://api.opentok.com\"");
        }
    }
    None
}

/// Reports keys that only the embedded platform has.
pub(super) fn refuse_what_is_embedded(
    reader: &TableReader<'_>,
    embedded: &EmbeddedSpec,
    kind: CloudKind,
    problems: &mut Problems,
) {
    let asked = [
        ("access", embedded.access != Access::default()),
        ("token", embedded.token != TokenKind::Valid),
        ("session", embedded.session != SessionKind::Own),
        ("relay", embedded.relay.is_some()),
        ("iceTcp", embedded.ice_tcp),
        ("ipVersion", embedded.ip_version.is_some()),
        ("videoCodec", embedded.video_codec != VideoCodec::default()),
        ("faults", !embedded.faults.0.is_empty()),
    ];
    for (key, _) in asked.into_iter().filter(|(_, is_asked)| *is_asked) {
        refuse(reader, key, kind, problems);
    }
}

fn refuse(reader: &TableReader<'_>, key: &str, kind: CloudKind, problems: &mut Problems) {
    let Some(span) = reader.key_span(key) else { return };
    let message = format!(
        "`{}` needs the embedded platform, and this case has `kind = {:?}`",
        reader.path_of(key),
        kind.as_str()
    );
    let help = "remove it from this case (top-level keys apply to every case), or run the case with \
                `platform.kind = \"embedded\"`";
    problems.add(&span, message, "needs the embedded platform", help);
}

/// Returns whether a case sets `platform.kind`: such a platform replaces that of the file as a whole.
pub(super) fn names_a_platform(case: &Node) -> bool {
    let NodeValue::Table(case) = &case.value else { return false };
    let Some((_, Node { value: NodeValue::Table(platform), .. })) = case.get("platform") else { return false };
    platform.contains_key("kind")
}

#[cfg(test)]
mod tests;
