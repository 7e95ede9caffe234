//! A task whose panic ends nothing but itself.

use std::any::Any;

use tokio_util::task::AbortOnDropHandle;

/// Runs `task` in a task of its own, which ends with this future; gives what it came to, or the words of its panic.
pub(super) async fn contained<T: Send + 'static>(task: impl Future<Output = T> + Send + 'static) -> Result<T, String> {
    let ended = AbortOnDropHandle::new(tokio::spawn(task)).await;
    ended.map_err(|error| match error.try_into_panic() {
        Ok(payload) => words(payload.as_ref()),
        Err(error) => error.to_string(),
    })
}

/// What `panic!` was given: a text, unless it was called in an uncommon way.
fn words(payload: &(dyn Any + Send)) -> String {
    let text = payload.downcast_ref::<&str>().map(ToString::to_string);
    text.or_else(|| payload.downcast_ref::<String>().cloned()).unwrap_or_else(|| "a panic without words".to_owned())
}
