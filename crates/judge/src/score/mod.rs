//! Scores: MOS, loss, bitrate and recommendation recomputed from raw samples, independently of the page. Pure.
//!
//! The definitions are those of the network-test module's README, "How the figures are computed"; both suites read the
//! vectors in `tests/vectors/score.json`.

mod audio_mos;
mod capacity;
mod compare;
mod number;
mod quality;
mod recommendation;
mod seconds;
mod track;
mod video_mos;
mod window;

pub(crate) use capacity::MAX_LOSS as MAX_CALL_LOSS;
pub use capacity::{CAPACITY_LADDER, Capacity, CapacityRung, capacity};
pub use compare::differences;
pub use quality::{AUDIO_SUPPORTED_MOS, TOO_LOW as BANDWIDTH_TOO_LOW, score, score_over};
pub use recommendation::{CLASSIC_TABLE, ClassicRow, LARGEST_OF_LADDER, classic_min_bitrate, classic_resolution};
pub use seconds::{SecondFigures, per_second};
pub(crate) use window::WINDOW_MS;
pub use window::window;
