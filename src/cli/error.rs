//! Errors of jobs on the command line: their text and their exit code.

use crate::job::{ErrorClass, JobError};
use crate::show::error_text;
use precall_results::Exit;
use precall_support::output::eprint;

/// Prints an error on standard error.
pub(super) fn show(error: &JobError) {
    eprint(error_text(error));
}

/// The exit code of an error.
pub(super) fn exit(error: &JobError) -> Exit {
    match error.class() {
        ErrorClass::Usage => Exit::Usage,
        ErrorClass::Scenario => Exit::Scenario,
        ErrorClass::Infrastructure => Exit::Infrastructure,
        ErrorClass::Interrupted => Exit::Interrupted,
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::record::{BaselineError, LeftRun, RunDirectory, read_baseline, read_results};

    /// The causes are real errors; their texts name no option, as other front ends show them, too.
    #[test]
    fn errors_of_recorded_runs_have_a_remedy_and_an_exit_code() {
        let base = tempfile::tempdir().expect("a directory");
        let path = base.path();
        let unwritable = || RunDirectory::create(Path::new("/proc/no"), "demo", "2026").expect_err("unwritable");
        let taken = BaselineError::Exists { name: "main".to_owned(), path: path.to_owned() };
        let ended = JobError::Recording { run: "runs/x".into(), error: Box::new(unwritable()) };
        let cases: [(JobError, Exit, &[&str]); 6] = [
            (read_results(&path.join("no")).expect_err("missing").into(), Exit::Usage, &["name a run that is over"]),
            (LeftRun::read(path).expect_err("no run").into(), Exit::Usage, &["name one that `precall run` made"]),
            (
                read_baseline(path, "main").expect_err("missing").into(),
                Exit::Usage,
                &["`precall baseline save RUN NAME`"],
            ),
            (taken.into(), Exit::Usage, &["`precall baseline accept`"]),
            (unwritable().into(), Exit::Infrastructure, &["the disk has room", "--output"]),
            (ended, Exit::Infrastructure, &["--output", "`precall run --resume runs/x`"]),
        ];
        for (error, code, remedies) in cases {
            let text = error_text(&error);
            assert_eq!(exit(&error), code, "{text}");
            assert!(remedies.iter().all(|remedy| text.contains(remedy)), "{text}");
            assert!(!error.to_string().contains("--") && !error.to_string().contains("`precall"), "{error}");
        }
    }
}
