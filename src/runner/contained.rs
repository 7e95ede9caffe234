//! Tasks whose panic ends nothing but themselves.

use std::any::Any;

use tokio_util::task::AbortOnDropHandle;

/// The message of a panic that ended a task.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(super) struct TaskPanic(String);

/// Runs `task` in a task of its own, which ends with this future; returns its output.
///
/// # Errors
///
/// When the task panicked.
pub(super) async fn contained<T: Send + 'static>(
    task: impl Future<Output = T> + Send + 'static,
) -> Result<T, TaskPanic> {
    let ended = AbortOnDropHandle::new(tokio::spawn(task)).await;
    ended.map_err(|error| match error.try_into_panic() {
        Ok(payload) => TaskPanic(message(payload.as_ref())),
        Err(error) => TaskPanic(error.to_string()),
    })
}

/// The text that `panic!` was called with. `std::panic::panic_any` takes other values.
fn message(payload: &(dyn Any + Send)) -> String {
    let text = payload.downcast_ref::<&str>().map(ToString::to_string);
    text.or_else(|| payload.downcast_ref::<String>().cloned()).unwrap_or_else(|| "a panic without words".to_owned())
}
