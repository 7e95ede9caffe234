//! The arguments of `precall new` and `precall init`.

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use clap_complete::ArgValueCompleter;

use crate::completion;
use crate::job::{CiSystem, ScenarioKind};
use precall_scenario::Selection;

/// A kind of scenario, as `precall new` calls it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum NewKind {
    /// A pre-call network test on two networks.
    Network,
    /// A call of two participants.
    Call,
    /// Your own pages with your own server.
    App,
}

#[derive(Debug, Args)]
pub(crate) struct NewArguments {
    /// What the scenario runs.
    pub kind: NewKind,
    /// The file. By default it has the name of the kind: `network.toml`, `call.toml` or `app.toml`.
    pub file: Option<PathBuf>,
    /// Replace the file if it exists.
    #[arg(long)]
    pub force: bool,
}

impl NewArguments {
    /// The kind of scenario, and its file.
    pub fn scenario(&self) -> (ScenarioKind, PathBuf) {
        let (kind, name) = match self.kind {
            NewKind::Network => (ScenarioKind::NetworkTest, "network.toml"),
            NewKind::Call => (ScenarioKind::Call, "call.toml"),
            NewKind::App => (ScenarioKind::App, "app.toml"),
        };
        (kind, self.file.as_deref().unwrap_or(Path::new(name)).to_owned())
    }
}

/// What a gate runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum GateKind {
    /// The pre-call network test.
    NetworkTest,
    /// A call of two participants.
    Call,
    /// Your own pages with your own server.
    App,
}

impl GateKind {
    pub fn kind(self) -> ScenarioKind {
        match self {
            Self::NetworkTest => ScenarioKind::NetworkTest,
            Self::Call => ScenarioKind::Call,
            Self::App => ScenarioKind::App,
        }
    }
}

/// A CI system, or none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum CiName {
    /// GitHub Actions.
    Github,
    /// GitLab CI.
    Gitlab,
    /// Jenkins.
    Jenkins,
    /// Azure Pipelines.
    Azure,
    /// CircleCI.
    Circleci,
    /// No file for a CI system.
    None,
}

impl CiName {
    pub fn system(self) -> Option<CiSystem> {
        match self {
            Self::Github => Some(CiSystem::GitHub),
            Self::Gitlab => Some(CiSystem::GitLab),
            Self::Jenkins => Some(CiSystem::Jenkins),
            Self::Azure => Some(CiSystem::Azure),
            Self::Circleci => Some(CiSystem::CircleCi),
            Self::None => None,
        }
    }
}

#[derive(Debug, Args)]
pub(crate) struct InitArguments {
    /// What the gate runs: `network-test`, `call` or `app`.
    #[arg(long, value_name = "KIND")]
    pub gate: Option<GateKind>,
    /// The release of OpenTok.js in production, and behind a comma the one that is to replace it: `2.34.2,2.35.2`.
    /// Without the second one, the newest.
    #[arg(long, value_name = "FROM[,TO]", value_parser = releases)]
    pub sdk: Option<(String, String)>,
    /// The networks, by name: `3g,wifi-hotel`; `precall networks` lists them.
    #[arg(
        long = "network",
        value_name = "NAME",
        value_delimiter = ',',
        add = ArgValueCompleter::new(completion::networks)
    )]
    pub networks: Vec<String>,
    /// The CI system that runs the gate.
    #[arg(long, value_name = "SYSTEM")]
    pub ci: Option<CiName>,
    /// Ask nothing: what no option says is as in `scenarios/upgrade-gate.toml`, and no CI system gets a file.
    #[arg(long, short)]
    pub yes: bool,
}

/// Two releases, the second of which is the newest unless it is named.
pub(crate) fn releases(text: &str) -> Result<(String, String), String> {
    let (from, to) = text.split_once(',').unwrap_or((text, "latest"));
    for release in [from, to] {
        let is_one = Selection::parse(release).is_ok() && !release.trim().is_empty();
        if !is_one {
            return Err("write two releases: `2.34.2,2.35.2`".to_owned());
        }
    }
    Ok((from.to_owned(), to.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn second_release_is_the_newest_unless_it_is_named() {
        assert_eq!(releases("2.34.2"), Ok(("2.34.2".to_owned(), "latest".to_owned())));
        assert_eq!(releases("2.34.2,2.35.2"), Ok(("2.34.2".to_owned(), "2.35.2".to_owned())));
        assert!(releases("").is_err() && releases("2.34.2,").is_err() && releases("old,new").is_err());
    }
}
