//! Why a network test cannot be calibrated.

use std::path::PathBuf;

/// Why a network test cannot be calibrated: what, where, and what to do about it.
#[derive(Debug, thiserror::Error)]
pub enum CalibrationError {
    /// A run has no sweep over rates or losses.
    #[error(
        "no two cases of {} differ in the rate or the loss of their network alone; record a sweep with `precall run \
         scenarios/calibration.toml`",
        .0.display()
    )]
    NoSweep(PathBuf),
    /// The scenario cannot be read.
    #[error("could not read {}: {reason}", path.display())]
    Scenario {
        /// The scenario.
        path: PathBuf,
        /// Why not.
        reason: String,
    },
    /// The scenario extends another file, whose settings are for network tests.
    #[error(
        "{} extends another file, and its calls could not; write what it extends into it, or its networks into `[profiles]`",
        .0.display()
    )]
    Extends(PathBuf),
    /// The run of the calls keeps copies of traces below its directory, and this one is not below the scenario's.
    #[error("the trace {0} is not below the directory of the scenario; move it there, as the calls keep a copy of it")]
    TraceElsewhere(String),
    /// A trace that was there when the scenario was read cannot be read.
    #[error("could not read the trace {file}: {reason}")]
    Trace {
        /// The trace, as the scenario names it.
        file: String,
        /// Why not.
        reason: String,
    },
    /// The scenario has calls and not network tests.
    #[error(
        "{} is a scenario of calls; name one with network tests, such as scenarios/advice.toml: precall makes the calls",
        .0.display()
    )]
    OfCalls(PathBuf),
    /// A run or a file has no truth in it.
    #[error(
        "{} has no call at a size; name a run that `precall calibrate --advice` made, or a file of --save",
        .0.display()
    )]
    NoTruth(PathBuf),
    /// A file of truth cannot be read.
    #[error("{} is no table of truth: {reason}; `precall calibrate --advice FILE --save TABLE` writes one", path.display())]
    Truth {
        /// The file.
        path: PathBuf,
        /// Why not.
        reason: String,
    },
    /// The tests and the truth have no network in common.
    #[error(
        "no network of {} is in the truth; the names of cases and the axes of networks have to be the same in both",
        .0.display()
    )]
    NoNetworkInCommon(PathBuf),
}
