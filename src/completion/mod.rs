//! Completion of the command line in shells: the script that a shell loads, the answers to its questions, and the
//! values of arguments.
//!
//! The script calls precall for each press of the Tab key, so values are those of the moment: files, runs, and the axes
//! of the scenario that is on the command line. A completer that finds nothing, for whatever reason, is silent.

mod answer;
mod bash;
mod files;
mod project;
mod runs;
mod scenario;
mod values;

pub(crate) use answer::{ShellName, answer, registration};
pub(crate) use files::scenario_files;
pub(crate) use project::profiles;
pub(crate) use runs::{baseline_names, run_directories};
pub(crate) use scenario::{case_names, filters};
pub(crate) use values::{
    browsers, browsers_to_install, compared_metrics, metrics_with_numbers, minimum_effects, networks, releases,
    report_requests,
};
