//! HTTP/1.1 on the connections of a listener, within limits: clients that are slow, or say nothing, delay no others.

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

/// How many idle connections are closed where there is no room for another: accepting is tried again only after a while.
const MADE_ROOM: usize = 16;

/// Where connections come from.
pub(super) trait Incoming: Send + 'static {
    /// The bytes of a connection.
    type Stream: AsyncRead + AsyncWrite + Unpin + Send + 'static;
    /// What its requests find in `ConnectInfo`.
    type Info: Clone + Send + Sync + 'static;

    /// The next connection.
    fn next(&mut self) -> impl Future<Output = Next<Self::Stream, Self::Info>> + Send;
}

/// What comes next from a listener.
pub(super) enum Next<S, I> {
    /// A client has connected, and there is room.
    Connection {
        /// What carries the bytes of the connection.
        stream: S,
        /// What its requests find in `ConnectInfo`.
        info: I,
        /// Where it comes from.
        address: IpAddr,
    },
    /// There is one, and no room for it.
    NoRoom,
    /// The listener takes no more connections.
    End,
}

/// Serves `app` until there are no more connections. Dropped, it ends all of them but those that have become WebSockets.
pub(super) async fn serve(mut incoming: impl Incoming, app: Router) {
    let (open, mut tasks) = (IdleConnections::default(), JoinSet::new());
    loop {
        tokio::select! {
            next = incoming.next() => match next {
                Next::Connection { stream, info, address } => {
                    if tasks.len() < MAX_HTTP_CONNECTIONS || open.close_oldest() {
                        tasks.spawn(serve_one(stream, info, address, app.clone(), open.add()));
                    }
                }
                Next::NoRoom => drop((0..MADE_ROOM).take_while(|_| open.close_oldest()).count()),
                Next::End => return,
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
