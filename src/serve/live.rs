//! News of a run as server-sent events (HTML Standard, "Server-sent events").

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Path as UrlPath, State};
use axum::response::sse::{Event, KeepAlive, Sse};
use futures::stream::{self, Stream};

use super::follow::RunFollower;
use super::pages::{PageError, Pages};
use crate::record::run_in;

/// How often the files of a run are looked at.
const INTERVAL: Duration = Duration::from_millis(500);

/// Sends news until the run is over, each message a list of them. Every connection gets all of the run from its
/// beginning: a page that lost its connection begins anew.
pub(super) async fn events(
    State(pages): State<Arc<Pages>>,
    UrlPath(name): UrlPath<String>,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, PageError> {
    let opened = tokio::task::spawn_blocking(move || {
        let directory = run_in(&pages.runs, &name)?;
        RunFollower::open(&directory).ok()
    });
    let follower = opened.await.map_err(|_| PageError::Broke)?.ok_or(PageError::NoRun)?;
    let messages = stream::unfold((follower, Duration::ZERO), |(mut follower, mut wait)| async move {
        if follower.is_over {
            return None;
        }
        loop {
            tokio::time::sleep(wait).await;
            let read = tokio::task::spawn_blocking(move || {
                let news = follower.news();
                (follower, news)
            });
            // A thread that broke has no more news.
            let (again, news) = read.await.ok()?;
            (follower, wait) = (again, INTERVAL);
            if !news.is_empty() {
                let message = Event::default().json_data(&news);
                return Some((Ok(message.unwrap_or_default()), (follower, Duration::ZERO)));
            }
        }
    });
    Ok(Sse::new(messages).keep_alive(KeepAlive::default()))
}
