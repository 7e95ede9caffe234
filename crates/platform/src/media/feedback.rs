//! The result of a subscriber's input.

use str0m::media::KeyframeRequestKind;

use super::fallback::FallbackChange;

/// The result of a subscriber's input.
#[derive(Default)]
pub(super) struct Feedback {
    /// ICE and DTLS came up.
    pub connected: bool,
    /// A frame of this layer is wanted that can be decoded on its own.
    pub keyframe: Option<(KeyframeRequestKind, usize)>,
    /// The downlink's estimate is another than before, and with it perhaps what the publisher may send.
    pub new_limit: bool,
    /// The change of its video to notify the client of.
    pub fallback: Option<FallbackChange>,
}
