//! The oracle: MOS, loss, bitrate and recommendation recomputed from raw samples, independent of the page. Pure.

mod sample;

pub use sample::{
    AudioCounters, AudioQuality, ConnectivityResult, FailedTest, NamedError, Phase, QualityResult, Sample,
    VideoCounters, VideoQuality,
};
