//! Servers that tests start: programs of others that listen on a port of this host.

use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// How long a server has until it listens.
const LIMIT: Duration = Duration::from_secs(30);

/// A server that is stopped when the test ends.
pub struct ChildServer {
    child: Child,
    /// The port that it listens on.
    pub port: u16,
}

impl ChildServer {
    /// Starts a program that is to listen on this port, and waits until it does.
    pub fn start(mut command: Command, port: u16) -> Self {
        let child = command.stdin(Stdio::null()).spawn().expect("the server starts");
        let server = Self { child, port };
        let end = Instant::now() + LIMIT;
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(Instant::now() < end, "nothing listens on port {port}");
            std::thread::sleep(Duration::from_millis(50));
        }
        server
    }

    /// The URL of a path on it.
    pub fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }
}

impl Drop for ChildServer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A port that nothing listens on.
pub fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("an address").port()
}
