//! An npm registry of a test's own, on the loopback interface.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use sha1::Sha1;
use sha2::{Digest, Sha512};

/// What a registry says of the archives that it serves.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Publishes {
    Sha512,
    Sha1,
    Shasum,
    Nothing,
    /// The digest of something else.
    WrongShasum,
    /// No package at all: 404.
    NoPackage,
    /// A page for people, as captive portals do.
    Html,
    /// That one has to log in.
    Login,
}

/// A registry with one package; it ends with the test.
pub struct Registry {
    /// Where it is: `http://127.0.0.1:<port>/`.
    pub url: String,
    requests: Arc<Mutex<Vec<String>>>,
}

/// Its releases of `@opentok/client`, each with the time of its publication.
pub const RELEASES: [(&str, &str); 3] = [
    ("2.98.0", "2024-01-01T00:00:00.000Z"),
    ("2.98.1", "2024-06-01T00:00:00.000Z"),
    ("2.99.0", "2025-01-01T00:00:00.000Z"),
];

impl Registry {
    pub fn start(publishes: Publishes) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let url = format!("http://{}/", listener.local_addr().expect("an address"));
        let requests = Arc::new(Mutex::new(Vec::new()));
        let (seen, base) = (Arc::clone(&requests), url.clone());
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (seen, base) = (Arc::clone(&seen), base.clone());
                std::thread::spawn(move || answer(&stream, publishes, &base, &seen));
            }
        });
        Self { url, requests }
    }

    /// The paths that were asked for.
    pub fn requests(&self) -> Vec<String> {
        self.requests.lock().expect("nobody panicked").clone()
    }
}

fn answer(mut stream: &TcpStream, publishes: Publishes, base: &str, seen: &Mutex<Vec<String>>) {
    let mut lines = BufReader::new(stream).lines().map_while(Result::ok);
    let Some(first) = lines.next() else { return };
    while lines.next().is_some_and(|line| !line.is_empty()) {}
    let path = first.split(' ').nth(1).unwrap_or_default().to_owned();
    let (status, kind, body) = if path.ends_with(".tgz") {
        (200, "application/octet-stream", archive())
    } else {
        match publishes {
            Publishes::NoPackage => (404, "application/json", b"{\"error\":\"Not found\"}".to_vec()),
            Publishes::Login => (401, "application/json", b"{\"error\":\"auth\"}".to_vec()),
            Publishes::Html => (200, "text/html", b"<html>Log in to the proxy</html>".to_vec()),
            _ => (200, "application/json", package(publishes, base).to_string().into_bytes()),
        }
    };
    seen.lock().expect("nobody panicked").push(path);
    let head = format!(
        "HTTP/1.1 {status} X\r\nContent-Type: {kind}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        body.len()
    );
    // npm may have gone.
    let _ = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(&body));
}

fn package(publishes: Publishes, base: &str) -> Value {
    let archive = archive();
    let sha1 = Sha1::digest(&archive);
    let shasum: String = sha1.iter().map(|byte| format!("{byte:02x}")).collect();
    let mut dist = json!({ "tarball": format!("{base}t.tgz") });
    match publishes {
        Publishes::Sha512 => dist["integrity"] = format!("sha512-{}", STANDARD.encode(Sha512::digest(&archive))).into(),
        Publishes::Sha1 => dist["integrity"] = format!("sha1-{}", STANDARD.encode(sha1)).into(),
        Publishes::Shasum => dist["shasum"] = shasum.into(),
        Publishes::WrongShasum => dist["shasum"] = "0".repeat(40).into(),
        _ => {}
    }
    let release = |(version, _): &(&str, &str)| {
        ((*version).to_owned(), json!({ "name": "@opentok/client", "version": version, "dist": dist }))
    };
    let versions: serde_json::Map<String, Value> = RELEASES.iter().map(release).collect();
    let times: serde_json::Map<String, Value> =
        RELEASES.iter().map(|(version, at)| ((*version).to_owned(), Value::from(*at))).collect();
    json!({ "name": "@opentok/client", "dist-tags": { "latest": "2.99.0" }, "versions": versions, "time": times })
}

/// A package that is all that precall looks for, and nothing that runs.
fn archive() -> Vec<u8> {
    let mut builder = tar::Builder::new(flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast()));
    let manifest =
        r#"{"name":"@opentok/client","version":"2.99.0","scripts":{"prepare":"touch /tmp/precall-ran-a-script"}}"#;
    for (path, content) in [("package/package.json", manifest), ("package/dist/js/opentok.min.js", "'a double';")] {
        let mut header = tar::Header::new_gnu();
        header.set_size(content.len() as u64);
        header.set_mode(0o644);
        builder.append_data(&mut header, path, content.as_bytes()).expect("appended");
    }
    builder.into_inner().expect("a tar").finish().expect("a gzip")
}
