//! What a grid has in front of its browsers: a server that lets through only what has the right token.

use std::net::SocketAddr;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// Listens on the loopback interface. A request whose query is this token goes to the target, without it.
pub async fn open(token: &'static str, target: SocketAddr) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move {
        while let Ok((client, _)) = listener.accept().await {
            tokio::spawn(pass(client, token, target));
        }
    });
    address
}

async fn pass(mut client: TcpStream, token: &str, target: SocketAddr) {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        match client.read_u8().await {
            Ok(byte) => head.push(byte),
            Err(_) => return,
        }
    }
    let head = String::from_utf8(head).expect("text");
    let query = format!("?token={token} HTTP/1.1\r\n");
    if !head.contains(&query) {
        // The client may be gone.
        let _ = client.write_all(b"HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\nConnection: close\r\n\r\n").await;
        return;
    }
    let Ok(mut server) = TcpStream::connect(target).await else { return };
    if server.write_all(head.replacen(&query, " HTTP/1.1\r\n", 1).as_bytes()).await.is_ok() {
        // Either side may end without a word: then so does the other.
        let _ = tokio::io::copy_bidirectional(&mut client, &mut server).await;
    }
}
