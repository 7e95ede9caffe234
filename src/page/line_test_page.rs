//! The files of the page on which a person tests their own line.

use axum::Router;
use axum::extract::Path;
use axum::http::{StatusCode, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::get;

use super::assets::content_type;

/// The page's files. In debug builds they are read from the source tree at each request.
#[derive(rust_embed::RustEmbed)]
#[folder = "harness-page/precall/"]
#[include = "index.html"]
#[include = "page.css"]
#[include = "page.js"]
#[include = "src/**"]
#[include = "languages/*"]
struct LineTestFiles;

/// Where the page is.
pub const LINE_TEST_PATH: &str = "/precall/";

/// What the page may load and reach: its own origin, and embedded platforms, which listen on this host.
///
/// OpenTok.js writes a style into the page, which has the nonce; it shows video from `blob:` URLs, and icons of its own
/// from `data:` URLs.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'nonce-NONCE'; \
    connect-src 'self' http://127.0.0.1:* ws://127.0.0.1:* http://[::1]:* ws://[::1]:*; img-src 'self' data: blob:; \
    media-src blob: mediastream:; font-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'self'";

/// Returns the routes of the page's files. The routes of its server, such as that of sessions, are not among them.
pub fn line_test_files() -> Router {
    Router::new()
        .route("/precall", get(|| async { Redirect::permanent(LINE_TEST_PATH) }))
        .route(LINE_TEST_PATH, get(index))
        .route("/precall/{*path}", get(|Path(path): Path<String>| async move { file(&path) }))
}

/// Where the page has the nonce of its styles.
const NONCE_ELEMENT: &str = "<meta name=\"style-nonce\" content=\"";

/// The page, with its policy. Each response has a nonce of its own (CSP 3, "nonce-source").
async fn index() -> Response {
    let nonce = uuid::Uuid::new_v4().simple().to_string();
    let page = LineTestFiles::get("index.html").map(|file| String::from_utf8_lossy(&file.data).into_owned());
    let page = page.unwrap_or_default().replace(NONCE_ELEMENT, &format!("{NONCE_ELEMENT}{nonce}"));
    ([(header::CONTENT_SECURITY_POLICY, POLICY.replace("NONCE", &nonce))], Html(page)).into_response()
}

fn file(path: &str) -> Response {
    let Some(file) = LineTestFiles::get(path) else { return StatusCode::NOT_FOUND.into_response() };
    ([(header::CONTENT_TYPE, content_type(path))], file.data.into_owned()).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn page_is_embedded_whole() {
        for path in ["index.html", "page.js", "page.css", "src/element.js", "src/screens/start.js", "languages/ar.json"]
        {
            assert!(LineTestFiles::get(path).is_some(), "{path}");
        }
        for path in ["package.json", "test/verdict.test.js", "node_modules/esbuild/package.json"] {
            assert!(LineTestFiles::get(path).is_none(), "{path}");
        }
    }

    #[tokio::test]
    async fn policy_allows_no_inline_code_but_styles_with_its_nonce() {
        let policy = async || {
            let response = index().await;
            let policy = response.headers()[header::CONTENT_SECURITY_POLICY].to_str().expect("text").to_owned();
            let page = axum::body::to_bytes(response.into_body(), 1 << 20).await.expect("a page");
            (policy, String::from_utf8(page.to_vec()).expect("UTF-8"))
        };
        let (first, page) = policy().await;
        let nonce = first.split_once("'nonce-").and_then(|(_, rest)| rest.split_once('\'')).expect("a nonce").0;
        assert_eq!(nonce.len(), 32);
        assert!(page.contains(&format!("{NONCE_ELEMENT}{nonce}\"")), "{page}");
        assert!(!first.contains("unsafe"), "{first}");
        assert_ne!(policy().await.0, first);
    }
}
