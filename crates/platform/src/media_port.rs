//! The channels between the sessions and the media router.

use tokio::sync::mpsc;

use super::media::{MediaEvent, MediaRequest};

/// The channels to a media router and back.
#[derive(Debug)]
pub struct MediaPort {
    /// Requests to the router. While it has no room, the sessions take no further input of clients.
    pub requests: mpsc::Sender<MediaRequest>,
    /// Events of the router. Their number is bounded by that of requests and of peers: a few for each request, of which
    /// a bounded number waits, and for each peer that connects or whose downlink changes.
    pub events: mpsc::UnboundedReceiver<MediaEvent>,
}
