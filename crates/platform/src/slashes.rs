//! Normalizes paths as the cloud's front end does: empty segments are ignored.
//!
//! PHP's server SDK requests lists with a trailing slash, and an API URL that ends with one doubles the slash that
//! begins the path.

use axum::extract::Request;
use axum::http::uri::PathAndQuery;

/// Takes empty segments out of a request's path.
pub(super) fn normalize(mut request: Request) -> Request {
    let uri = request.uri();
    if let Some(path) = without_empty_segments(uri.path()) {
        let query = uri.query().map(|query| format!("?{query}")).unwrap_or_default();
        let mut parts = uri.clone().into_parts();
        // The remaining segments of a valid path form a valid path. A path that is not valid is passed on as it came.
        if let Ok(path) = format!("{path}{query}").parse::<PathAndQuery>() {
            parts.path_and_query = Some(path);
            if let Ok(uri) = parts.try_into() {
                *request.uri_mut() = uri;
            }
        }
    }
    request
}

/// Returns the path without empty segments; `None` when it has none.
fn without_empty_segments(path: &str) -> Option<String> {
    let has_empty = path.contains("//") || (path.len() > 1 && path.ends_with('/'));
    has_empty
        .then(|| format!("/{}", path.split('/').filter(|segment| !segment.is_empty()).collect::<Vec<_>>().join("/")))
}

#[cfg(test)]
mod tests {
    use axum::body::Body;

    use super::*;

    fn normalized(uri: &str) -> String {
        let request = Request::builder().uri(uri).body(Body::empty()).expect("a request");
        normalize(request).uri().to_string()
    }

    #[test]
    fn surplus_slashes_are_removed() {
        assert_eq!(normalized("/v2/project/1/session/1_x/stream/"), "/v2/project/1/session/1_x/stream");
        assert_eq!(normalized("//session/create?a=b//"), "/session/create?a=b//");
        assert_eq!(normalized("http://127.0.0.1//session//create/"), "http://127.0.0.1/session/create");
        for same in ["/", "/session/create", "/a?b=/"] {
            assert_eq!(normalized(same), same);
        }
        assert_eq!(normalized("//"), "/");
    }
}
