//! HTTP/1.1 on the connections of a listener, within limits: slow or silent clients delay no others.

use std::convert::Infallible;
use std::net::IpAddr;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::extract::Request;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::task::JoinSet;
use tower::ServiceExt;

use super::idle::{IdleConnections, Slot};
use super::reset_handle::RemoteAddress;
use crate::limits::{MAX_HEAD_BYTES, MAX_HTTP_CONNECTIONS, REQUEST_TIMEOUT};

/// How many idle connections are closed where there is no room for another: accepting is tried again only after a
/// while.
const MADE_ROOM: usize = 16;

/// A source of connections: each has a stream of type `S`, and its requests find an `I` in their `ConnectInfo`.
pub(super) trait Incoming<S, I>: Send + 'static {
    /// Waits for the next connection.
    fn next(&mut self) -> impl Future<Output = Accepted<S, I>> + Send;
}

/// The next item of a source of connections.
pub(super) enum Accepted<S, I> {
    /// A client has connected.
    Connection {
        /// The bytes of the connection.
        stream: S,
        /// The `ConnectInfo` of its requests.
        info: I,
        /// The remote IP address.
        address: IpAddr,
    },
    /// A client has connected, and the process has no file descriptor for it.
    NoRoom,
    /// There are no more connections.
    End,
}

/// Serves `app` until there are no more connections. Dropped, it ends all of them but those that have become
/// WebSockets.
pub(super) async fn serve<S, I>(mut incoming: impl Incoming<S, I>, app: Router)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    I: Clone + Send + Sync + 'static,
{
    let (open, mut tasks) = (IdleConnections::default(), JoinSet::new());
    loop {
        tokio::select! {
            next = incoming.next() => match next {
                Accepted::Connection { stream, info, address } => {
                    if tasks.len() < MAX_HTTP_CONNECTIONS || open.close_oldest() {
                        tasks.spawn(serve_one(stream, info, address, app.clone(), open.add()));
                    }
                }
                Accepted::NoRoom => drop((0..MADE_ROOM).take_while(|_| open.close_oldest()).count()),
                Accepted::End => return,
            },
            Some(_) = tasks.join_next() => {}
        }
    }
}

async fn serve_one<S, I>(stream: S, info: I, address: IpAddr, app: Router, slot: Slot)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    I: Clone + Send + Sync + 'static,
{
    let service = service_fn(|request: hyper::Request<hyper::body::Incoming>| {
        let (mut request, app, busy) = (request.map(Body::new), app.clone(), slot.busy());
        request.extensions_mut().insert(ConnectInfo(info.clone()));
        request.extensions_mut().insert(RemoteAddress(address));
        async move {
            let _busy = busy;
            answer(app, request).await
        }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(REQUEST_TIMEOUT)
        .max_buf_size(MAX_HEAD_BYTES)
        .serve_connection(TokioIo::new(stream), service)
        .with_upgrades();
    tokio::select! {
        ended = connection => {
            if let Err(error) = ended {
                tracing::debug!(%error, "a connection broke");
            }
        }
        () = slot.closed() => {}
    }
}

async fn answer(app: Router, request: Request) -> Result<axum::response::Response, Infallible> {
    app.oneshot(request).await
}

#[cfg(test)]
mod tests;
