//! The script for a shell, and the answers to the questions that the script asks.

use clap::{Command, ValueEnum};
use clap_complete::CompleteEnv;
use clap_complete::env::{Elvish, EnvCompleter, Fish, Powershell, Shells, Zsh};

use super::bash::BashWords;

/// The environment variable by which a script asks precall. Its value is the name of the shell.
const VARIABLE: &str = "PRECALL_COMPLETE";

/// The name of the program in scripts. A shell looks for it where it looks for every program.
const PROGRAM: &str = "precall";

/// The shells that precall has scripts for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ShellName {
    /// Bash 4 or newer.
    Bash,
    /// Z shell.
    Zsh,
    /// Fish.
    Fish,
    /// Elvish.
    Elvish,
    /// PowerShell.
    #[value(name = "powershell")]
    PowerShell,
}

impl ShellName {
    fn completer(self) -> &'static dyn EnvCompleter {
        match self {
            Self::Bash => &BashWords,
            Self::Zsh => &Zsh,
            Self::Fish => &Fish,
            Self::Elvish => &Elvish,
            Self::PowerShell => &Powershell,
        }
    }
}

/// Returns the script that a shell loads to complete precall's command line.
pub(crate) fn registration(shell: ShellName) -> String {
    let mut script = Vec::new();
    // Writing to memory does not fail.
    let _ = shell.completer().write_registration(VARIABLE, PROGRAM, PROGRAM, PROGRAM, &mut script);
    String::from_utf8_lossy(&script).trim_start().to_owned()
}

/// Answers the question of a shell, if this process was started to do so. Prints candidates only: a shell shows what is
/// on standard error in the middle of the line that a person types.
pub(crate) fn answer(command: impl Fn() -> Command) -> bool {
    let shells: [&dyn EnvCompleter; 5] = [&BashWords, &Elvish, &Fish, &Powershell, &Zsh];
    let asked = CompleteEnv::with_factory(command).var(VARIABLE).bin(PROGRAM).shells(Shells(&shells));
    let directory = std::env::current_dir().ok();
    // An error is a shell that is not known, or a line that has nothing to complete: nothing to print in either case.
    asked.try_complete(std::env::args_os(), directory.as_deref()).unwrap_or(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_shell_has_a_script_that_asks_precall() {
        for shell in ShellName::value_variants() {
            let script = registration(*shell);
            assert!(script.contains(VARIABLE) && script.contains(PROGRAM), "{shell:?}: {script}");
            let name = shell.to_possible_value().expect("none is hidden");
            assert_eq!(shell.completer().name(), name.get_name());
        }
    }
}
