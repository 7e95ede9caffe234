//! Whose request it is: `X-OPENTOK-AUTH` or `Authorization: Bearer` with a JWT, or the older `X-TB-PARTNER-AUTH` with
//! key and secret.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use subtle::ConstantTimeEq;

use super::error::error;
use crate::clock::Now;
use crate::credentials::{Project, SigningKey, TokenError, verify_server_token};
use crate::event::PlatformEvent;
use crate::handle::PlatformHandle;

/// The project whose server sent the request.
pub(super) struct Caller(pub Project);

impl FromRequestParts<PlatformHandle> for Caller {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, platform: &PlatformHandle) -> Result<Self, Response> {
        caller(&parts.headers, platform).map(Self).map_err(|reason| {
            platform.report(PlatformEvent::TokenRefused(reason));
            error(StatusCode::FORBIDDEN, &reason.to_string())
        })
    }
}

fn caller(headers: &HeaderMap, platform: &PlatformHandle) -> Result<Project, TokenError> {
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    if let Some((key, secret)) = header("x-tb-partner-auth").and_then(|text| text.split_once(':')) {
        return platform
            .projects()
            .iter()
            .find(|project| is_theirs(project, key, secret))
            .cloned()
            .ok_or(TokenError::BadSignature);
    }
    let bearer = header("authorization").and_then(|text| text.strip_prefix("Bearer "));
    let token = header("x-opentok-auth").or(bearer).ok_or(TokenError::Missing)?;
    let now_seconds = Now::read().unix_seconds();
    for project in platform.projects() {
        match verify_server_token(token, project, now_seconds) {
            Ok(()) => return Ok(project.clone()),
            Err(TokenError::WrongProject) => {}
            Err(reason) => return Err(reason),
        }
    }
    Err(TokenError::WrongProject)
}

fn is_theirs(project: &Project, key: &str, secret: &str) -> bool {
    let SigningKey::Secret(own) = &project.key else { return false };
    project.api_key == key && bool::from(own.expose().as_bytes().ct_eq(secret.as_bytes()))
}
