//! Accepting TCP connections, also where the process has no room for more.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};
use tokio::time::Instant;

/// How long nothing is accepted after an error, such as too many open files: the connection that could not be accepted
/// still waits, and would fail again at once.
const RETRY: Duration = Duration::from_millis(100);

/// How often such an error is logged at most.
const LOG_INTERVAL: Duration = Duration::from_secs(1);

/// The accepting end of a TCP listener.
#[derive(Debug)]
pub(super) struct Acceptor {
    listener: TcpListener,
    /// When it may be tried again.
    retry_at: Option<Instant>,
    logged_at: Option<Instant>,
}

/// A connection could not be accepted. It waits, and is accepted once there is room.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct NoRoom;

impl Acceptor {
    pub(super) fn new(listener: TcpListener) -> Self {
        Self { listener, retry_at: None, logged_at: None }
    }

    /// Returns the next connection. Cancel safe: the wait after an error continues with the next call.
    pub(super) async fn accept(&mut self) -> Result<(TcpStream, SocketAddr), NoRoom> {
        if let Some(at) = self.retry_at {
            tokio::time::sleep_until(at).await;
            self.retry_at = None;
        }
        loop {
            match self.listener.accept().await {
                Ok(accepted) => return Ok(accepted),
                Err(error) if is_of_one_connection(&error) => {}
                Err(error) => {
                    self.note(&error);
                    return Err(NoRoom);
                }
            }
        }
    }

    fn note(&mut self, error: &io::Error) {
        let now = Instant::now();
        self.retry_at = Some(now + RETRY);
        if self.logged_at.is_none_or(|at| now >= at + LOG_INTERVAL) {
            self.logged_at = Some(now);
            tracing::warn!(%error, "a connection waits, as it cannot be accepted; more open files may help (`ulimit -n`)");
        }
    }
}

/// Returns whether an error is that of a connection that ended before it was accepted.
fn is_of_one_connection(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset, Interrupted};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset | Interrupted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn accepting_pauses_after_an_error() {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let mut acceptor = Acceptor::new(listener);
        let _client = TcpStream::connect(address).await.expect("connected");
        let too_many = io::Error::from_raw_os_error(nix::libc::EMFILE);
        assert!(!is_of_one_connection(&too_many));
        acceptor.note(&too_many);
        let began = Instant::now();
        let logged_at = acceptor.logged_at;
        // As in a `select!` whose other branches are ready.
        for _ in 0..9 {
            let asked = tokio::time::timeout(RETRY / 10, acceptor.accept()).await;
            assert!(asked.is_err(), "it is tried again at once");
        }
        acceptor.note(&too_many);
        assert_eq!(acceptor.logged_at, logged_at, "it is logged each time");
        assert!(acceptor.accept().await.is_ok());
        assert!(began.elapsed() >= RETRY, "{:?}", began.elapsed());
    }
}
