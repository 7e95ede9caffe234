//! What browsers say to their proxy: no bytes make the reader panic, and what it reads is a host and a port.
#![no_main]

use libfuzzer_sys::fuzz_target;
use precall_platform::transport::ConnectRequest;

fuzz_target!(|bytes: &[u8]| {
    // As it comes, and behind the words that requests begin with.
    let _ = ConnectRequest::parse(bytes);
    let head = [b"CONNECT ", bytes, b" HTTP/1.1\r\n\r\n"].concat();
    for head in [bytes, &head] {
        if let Ok(ConnectRequest { host, port, authorization }) = ConnectRequest::parse(head) {
            assert!(host.is_ascii() && !host.contains(|c: char| c.is_ascii_uppercase() || c.is_whitespace()));
            let credentials =
                authorization.map(|value| format!("Proxy-Authorization: {}\r\n", value.trim())).unwrap_or_default();
            let again =
                ConnectRequest::parse(format!("CONNECT {host}:{port} HTTP/1.1\r\n{credentials}\r\n").as_bytes());
            assert!(again.is_ok_and(|again| (again.host, again.port) == (host, port)));
        }
    }
});
