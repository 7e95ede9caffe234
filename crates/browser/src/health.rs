//! Whether a browser still answers.

use std::fmt::Display;
use std::future::Future;
use std::time::Duration;

use tokio::sync::watch;

use super::error::BrowserError;

/// How long a DevTools command may take. None of those that precall sends takes long on a host that works.
pub(super) const COMMAND_LIMIT: Duration = Duration::from_secs(20);

/// Whether the browser is still connected. Clones observe the same browser.
#[derive(Clone)]
pub(super) struct Health {
    /// The reason why the connection ended. `None` while it lasts.
    gone: watch::Receiver<Option<String>>,
}

impl Health {
    /// Returns the health of a connection, and the sender that reports its end.
    pub(crate) fn new() -> (watch::Sender<Option<String>>, Self) {
        let (sender, gone) = watch::channel(None);
        (sender, Self { gone })
    }

    /// Returns whether the connection has ended.
    pub(crate) fn is_gone(&self) -> bool {
        self.gone.borrow().is_some()
    }

    /// Waits for the answer to a command. Stops waiting when the browser is gone or the time is over.
    pub(crate) async fn call<T, E: Display>(
        &self,
        command: &'static str,
        answer: impl Future<Output = Result<T, E>>,
    ) -> Result<T, BrowserError> {
        tokio::select! {
            answer = answer => answer.map_err(|error| BrowserError::Refused { command, reason: error.to_string() }),
            reason = self.clone().gone() => Err(BrowserError::Gone(reason)),
            () = tokio::time::sleep(COMMAND_LIMIT) => Err(BrowserError::Timeout { command, limit: COMMAND_LIMIT }),
        }
    }

    /// Waits until the browser is gone, and returns the reason.
    pub(crate) async fn gone(mut self) -> String {
        match self.gone.wait_for(Option::is_some).await {
            Ok(reason) => reason.clone().unwrap_or_default(),
            Err(_) => "its connection ended".to_owned(),
        }
    }
}
