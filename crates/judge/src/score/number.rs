//! Plausible figures of a browser's statistics.

use precall_results::VideoCounters;

/// The largest integer below which a double holds every integer exactly, 2^53 - 1.
const MAX_COUNT: f64 = 9_007_199_254_740_991.0;

/// Returns a count or a measure if it is one that W3C webrtc-stats allows: finite, not negative, and no larger than the
/// integers that a double holds exactly. Anything else counts as unknown.
pub(super) fn known(value: f64) -> Option<f64> {
    (0.0..=MAX_COUNT).contains(&value).then_some(value)
}

/// Returns a value of `packetsLost` if it is allowed. It may be negative: RFC 3550 counts duplicates against the loss.
pub(super) fn known_loss(value: f64) -> Option<f64> {
    (value.abs() <= MAX_COUNT).then_some(value)
}

/// Returns the width and the height of a stream in pixels; 0 where they are unknown.
pub(super) fn frame_size(video: &VideoCounters) -> (f64, f64) {
    let side = |side: Option<f64>| side.and_then(known).unwrap_or(0.0);
    (side(video.frame_width), side(video.frame_height))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn implausible_values_are_unknown() {
        for value in [0.0, 0.5, MAX_COUNT] {
            assert_eq!(known(value), Some(value));
        }
        for value in [f64::NAN, f64::INFINITY, -1.0, 1e308] {
            assert_eq!(known(value), None, "{value}");
        }
        assert_eq!(known_loss(-3.0), Some(-3.0));
        for value in [f64::NAN, f64::NEG_INFINITY, -1e308] {
            assert_eq!(known_loss(value), None, "{value}");
        }
    }
}
