//! From a connection to a proxy to the TLS inside its tunnel.

use std::net::IpAddr;
use std::sync::Arc;

use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream};
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio_rustls::server::TlsStream;

use super::request::{self, ConnectError};
use super::rules::{Decision, ProxyRules, RefusalCounts};
use crate::limits::TUNNEL_TIMEOUT;
use crate::transport::reset_handle::ResetHandle;
use crate::transport::resettable::ResetOnClose;
use crate::transport::stream::ServerEnd;
use crate::transport::tls_identity::TlsIdentity;

/// The answer to a client that does not use the proxy as browsers do.
const MALFORMED: &str = "HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";

/// The HTTP proxy of a signalling endpoint, which opens tunnels to the platform.
pub(in crate::transport) struct ConnectProxy {
    pub identity: TlsIdentity,
    pub rules: ProxyRules,
    pub refused: RefusalCounts,
}

/// An open tunnel of a client.
pub(in crate::transport) struct Tunnel {
    pub host: Arc<str>,
    pub stream: TlsStream<DuplexStream>,
    pub reset: ResetHandle,
    pub address: IpAddr,
}

impl ResetOnClose for TlsStream<DuplexStream> {
    /// Does nothing, as for the stream inside: the task that carries the other end checks the reset handle itself.
    fn reset_at_close(&self) {}
}

impl ConnectProxy {
    /// Handles the requests of all connections concurrently, until the endpoint ends.
    pub(crate) async fn serve(
        self,
        mut ends: mpsc::UnboundedReceiver<ServerEnd>,
        tunnels: mpsc::UnboundedSender<Tunnel>,
    ) {
        let (proxy, mut clients) = (Arc::new(self), JoinSet::new());
        while let Some(end) = ends.recv().await {
            let (proxy, tunnels) = (Arc::clone(&proxy), tunnels.clone());
            clients.spawn(async move {
                if let Some(tunnel) = proxy.open(end).await {
                    // The receiver is gone: the endpoint is about to end.
                    let _ = tunnels.send(tunnel);
                }
            });
            while clients.try_join_next().is_some() {}
        }
    }

    /// Opens the tunnel of a client. Returns `None` if it is refused, or if the client does not send its request in
    /// time.
    async fn open(&self, ServerEnd { mut stream, reset, address }: ServerEnd) -> Option<Tunnel> {
        let asked = tokio::time::timeout(TUNNEL_TIMEOUT, request::read(&mut stream)).await.ok()?;
        let request = match asked {
            Ok(request) => request,
            Err(ConnectError::Gone) => return None,
            Err(error) => {
                let answer = match error {
                    ConnectError::NoTunnel(host) => {
                        self.refused.count(host);
                        Decision::Unreachable.answer().unwrap_or(MALFORMED)
                    }
                    _ => MALFORMED,
                };
                // A client that has gone needs no answer.
                let _ = stream.write_all(answer.as_bytes()).await;
                return None;
            }
        };
        let decision = self.rules.decide(&request);
        if decision != Decision::Accept {
            self.refused.count(format!("{}:{}", request.host, request.port));
        }
        let Some(answer) = decision.answer() else {
            // The request is never answered: the connection stays open until the client gives up.
            let _ = stream.read_u8().await;
            return None;
        };
        stream.write_all(answer.as_bytes()).await.ok()?;
        if decision != Decision::Accept {
            return None;
        }
        let accepted = tokio::time::timeout(TUNNEL_TIMEOUT, self.identity.acceptor().accept(stream)).await.ok()?;
        let stream = accepted.inspect_err(|error| tracing::debug!(host = request.host, %error, "no TLS")).ok()?;
        Some(Tunnel { host: request.host.into(), stream, reset, address })
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;
    use std::time::Duration;

    use tokio::time::timeout;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn slow_proxy_clients_are_closed() {
        let identity = TlsIdentity::generate(&["a.example"]).expect("an identity");
        let rules = ProxyRules { hosts: vec!["a.example".to_owned()], ..ProxyRules::default() };
        let (sender, ends) = mpsc::unbounded_channel();
        let (tunnels, _tunnels) = mpsc::unbounded_channel();
        tokio::spawn(ConnectProxy { identity, rules, refused: RefusalCounts::default() }.serve(ends, tunnels));
        for first in [&b""[..], b"CONNECT a.example:443 HT", b"CONNECT a.example:443 HTTP/1.1\r\n\r\n"] {
            let (mut client, stream) = tokio::io::duplex(4096);
            let end = ServerEnd { stream, reset: ResetHandle::default(), address: Ipv4Addr::LOCALHOST.into() };
            assert!(sender.send(end).is_ok());
            client.write_all(first).await.expect("it is read");
            let mut answer = Vec::new();
            let ended = client.read_to_end(&mut answer);
            tokio::pin!(ended);
            assert!(timeout(TUNNEL_TIMEOUT - Duration::from_secs(1), &mut ended).await.is_err(), "it ends early");
            assert!(timeout(Duration::from_secs(2), &mut ended).await.is_ok(), "it goes on");
        }
    }
}
