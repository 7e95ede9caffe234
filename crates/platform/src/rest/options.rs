//! The options that a session can be created with, as the references of OpenTok's and Vonage's REST API document them.

use std::net::IpAddr;

use axum::http::StatusCode;

use super::body::Body;
use crate::session_registry::{MediaMode, SessionOptions};

/// The most characters of `archiveName`.
const MAX_ARCHIVE_NAME_CHARS: usize = 80;

/// The documented values of `archiveResolution`.
const ARCHIVE_RESOLUTIONS: [&str; 6] = ["640x480", "480x640", "1280x720", "720x1280", "1920x1080", "1080x1920"];

/// The session that a request creates.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct RequestedSession {
    /// The options of the session.
    pub options: SessionOptions,
    /// Whether it was to be archived from the beginning, which the platform does not do.
    pub archived: bool,
}

/// Reads the options that a session is to be created with.
///
/// # Errors
///
/// The status and the reason when a value is not a documented one (400), or when the platform does not support it
/// (501).
pub(super) fn read(body: &Body, defaults: SessionOptions) -> Result<RequestedSession, (StatusCode, String)> {
    let bad = |reason: String| (StatusCode::BAD_REQUEST, reason);
    let text = |name: &str| body.text(name).map(Option::unwrap_or_default).map_err(bad);
    let media_mode = match text("p2p.preference")?.as_str() {
        // The documented default: the media router.
        "" | "disabled" => MediaMode::Routed,
        "enabled" | "always" => MediaMode::Relayed,
        _ => return Err(bad("`p2p.preference` is not `enabled`, `always` or `disabled`".to_owned())),
    };
    let archived = match text("archiveMode")?.as_str() {
        "" | "manual" => false,
        "always" if media_mode == MediaMode::Relayed => {
            return Err(bad(
                "`archiveMode` is `always`, which takes a routed session; give `p2p.preference=disabled`".to_owned()
            ));
        }
        "always" => true,
        _ => return Err(bad("`archiveMode` is not `manual` or `always`".to_owned())),
    };
    let location = text("location")?;
    if !location.is_empty() && location.parse::<IpAddr>().is_err() {
        return Err(bad("`location` is not an IP address".to_owned()));
    }
    if text("archiveName")?.chars().count() > MAX_ARCHIVE_NAME_CHARS {
        return Err(bad(format!("`archiveName` has more than {MAX_ARCHIVE_NAME_CHARS} characters")));
    }
    let resolution = text("archiveResolution")?;
    if !resolution.is_empty() && !ARCHIVE_RESOLUTIONS.contains(&resolution.as_str()) {
        return Err(bad(format!("`archiveResolution` is not one of {}", ARCHIVE_RESOLUTIONS.join(", "))));
    }
    if body.flag("e2ee").map_err(bad)? == Some(true) {
        return Err((
            StatusCode::NOT_IMPLEMENTED,
            "this platform does not provide end-to-end encryption; create the session without `e2ee`".to_owned(),
        ));
    }
    Ok(RequestedSession { options: SessionOptions { media_mode, ..defaults }, archived })
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderMap;

    use super::*;

    fn asked(form: &str) -> Result<RequestedSession, (u16, String)> {
        let body = Body::from_form(None, &HeaderMap::new(), form.as_bytes()).expect("a form");
        read(&body, SessionOptions::default()).map_err(|(status, reason)| (status.as_u16(), reason))
    }

    #[test]
    fn every_documented_value_is_accepted() {
        for (form, mode, archived) in [
            ("", MediaMode::Routed, false),
            ("p2p.preference=", MediaMode::Routed, false),
            ("p2p.preference=disabled&location=192.0.2.1&archiveMode=manual&e2ee=false", MediaMode::Routed, false),
            ("p2p.preference=enabled&location=2001%3Adb8%3A%3A1&e2ee=False", MediaMode::Relayed, false),
            ("p2p.preference=always", MediaMode::Relayed, false),
            ("archiveMode=always&archiveName=a&archiveResolution=1280x720", MediaMode::Routed, true),
            ("api_key=100&location=&archiveMode=&archiveName=&archiveResolution=&e2ee=", MediaMode::Routed, false),
        ] {
            let asked = asked(form).expect(form);
            assert_eq!((asked.options.media_mode, asked.archived), (mode, archived), "{form}");
        }
    }

    #[test]
    fn undocumented_values_are_refused_by_name() {
        for (form, status, part) in [
            ("p2p.preference=never", 400, "`p2p.preference`"),
            ("archiveMode=sometimes", 400, "`archiveMode`"),
            ("archiveMode=always&p2p.preference=enabled", 400, "routed"),
            ("location=here", 400, "`location`"),
            ("archiveResolution=1x1", 400, "`archiveResolution`"),
            ("e2ee=maybe", 400, "`e2ee`"),
            ("e2ee=true", 501, "end-to-end encryption"),
            ("e2ee=True", 501, "end-to-end encryption"),
        ] {
            let (code, reason) = asked(form).expect_err(form);
            assert!(code == status && reason.contains(part), "{form}: {code} {reason}");
        }
        assert_eq!(asked(&format!("archiveName={}", "é".repeat(80))).map(|asked| asked.archived), Ok(false));
        assert!(asked(&format!("archiveName={}", "é".repeat(81))).is_err());
    }
}
