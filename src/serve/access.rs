//! Who may use the pages: everybody on this machine, or whoever has the token.
//!
//! A person opens an address with the token once; from then on a cookie has it. Programs send it as a bearer token
//! (RFC 6750).

use std::sync::Arc;

use axum::Router;
use axum::extract::Request;
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::{Next, from_fn};
use axum::response::{Html, IntoResponse, Redirect, Response};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use crate::job::JobError;
use crate::show::error_text;
use precall_report::token_html;
use precall_support::environment;

/// The variable with the token.
const VARIABLE: &str = "PRECALL_SERVE_TOKEN";

/// The cookie that has the token. It is read by the server alone, and never sent with requests from other sites.
const COOKIE: &str = "precall-token";

/// The shortest token that is taken: as many random characters cannot be guessed.
const MIN_CHARS: usize = 16;

/// A token for the pages.
#[derive(Clone)]
pub struct AccessToken(Arc<str>);

impl AccessToken {
    /// Returns the token of the environment. `None` if it has none.
    ///
    /// # Errors
    ///
    /// If it is too short, or cannot stand in an address.
    pub fn of_environment() -> Result<Option<Self>, JobError> {
        environment::text(VARIABLE).map(|text| Self::parse(&text)).transpose()
    }

    fn parse(text: &str) -> Result<Self, JobError> {
        let is_good = text.len() >= MIN_CHARS
            && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
        is_good.then(|| Self(text.into())).ok_or(JobError::WeakToken { variable: VARIABLE, least: MIN_CHARS })
    }

    /// Makes a new token of 122 random bits.
    pub fn generate() -> Self {
        Self(uuid::Uuid::new_v4().simple().to_string().into())
    }

    /// Returns the query of an address that lets a person in.
    pub fn query(&self) -> String {
        format!("?token={}", self.0)
    }

    fn is(&self, given: &str) -> bool {
        // Digests have one length, so that the time tells nothing of the token.
        let digest = |text: &str| Sha256::digest(text);
        digest(given).ct_eq(&digest(&self.0)).into()
    }

    fn cookie(&self) -> String {
        format!("{COOKIE}={}; Path=/; HttpOnly; SameSite=Strict", self.0)
    }
}

impl std::fmt::Debug for AccessToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("AccessToken(…)")
    }
}

/// Returns the routes behind a token.
pub(super) fn behind(token: AccessToken, router: Router) -> Router {
    router.layer(from_fn(move |request: Request, next: Next| check(token.clone(), request, next)))
}

/// Whether a request has the token, in its `Authorization` or in the cookie.
fn has(token: &AccessToken, request: &Request) -> bool {
    let header = |name| request.headers().get(name).and_then(|value: &HeaderValue| value.to_str().ok());
    let bearer = header(header::AUTHORIZATION).and_then(|value| value.strip_prefix("Bearer "));
    let mut cookies = header(header::COOKIE).unwrap_or_default().split(';');
    let cookie = cookies.find_map(|cookie| cookie.trim().strip_prefix(COOKIE)?.strip_prefix('='));
    bearer.or(cookie).is_some_and(|given| token.is(given))
}

async fn check(token: AccessToken, request: Request, next: Next) -> Response {
    if has(&token, &request) {
        return next.run(request).await;
    }
    let path = request.uri().path().to_owned();
    let query = request.uri().query().unwrap_or_default().to_owned();
    match query.split('&').find_map(|part| part.strip_prefix("token=")) {
        // The address with the token stays neither in the address bar nor in a referrer.
        Some(given) if token.is(given) => {
            let left: Vec<_> = query.split('&').filter(|part| !part.starts_with("token=")).collect();
            let question = if left.is_empty() { String::new() } else { format!("?{}", left.join("&")) };
            ([(header::SET_COOKIE, token.cookie())], Redirect::to(&format!("{path}{question}"))).into_response()
        }
        given => match token_html(given.is_some()) {
            Ok(page) => (StatusCode::UNAUTHORIZED, Html(page)).into_response(),
            Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, error_text(&error.into())).into_response(),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn ask(uri: &str, headers: &[(header::HeaderName, &str)]) -> Response {
        let token = AccessToken::parse("0123456789abcdef").expect("a token");
        let router = behind(token, Router::new().route("/runs", axum::routing::get(async || "runs")));
        let mut request = axum::http::Request::get(uri);
        for (name, value) in headers {
            request = request.header(name, *value);
        }
        let request = request.body(axum::body::Body::empty()).expect("a request");
        tower::ServiceExt::oneshot(router, request).await.expect("an answer")
    }

    #[tokio::test]
    async fn token_lets_in_by_address_cookie_and_header() {
        assert_eq!(ask("/runs", &[]).await.status(), 401);
        assert_eq!(ask("/runs?token=0123456789abcdeF", &[]).await.status(), 401);
        let answer = ask("/runs?a=1&token=0123456789abcdef&b=2", &[]).await;
        assert_eq!(
            (answer.status().as_u16(), &answer.headers()[header::LOCATION]),
            (303, &"/runs?a=1&b=2".parse().expect("a value"))
        );
        let cookie = answer.headers()[header::SET_COOKIE].to_str().expect("text").to_owned();
        assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict"), "{cookie}");
        let cookie = format!("other=1; {}", cookie.split(';').next().expect("a cookie"));
        assert_eq!(ask("/runs", &[(header::COOKIE, &cookie)]).await.status(), 200);
        assert_eq!(ask("/runs", &[(header::AUTHORIZATION, "Bearer 0123456789abcdef")]).await.status(), 200);
        assert_eq!(ask("/runs", &[(header::AUTHORIZATION, "Bearer 0123456789abcde")]).await.status(), 401);
        assert_eq!(ask("/nowhere", &[]).await.status(), 401, "nobody learns what there is");
    }

    #[test]
    fn weak_tokens_are_refused() {
        for text in ["", "short", "0123456789abcde", "0123456789abcdef&x=1", "0123456789 abcdef"] {
            assert!(AccessToken::parse(text).is_err(), "{text:?}");
        }
        assert!(AccessToken::generate().query().len() > 30);
    }
}
