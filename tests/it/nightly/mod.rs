//! Tests that take long: `make test-full` runs them, nightly.

mod bisect;
mod case_viewer;
#[cfg(target_os = "linux")]
mod host;
mod leaks;
mod networks;
mod npm_wrapper;
mod planted;
mod releases;
mod speech_quality;
mod webkit;
