//! The middle of precall: what a run says while it runs. The runner emits [`RunEvent`]s; the recorder and every report
//! are consumers. Plain data that is written to files: fields are only ever added.

mod attempts;
mod broken;
mod case;
mod monotonic;
mod recording;
mod repeats;
mod run;
mod upgrade;

pub use attempts::MeasuredAgain;
pub use case::{
    Attempt, BuildInfo, CasePhase, CaseResult, ConsoleLine, FirewallResult, MeasuredLink, MeasuredNetwork,
    PlatformInfo, Signalling,
};
pub use monotonic::Violation;
pub use recording::{CaseSeries, Recording, RtcSecond};
pub use repeats::RepeatsExpectation;
pub(crate) use run::timestamp;
pub use run::{CaseSummary, DecidedCase, Emitted, Environment, Events, RunEvent, RunInfo, RunResult, SCHEMA_VERSION};
pub use upgrade::{Answer, GateInfo, Sides, Upgrade, UpgradeCell, Worsening};
