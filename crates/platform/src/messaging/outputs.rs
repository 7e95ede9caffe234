//! The queue of a session's outputs.

use std::collections::VecDeque;

use bytes::Bytes;

use super::output::{Activity, Close, Output};
use super::socket_id::SocketId;
use crate::media::MediaRequest;

/// The outputs that wait to be polled, in order.
#[derive(Debug, Default)]
pub(super) struct Outputs(VecDeque<Output>);

impl Outputs {
    /// Returns the next output.
    pub(super) fn poll(&mut self) -> Option<Output> {
        self.0.pop_front()
    }

    /// Sends a frame on a socket.
    pub(super) fn send(&mut self, socket: SocketId, frame: Bytes) {
        self.0.push_back(Output::Send { socket, frame });
    }

    /// Closes a socket.
    pub(super) fn close(&mut self, socket: SocketId, close: Close) {
        self.0.push_back(Output::Close { socket, close });
    }

    /// Makes a request to the media router.
    pub(super) fn request_media(&mut self, request: MediaRequest) {
        self.0.push_back(Output::Media(request));
    }

    /// Reports an activity to the owner of the platform.
    pub(super) fn report(&mut self, activity: Activity) {
        self.0.push_back(Output::Activity(activity));
    }
}
