//! The middle of precall: what a run says while it runs. The runner emits [`RunEvent`]s; the recorder and every report
//! are consumers. Plain data that is written to files: fields are only ever added.

mod case;
mod recording;
mod run;

pub use case::{Attempt, BuildInfo, CasePhase, CaseResult, ConsoleLine, MeasuredLink, MeasuredNetwork, PlatformInfo};
pub use recording::{CaseSeries, Recording, RtcSecond};
pub(crate) use run::timestamp;
pub use run::{CaseSummary, Emitted, Environment, Events, RunEvent, RunInfo, RunResult, SCHEMA_VERSION};
