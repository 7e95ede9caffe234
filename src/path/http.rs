//! The HTTP and WebSocket path: one listener for a run, a base path for each case.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::http::{StatusCode, Uri, uri::PathAndQuery};
use axum::response::{IntoResponse, Response};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tower::ServiceExt;

use super::guard::{self, Allowed, Guard};
use super::listener::CuttableListener;
use crate::platform::Cut;

/// The first part of the base path of every case.
const CASE_PREFIX: &str = "/case/";

/// Why the listener could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum HttpPathError {
    /// Somebody else has the port.
    #[error("port {0} is taken; stop what listens there, or give another with --listen (port 0 takes a free one)")]
    PortTaken(SocketAddr),
    /// Anything else.
    #[error("could not listen on {0}: {1}")]
    Listen(SocketAddr, std::io::Error),
}

/// A listener with the routes of its cases. Dropped, it ends.
pub struct HttpPath {
    address: SocketAddr,
    mounts: Mounts,
    task: JoinHandle<()>,
}

type Mounts = Arc<Mutex<HashMap<String, Router>>>;

impl HttpPath {
    /// Listens on `address`; what is no case's goes to `rest`.
    ///
    /// # Errors
    ///
    /// When the address cannot be listened on.
    pub async fn listen(address: SocketAddr, rest: Router) -> Result<Self, HttpPathError> {
        Self::listen_for(address, rest, &Allowed::default()).await
    }

    /// As [`HttpPath::listen`], for others than pages of its own origin too.
    ///
    /// # Errors
    ///
    /// When the address cannot be listened on.
    pub async fn listen_for(address: SocketAddr, rest: Router, allowed: &Allowed) -> Result<Self, HttpPathError> {
        let listener = TcpListener::bind(address).await.map_err(|error| match error.kind() {
            std::io::ErrorKind::AddrInUse => HttpPathError::PortTaken(address),
            _ => HttpPathError::Listen(address, error),
        })?;
        let address = listener.local_addr().map_err(|error| HttpPathError::Listen(address, error))?;
        let mounts = Mounts::default();
        let cases = Arc::clone(&mounts);
        let app = rest.layer(axum::middleware::from_fn(move |request: Request, next: axum::middleware::Next| {
            let cases = Arc::clone(&cases);
            async move {
                match split_case(request.uri()) {
                    Some((id, inner)) => serve_case(&cases, &id, inner, request).await,
                    None => next.run(request).await,
                }
            }
        }));
        let guard = Guard::new(address, allowed);
        let cors = guard.cors();
        let app =
            app.layer(cors).layer(axum::middleware::from_fn(move |request: Request, next: axum::middleware::Next| {
                guard::check(guard.clone(), request, next)
            }));
        let task = tokio::spawn(async move {
            let app = app.into_make_service_with_connect_info::<Cut>();
            if let Err(error) = axum::serve(CuttableListener(listener), app).await {
                tracing::error!(%error, "the HTTP listener broke");
            }
        });
        Ok(Self { address, mounts, task })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The origin of everything served here; a secure context to browsers, as it is on the loopback interface.
    pub fn origin(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Serves `router` below a base path of its own until the mount is dropped. `id` is part of that path.
    pub fn mount(&self, id: &str, router: Router) -> Mount {
        lock(&self.mounts).insert(id.to_owned(), router);
        Mount {
            id: id.to_owned(),
            base_url: format!("{}{CASE_PREFIX}{id}", self.origin()),
            mounts: Arc::clone(&self.mounts),
        }
    }
}

impl Drop for HttpPath {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// The routes of one case. Dropped, they answer 404.
pub struct Mount {
    id: String,
    base_url: String,
    mounts: Mounts,
}

impl Mount {
    /// The base path, to be given to clients as their proxy.
    pub fn base_url(&self) -> &str {
        &self.base_url
    }
}

impl Drop for Mount {
    fn drop(&mut self) {
        lock(&self.mounts).remove(&self.id);
    }
}

fn lock(mounts: &Mounts) -> std::sync::MutexGuard<'_, HashMap<String, Router>> {
    // The map is whole between any two statements that hold the lock.
    mounts.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The case that a URI belongs to, and the URI within it.
fn split_case(uri: &Uri) -> Option<(String, Uri)> {
    let rest = uri.path().strip_prefix(CASE_PREFIX)?;
    let (id, path) = rest.split_once('/')?;
    let inner = match uri.query() {
        Some(query) => format!("/{path}?{query}"),
        None => format!("/{path}"),
    };
    Some((id.to_owned(), Uri::from(inner.parse::<PathAndQuery>().ok()?)))
}

async fn serve_case(mounts: &Mounts, id: &str, inner: Uri, mut request: Request<Body>) -> Response {
    let Some(router) = lock(mounts).get(id).cloned() else { return StatusCode::NOT_FOUND.into_response() };
    *request.uri_mut() = inner;
    match router.oneshot(request).await {
        Ok(response) => response,
        Err(never) => match never {},
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_case_is_split_from_what_is_asked_of_it() {
        let split = |uri: &str| split_case(&uri.parse().expect("a URI")).map(|(id, uri)| (id, uri.to_string()));
        assert_eq!(split("/case/a/host/x?y=1"), Some(("a".to_owned(), "/host/x?y=1".to_owned())));
        assert_eq!(split("/case/a/"), Some(("a".to_owned(), "/".to_owned())));
        assert_eq!(split("/case/a"), None);
        assert_eq!(split("/harness/index.html"), None);
    }

    #[tokio::test]
    async fn a_taken_port_is_said_to_be_taken() {
        let any = SocketAddr::from(([127, 0, 0, 1], 0));
        let first = HttpPath::listen(any, Router::new()).await.expect("a free port");
        let second = HttpPath::listen(first.address(), Router::new()).await;
        assert!(matches!(second, Err(HttpPathError::PortTaken(address)) if address == first.address()));
    }
}
