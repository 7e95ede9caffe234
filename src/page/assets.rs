//! The page's files, inside the binary, and the SDK builds beside them.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;

/// The page's own files. In debug builds they are read from the source tree at each request.
#[derive(rust_embed::RustEmbed)]
#[folder = "harness-page/"]
#[include = "harness/*"]
#[include = "network-test/src/*"]
#[include = "network-test/src/**/*"]
struct Files;

/// Where the harness page is.
pub const HARNESS_PATH: &str = "/harness/index.html";

/// Where the built-in network-test module is.
pub const NETWORK_TEST_PATH: &str = "/network-test/src/index.js";

/// Serves the page's files and SDK bundles.
#[derive(Clone, Default)]
pub struct PageServer {
    bundles: Arc<Mutex<Vec<PathBuf>>>,
}

impl PageServer {
    /// A server with no SDK yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Serves an SDK bundle; gives its path below the origin. The same file has the same path.
    pub fn add_bundle(&self, path: &std::path::Path) -> String {
        let mut bundles = self.bundles.lock().unwrap_or_else(PoisonError::into_inner);
        let index = bundles.iter().position(|known| known == path).unwrap_or_else(|| {
            bundles.push(path.to_owned());
            bundles.len() - 1
        });
        format!("/sdk/{index}/opentok.js")
    }

    /// The routes.
    pub fn router(&self) -> Router {
        Router::new()
            .route("/harness/{*path}", get(|Path(path): Path<String>| async move { file(&format!("harness/{path}")) }))
            .route(
                "/network-test/{*path}",
                get(|Path(path): Path<String>| async move { file(&format!("network-test/{path}")) }),
            )
            .route("/sdk/{index}/opentok.js", get(bundle))
            .with_state(self.clone())
    }
}

/// JavaScript without a character set would be read in the page's; OpenTok.js is UTF-8.
const JAVASCRIPT: &str = "text/javascript; charset=utf-8";

fn file(path: &str) -> Response {
    let Some(file) = Files::get(path) else { return StatusCode::NOT_FOUND.into_response() };
    let content_type = match path.rsplit_once('.').map(|(_, extension)| extension) {
        Some("html") => "text/html; charset=utf-8",
        Some("js") => JAVASCRIPT,
        Some("css") => "text/css; charset=utf-8",
        Some("svg") => "image/svg+xml",
        _ => "application/octet-stream",
    };
    ([(header::CONTENT_TYPE, content_type)], file.data.into_owned()).into_response()
}

async fn bundle(State(server): State<PageServer>, Path(index): Path<usize>) -> Response {
    let path = server.bundles.lock().unwrap_or_else(PoisonError::into_inner).get(index).cloned();
    let Some(path) = path else { return StatusCode::NOT_FOUND.into_response() };
    match tokio::fs::read(&path).await {
        Ok(bytes) => ([(header::CONTENT_TYPE, JAVASCRIPT)], bytes).into_response(),
        Err(error) => {
            tracing::warn!(path = %path.display(), %error, "the SDK bundle cannot be read");
            StatusCode::NOT_FOUND.into_response()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_is_inside_the_binary() {
        assert!(Files::get(HARNESS_PATH.trim_start_matches('/')).is_some());
        assert!(Files::get("network-test/package.json").is_none());
    }

    #[test]
    fn a_bundle_has_one_path() {
        let server = PageServer::new();
        let first = server.add_bundle(std::path::Path::new("/a.js"));
        assert_eq!(server.add_bundle(std::path::Path::new("/a.js")), first);
        assert_ne!(server.add_bundle(std::path::Path::new("/b.js")), first);
    }
}
