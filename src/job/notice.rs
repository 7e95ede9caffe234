//! The notices of a job: what happens to it besides the events of a run.

use std::path::PathBuf;

use super::error::JobError;
use precall_judge::comparison::Placement;

/// Something that happens while a job is prepared, or between the runs of a bisection.
#[derive(Debug)]
pub enum Notice {
    /// A build was found.
    Build {
        /// `OpenTok.js` or `network test`.
        what: &'static str,
        /// The version of the build.
        version: String,
        /// The origin of the build, in words.
        source: String,
    },
    /// A remote platform accepted the credentials of the run.
    Account {
        /// The URL of the platform's API.
        api_url: String,
        /// The API key, or the application's id.
        api_key: String,
        /// The origin of the credentials, in words.
        source: String,
    },
    /// A run is resumed.
    Resumed {
        /// The run's directory.
        run: PathBuf,
        /// The number of cases that ended before.
        finished: usize,
        /// The number of all its cases.
        cases: usize,
    },
    /// Something that people should know.
    Warning(String),
    /// A bisection runs one of its two ends.
    EndRuns(String),
    /// A bisection runs the release in the middle.
    ReleaseRuns {
        /// The release that runs.
        release: String,
        /// The largest number of releases that run after it.
        left: usize,
    },
    /// A bisection has placed a release.
    ReleasePlaced {
        /// The release that was placed.
        release: String,
        /// The side on which the release is.
        found: Placement,
    },
    /// A bisection continues without a release that has no build.
    ReleaseSkipped(JobError),
    /// A bisection was interrupted during a run.
    RunInterrupted(PathBuf),
    /// All runs of a bisection are in this directory.
    RunsKept(PathBuf),
}

/// A function that takes the notices of a job.
pub type Notices<'a> = &'a (dyn Fn(Notice) + Send + Sync);
