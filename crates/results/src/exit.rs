//! Exit codes.

/// The exit code of the process.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum Exit {
    /// Every case passed.
    Passed = 0,
    /// At least one case failed, hung or raised an error, or something regressed.
    Failed = 1,
    /// The command line was wrong, or the credentials were missing or refused.
    Usage = 2,
    /// The scenario file was wrong.
    Scenario = 3,
    /// precall could not measure: no browser, no SDK, a port taken, a starved host.
    Infrastructure = 4,
    /// Interrupted by Ctrl-C or SIGTERM.
    Interrupted = 130,
}

/// The table shown at the end of `--help`.
pub const EXIT_CODES_HELP: &str = "\
Exit codes:
  0    every case passed, nothing regressed
  1    a case failed, hung or raised an error, or a figure regressed
  2    the command line is wrong, or credentials are missing or refused
  3    the scenario file is wrong
  4    could not measure: infrastructure missing or broken, or a result is inconclusive
  130  interrupted";

impl Exit {
    /// The exit code of two parts of one job: what a CI job must look at first.
    pub fn worst(self, other: Self) -> Self {
        let order = [Self::Interrupted, Self::Usage, Self::Scenario, Self::Failed, Self::Infrastructure];
        order.into_iter().find(|exit| [self, other].contains(exit)).unwrap_or(Self::Passed)
    }
}

impl From<Exit> for std::process::ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}
