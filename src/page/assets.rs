//! The page's files, inside the binary, and beside them the builds on disk that run in it.

use std::path::{Component, Path as FilePath, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::extract::{Path, Request, State};
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use precall_support::files::RootedDirectory;

/// The page's own files. In debug builds they are read from the source tree at each request.
#[derive(rust_embed::RustEmbed)]
#[folder = "harness-page/"]
#[include = "harness/*"]
#[include = "network-test/src/*"]
#[include = "network-test/src/**/*"]
struct Files;

/// The characters of a file name that mean something else in a URL: `#`, `%`, `?`, spaces.
const NOT_IN_PATHS: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Where the harness page is.
pub const HARNESS_PATH: &str = "/harness/index.html";

/// Where the built-in network-test module is.
pub const NETWORK_TEST_PATH: &str = "/network-test/src/index.js";

/// The most that is served of one script, in bytes. OpenTok.js has 3 MB, with its source map inside 23 MB.
const MAX_SCRIPT_BYTES: u64 = 64 * 1024 * 1024;

/// Serves the page's files, SDK bundles and network-test modules.
#[derive(Clone, Default)]
pub struct PageServer {
    bundles: Arc<Mutex<Vec<Build>>>,
    /// Everything below their directories is served.
    modules: Arc<Mutex<Vec<Build>>>,
}

/// A build on disk.
#[derive(Clone)]
struct Build {
    /// The path by which it was added.
    path: PathBuf,
    /// The directory that it is in; `None` when that cannot be opened.
    root: Option<Arc<RootedDirectory>>,
}

impl PageServer {
    /// A server with no SDK yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Serves an SDK bundle; gives its path below the origin. The same file has the same path.
    pub fn add_bundle(&self, path: &FilePath) -> String {
        let directory = path.parent().unwrap_or(FilePath::new(""));
        format!("/sdk/{}/opentok.js", index_of(&self.bundles, path, directory))
    }

    /// Serves a module that is on disk, with all that lies beside it; gives the path of its entry below the origin.
    pub fn add_module(&self, directory: &FilePath, entry: &FilePath) -> String {
        let index = index_of(&self.modules, directory, directory).to_string();
        let parts = entry.iter().map(|part| utf8_percent_encode(&part.to_string_lossy(), NOT_IN_PATHS).to_string());
        format!("/module/{index}/{}", parts.collect::<Vec<_>>().join("/"))
    }

    /// Returns the routes of the page's files and of the builds under test.
    pub fn router(&self) -> Router {
        let harness = |Path(path): Path<String>| async move { file(&format!("harness/{path}")) };
        self.scripts().route("/harness/{*path}", get(harness))
    }

    /// Returns the routes for pages of other origins, each below the host that the page requests: `files_host` has the
    /// builds under test, and `sdk_hosts` have the build of OpenTok.js at `sdk` wherever the published ones would be.
    /// `on_sdk` is called with each request for a build of OpenTok.js.
    pub fn for_other_origins(
        &self,
        files_host: &str,
        sdk: Option<&str>,
        sdk_hosts: &[&str],
        on_sdk: impl Fn() + Clone + Send + Sync + 'static,
    ) -> Router {
        let is_sdk = |path: &str| path.contains("/sdk/") || path.contains("/js/");
        let mut router = Router::new().nest(&format!("/{files_host}"), self.scripts());
        let index = sdk.and_then(|path| path.split('/').nth(2)?.parse::<usize>().ok());
        if let Some(index) = index {
            for host in sdk_hosts {
                let server = self.clone();
                let serve = move || bundle(State(server.clone()), Path(index));
                router = router.route(&format!("/{host}/{{release}}/js/{{file}}"), get(serve));
            }
        }
        let noted = axum::middleware::map_request(move |request: Request| {
            if is_sdk(request.uri().path()) {
                on_sdk();
            }
            std::future::ready(request)
        });
        router.layer(noted).layer(axum::middleware::map_response(async |mut response: Response| {
            let headers = response.headers_mut();
            headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
            let policy = HeaderName::from_static("cross-origin-resource-policy");
            headers.insert(policy, HeaderValue::from_static("cross-origin"));
            response
        }))
    }

    /// Returns the routes of the built-in module and of the builds under test, without a page.
    pub fn scripts(&self) -> Router {
        Router::new()
            .route(
                "/network-test/{*path}",
                get(|Path(path): Path<String>| async move { file(&format!("network-test/{path}")) }),
            )
            .route("/sdk/{index}/opentok.js", get(bundle))
            .route("/module/{index}/{*path}", get(module))
            .with_state(self.clone())
    }
}

/// Where a build is in a list; added when it is new.
fn index_of(list: &Mutex<Vec<Build>>, path: &FilePath, directory: &FilePath) -> usize {
    let mut list = list.lock().unwrap_or_else(PoisonError::into_inner);
    list.iter().position(|known| known.path == path).unwrap_or_else(|| {
        let root = RootedDirectory::open(directory)
            .inspect_err(|error| tracing::warn!(path = %path.display(), %error, "a build cannot be read"));
        list.push(Build { path: path.to_owned(), root: root.ok().map(Arc::new) });
        list.len() - 1
    })
}

/// JavaScript without a character set would be read in the page's; OpenTok.js is UTF-8.
const JAVASCRIPT: &str = "text/javascript; charset=utf-8";

/// Returns a script of the harness page as text; empty if there is none of this name.
pub(super) fn harness_text(name: &str) -> String {
    let file = Files::get(&format!("harness/{name}"));
    file.map(|file| String::from_utf8_lossy(&file.data).into_owned()).unwrap_or_default()
}

fn file(path: &str) -> Response {
    let Some(file) = Files::get(path) else { return StatusCode::NOT_FOUND.into_response() };
    ([(header::CONTENT_TYPE, content_type(path))], file.data.into_owned()).into_response()
}

/// Returns the content type of a file of a page.
pub(super) fn content_type(path: &str) -> &'static str {
    match path.rsplit_once('.').map(|(_, extension)| extension) {
        Some("html") => "text/html; charset=utf-8",
        Some("js") => JAVASCRIPT,
        Some("css") => "text/css; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("json") => "application/json",
        _ => "application/octet-stream",
    }
}

async fn bundle(State(server): State<PageServer>, Path(index): Path<usize>) -> Response {
    let Some(build) = entry(&server.bundles, index) else { return StatusCode::NOT_FOUND.into_response() };
    let name = build.path.file_name().map(PathBuf::from).unwrap_or_default();
    script(build.root, name).await
}

async fn module(State(server): State<PageServer>, Path((index, path)): Path<(usize, PathBuf)>) -> Response {
    let Some(build) = entry(&server.modules, index) else { return StatusCode::NOT_FOUND.into_response() };
    let is_script = path.extension().is_some_and(|kind| ["js", "mjs", "cjs"].iter().any(|known| kind == *known));
    if !is_script || path.components().any(|part| !matches!(part, Component::Normal(_))) {
        return StatusCode::NOT_FOUND.into_response();
    }
    script(build.root, path).await
}

fn entry(list: &Mutex<Vec<Build>>, index: usize) -> Option<Build> {
    list.lock().unwrap_or_else(PoisonError::into_inner).get(index).cloned()
}

/// A script below a directory. What is there may have changed since it was added, so nothing is taken from outside.
async fn script(root: Option<Arc<RootedDirectory>>, path: PathBuf) -> Response {
    let Some(root) = root else { return StatusCode::NOT_FOUND.into_response() };
    let shown = root.path().join(&path);
    let read = tokio::task::spawn_blocking(move || root.read(&path, MAX_SCRIPT_BYTES)).await;
    match read.map_err(std::io::Error::other).flatten() {
        Ok(bytes) => ([(header::CONTENT_TYPE, JAVASCRIPT)], bytes).into_response(),
        Err(error) => {
            tracing::warn!(path = %shown.display(), %error, "a build cannot be read");
            StatusCode::NOT_FOUND.into_response()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn harness_page_is_embedded() {
        for path in [HARNESS_PATH, crate::page::PEERS_PATH] {
            assert!(Files::get(path.trim_start_matches('/')).is_some(), "{path}");
        }
        assert!(Files::get("network-test/package.json").is_none());
    }

    #[test]
    fn bundle_has_one_path() {
        let server = PageServer::new();
        let first = server.add_bundle(std::path::Path::new("/a.js"));
        assert_eq!(server.add_bundle(std::path::Path::new("/a.js")), first);
        assert_ne!(server.add_bundle(std::path::Path::new("/b.js")), first);
    }

    async fn status(server: &PageServer, path: &str) -> u16 {
        let request = axum::http::Request::get(path).body(axum::body::Body::empty()).expect("a request");
        let response = tower::ServiceExt::oneshot(server.router(), request).await.expect("an answer");
        response.status().as_u16()
    }

    #[tokio::test]
    async fn only_scripts_of_a_module_are_served() {
        let directory = tempfile::tempdir().expect("a directory");
        let inner = directory.path().join("inner");
        std::fs::create_dir_all(inner.join("dist")).expect("made");
        for file in ["dist/index.js", "my #1 100% büro.js", "secret.txt", "../outside.js"] {
            std::fs::write(inner.join(file), "content").expect("written");
        }
        let server = PageServer::new();
        let path = server.add_module(&inner, FilePath::new("dist/index.js"));
        assert_eq!(path, "/module/0/dist/index.js");
        let status = async |path: &str| status(&server, path).await;
        assert_eq!(status(&path).await, 200);
        let odd = server.add_module(&inner, FilePath::new("my #1 100% büro.js"));
        assert_eq!(odd, "/module/0/my%20%231%20100%25%20b%C3%BCro.js");
        assert_eq!(status(&odd).await, 200);
        for path in ["/module/0/secret.txt", "/module/0/..%2Foutside.js", "/module/0/no.js", "/module/1/dist/index.js"]
        {
            assert_eq!(status(path).await, 404, "{path}");
        }
    }

    #[tokio::test]
    async fn links_out_of_a_build_are_refused() {
        let directory = tempfile::tempdir().expect("a directory");
        let at = |name: &str| directory.path().join(name);
        for path in ["build/dist/index.js", "outside.js"] {
            std::fs::create_dir_all(at(path).parent().expect("a parent")).expect("made");
            std::fs::write(at(path), "content").expect("written");
        }
        let server = PageServer::new();
        let module = server.add_module(&at("build"), FilePath::new("dist/index.js"));
        let bundle = server.add_bundle(&at("build/dist/index.js"));
        assert_eq!((status(&server, &module).await, status(&server, &bundle).await), (200, 200));
        // A build may be made anew while it is served.
        std::fs::remove_file(at("build/dist/index.js")).expect("removed");
        for (target, link) in [
            ("/proc/self/environ", "environment.js"),
            ("../outside.js", "outside.js"),
            ("../../outside.js", "dist/index.js"),
        ] {
            std::os::unix::fs::symlink(target, at("build").join(link)).expect("linked");
        }
        for path in ["/module/0/environment.js", "/module/0/outside.js", &module, &bundle] {
            assert_eq!(status(&server, path).await, 404, "{path}");
        }
        let of_system = server.add_module(FilePath::new("/proc/self"), FilePath::new("environ.js"));
        assert_eq!(status(&server, &of_system).await, 404);
    }
}
