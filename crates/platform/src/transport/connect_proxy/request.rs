//! The request of a browser to its proxy (RFC 9110, section 9.3.6).

use tokio::io::{AsyncRead, AsyncReadExt};

/// The most bytes of a request to a proxy: Chrome's have a few hundred.
const MAX_HEAD_BYTES: usize = 8192;

/// How many headers such a request may have.
const MAX_HEADERS: usize = 32;

/// A request for a tunnel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConnectRequest {
    /// The requested host, in lower case.
    pub host: String,
    /// The requested port.
    pub port: u16,
    /// The value of `Proxy-Authorization`, if the header is present.
    pub authorization: Option<String>,
}

/// Why a request for a tunnel is not valid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ConnectError {
    /// The client has closed its connection.
    Gone,
    /// The request is not HTTP, or exceeds the limits.
    Malformed,
    /// The request is not for a tunnel: it is a plain HTTP request to this host.
    NoTunnel(String),
}

/// Reads a request. A client sends nothing more before it has the answer.
pub(super) async fn read(stream: &mut (impl AsyncRead + Unpin)) -> Result<ConnectRequest, ConnectError> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        if head.len() >= MAX_HEAD_BYTES || head.windows(4).any(|end| end == b"\r\n\r\n") {
            return Err(ConnectError::Malformed);
        }
        match stream.read_buf(&mut head).await {
            Ok(length) if length > 0 => {}
            _ => return Err(ConnectError::Gone),
        }
    }
    ConnectRequest::parse(&head)
}

impl ConnectRequest {
    /// Reads the head of a request, to its empty line.
    ///
    /// # Errors
    ///
    /// When it is none for a tunnel.
    pub fn parse(head: &[u8]) -> Result<Self, ConnectError> {
        parse(head)
    }
}

fn parse(head: &[u8]) -> Result<ConnectRequest, ConnectError> {
    let mut headers = [httparse::EMPTY_HEADER; MAX_HEADERS];
    let mut request = httparse::Request::new(&mut headers);
    if !matches!(request.parse(head), Ok(httparse::Status::Complete(_))) {
        return Err(ConnectError::Malformed);
    }
    let target = request.path.unwrap_or_default();
    if request.method != Some("CONNECT") {
        let host = url::Url::parse(target).ok().and_then(|url| url.host_str().map(str::to_owned));
        return Err(host.map_or(ConnectError::Malformed, ConnectError::NoTunnel));
    }
    let (host, port) = target.rsplit_once(':').ok_or(ConnectError::Malformed)?;
    if host.is_empty() || !host.is_ascii() {
        return Err(ConnectError::Malformed);
    }
    let port = port.parse().map_err(|_| ConnectError::Malformed)?;
    let authorization = request.headers.iter().find(|header| header.name.eq_ignore_ascii_case("proxy-authorization"));
    let authorization = authorization.map(|header| String::from_utf8_lossy(header.value).into_owned());
    Ok(ConnectRequest { host: host.to_ascii_lowercase(), port, authorization })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_request_is_read_exactly_to_its_end() {
        let read = async |bytes: &[u8]| read(&mut &*bytes).await;
        let good = b"CONNECT Anvil.opentok.com:443 HTTP/1.1\r\nHost: x\r\nProxy-Authorization: Basic eDp5\r\n\r\n";
        let request = ConnectRequest {
            host: "anvil.opentok.com".to_owned(),
            port: 443,
            authorization: Some("Basic eDp5".to_owned()),
        };
        assert_eq!(read(good).await, Ok(request));
        assert_eq!(read(b"CONNECT a:1 HTTP/1.1\r\n\r\nmore").await, Err(ConnectError::Malformed));
        assert_eq!(read(b"CONNECT a:1 HTT").await, Err(ConnectError::Gone));
        assert_eq!(read(&[b'x'; 10_000]).await, Err(ConnectError::Malformed));
        let plain = b"GET http://elsewhere.example/x HTTP/1.1\r\n\r\n";
        assert_eq!(read(plain).await, Err(ConnectError::NoTunnel("elsewhere.example".to_owned())));
        for wrong in [
            "CONNECT a HTTP/1.1\r\n\r\n",
            "CONNECT :1 HTTP/1.1\r\n\r\n",
            "CONNECT a:x HTTP/1.1\r\n\r\n",
            "GET / HTTP/1.1\r\n\r\n",
            "\r\n\r\n",
        ] {
            assert_eq!(read(wrong.as_bytes()).await, Err(ConnectError::Malformed), "{wrong}");
        }
    }

    proptest::proptest! {
        #[test]
        fn no_bytes_panic(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..200)) {
            let _ = parse(&bytes);
        }
    }
}
