//! A part of the platform that runs as a task, and how it ended.

use std::panic::AssertUnwindSafe;

use futures::FutureExt;
use tokio::sync::watch;
use tokio_util::task::AbortOnDropHandle;

/// A task that ended although it was not stopped. The rest of the platform cannot work without it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{part} has ended: {reason}; this is a fault of precall")]
pub struct PartEnded {
    /// The name of the part, as errors have it.
    pub part: &'static str,
    /// How it ended.
    pub reason: String,
}

/// A running part. Dropped, it ends.
#[derive(Debug)]
pub(crate) struct Task {
    handle: AbortOnDropHandle<()>,
    ending: watch::Receiver<Option<PartEnded>>,
}

impl Task {
    /// Runs a part under this name.
    pub(crate) fn spawn(part: &'static str, run: impl Future<Output = ()> + Send + 'static) -> Self {
        let (sender, ending) = watch::channel(None);
        let handle = tokio::spawn(async move {
            // Nothing of the part is looked at after a panic.
            let reason = match AssertUnwindSafe(run).catch_unwind().await {
                Ok(()) => "it returned".to_owned(),
                Err(panic) => format!("it panicked: {}", message_of(panic.as_ref())),
            };
            let _ = sender.send(Some(PartEnded { part, reason }));
        });
        Self { handle: AbortOnDropHandle::new(handle), ending }
    }

    /// Ends the task at its next await.
    pub(crate) fn abort(&self) {
        self.handle.abort();
    }

    /// Waits until the task ends without having been stopped.
    pub(crate) async fn ended(&self) -> PartEnded {
        let mut ending = self.ending.clone();
        let ended = ending.wait_for(Option::is_some).await.ok().and_then(|ended| ended.clone());
        match ended {
            Some(ended) => ended,
            // The task was stopped.
            None => std::future::pending().await,
        }
    }
}

/// Returns the message of a panic.
fn message_of(panic: &(dyn std::any::Any + Send)) -> &str {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("it did not say why")
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[tokio::test]
    async fn an_unexpected_end_is_reported() {
        let task = Task::spawn("the relay", async { panic!("at {}", 7) });
        assert_eq!(
            task.ended().await.to_string(),
            "the relay has ended: it panicked: at 7; this is a fault of precall"
        );
        // A second call returns the same error.
        assert_eq!(task.ended().await.part, "the relay");
        assert_eq!(Task::spawn("the router", async {}).ended().await.reason, "it returned");
    }

    #[tokio::test(start_paused = true)]
    async fn an_expected_end_is_not_reported() {
        let task = Task::spawn("the relay", std::future::pending());
        task.abort();
        assert!(tokio::time::timeout(Duration::from_secs(60), task.ended()).await.is_err());
    }
}
