//! The WebSocket to the DevTools of a remote browser: over TLS, and with a user name, where its address says so.

use std::fmt::Display;
use std::sync::Arc;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use percent_encoding::percent_decode_str;
use rustls_platform_verifier::BuilderVerifierExt;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::pki_types::ServerName;
use tokio_rustls::rustls::{ClientConfig, crypto};
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::handshake::client::Request;
use tokio_tungstenite::tungstenite::http::{HeaderValue, header};
use tokio_tungstenite::tungstenite::{Error, protocol::WebSocketConfig};
use tokio_tungstenite::{WebSocketStream, client_async_with_config};
use url::{Host, Url};

use super::remote::{TRUST_FIX, refusal};

/// How long connecting may take: DNS, TCP, TLS and the handshake of the WebSocket. A grid may start a browser first.
const LIMIT: Duration = Duration::from_secs(30);

/// Bytes in both directions, with or without TLS.
pub(super) trait Duplex: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> Duplex for T {}

/// Connects to a `ws://` or `wss://` address. The server's certificate must be one that this host trusts.
///
/// # Errors
///
/// The reason, without the address, which may hold secrets.
pub(super) async fn connect(
    address: &str,
    config: WebSocketConfig,
) -> Result<WebSocketStream<Box<dyn Duplex>>, String> {
    let connected = tokio::time::timeout(LIMIT, open(address, config)).await;
    connected
        .unwrap_or_else(|_| Err(format!("its DevTools do not answer within {} s; check its address", LIMIT.as_secs())))
}

async fn open(address: &str, config: WebSocketConfig) -> Result<WebSocketStream<Box<dyn Duplex>>, String> {
    let url = Url::parse(address).map_err(|error| format!("its address is not a URL: {error}"))?;
    let (host, port) = (url.host(), url.port_or_known_default());
    let (Some(host), Some(port)) = (host, port) else { return Err("its address has no host".to_owned()) };
    let unreachable = |error: &dyn Display| format!("its DevTools cannot be connected to ({error}); check its address");
    let stream = match &host {
        Host::Domain(name) => TcpStream::connect((*name, port)).await,
        Host::Ipv4(ip) => TcpStream::connect((*ip, port)).await,
        Host::Ipv6(ip) => TcpStream::connect((*ip, port)).await,
    };
    let stream = stream.map_err(|error| unreachable(&error))?;
    // Small messages must not wait for one another.
    stream.set_nodelay(true).map_err(|error| unreachable(&error))?;
    let stream: Box<dyn Duplex> = match url.scheme() {
        "wss" => Box::new(tls(&host, stream).await?),
        _ => Box::new(stream),
    };
    match client_async_with_config(request(url)?, stream, Some(config)).await {
        Ok((socket, _)) => Ok(socket),
        Err(error) => {
            let refused = match &error {
                Error::Http(answer) => refusal(answer.status()),
                _ => None,
            };
            Err(refused.unwrap_or_else(|| unreachable(&error)))
        }
    }
}

async fn tls(host: &Host<&str>, stream: TcpStream) -> Result<impl Duplex + use<>, String> {
    let fail = |error: &dyn Display| format!("no TLS connection to its DevTools ({error}); {TRUST_FIX}");
    let name = match host {
        Host::Domain(name) => ServerName::try_from((*name).to_owned()).map_err(|error| fail(&error))?,
        Host::Ipv4(ip) => ServerName::IpAddress((*ip).into()),
        Host::Ipv6(ip) => ServerName::IpAddress((*ip).into()),
    };
    let config = ClientConfig::builder_with_provider(Arc::new(crypto::aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .and_then(BuilderVerifierExt::with_platform_verifier)
        .map_err(|error| fail(&error))?
        .with_no_client_auth();
    TlsConnector::from(Arc::new(config)).connect(name, stream).await.map_err(|error| fail(&error))
}

/// Returns the handshake for a URL. The user and the password in it go into a header (RFC 7617).
fn request(mut url: Url) -> Result<Request, String> {
    let decoded = |text: &str| percent_decode_str(text).decode_utf8_lossy().into_owned();
    let user = decoded(url.username());
    let password = url.password().map(decoded);
    // A URL with a host takes both away.
    let _ = (url.set_username(""), url.set_password(None));
    let mut request = url.as_str().into_client_request().map_err(|error| format!("its address: {error}"))?;
    if !user.is_empty() || password.is_some() {
        let both = STANDARD.encode(format!("{user}:{}", password.unwrap_or_default()));
        let mut value = HeaderValue::try_from(format!("Basic {both}")).map_err(|error| error.to_string())?;
        value.set_sensitive(true);
        request.headers_mut().insert(header::AUTHORIZATION, value);
    }
    Ok(request)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_user_in_the_address_goes_into_a_header() {
        let url = Url::parse("wss://me:p%40ss@grid.example/x?token=abc").expect("a URL");
        let request = request(url).expect("a request");
        assert_eq!(request.uri(), "wss://grid.example/x?token=abc");
        assert_eq!(request.headers()[header::AUTHORIZATION], "Basic bWU6cEBzcw==");
        assert_eq!(request.headers()[header::HOST], "grid.example");
    }

    #[test]
    fn without_a_user_there_is_no_header() {
        let url = Url::parse("ws://127.0.0.1:9222/devtools/browser/b").expect("a URL");
        assert!(!request(url).expect("a request").headers().contains_key(header::AUTHORIZATION));
    }
}
