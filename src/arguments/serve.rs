//! The arguments of `precall serve`.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::Args;
use clap_complete::ArgValueCompleter;

use super::browsers::address;
use crate::completion;
use crate::serve::ServeRequest;
use precall_scenario::SdkSpec;

#[derive(Debug, Args)]
pub(crate) struct ServeArguments {
    /// The directory with the directories of the runs.
    #[arg(long, value_name = "DIR", default_value = "runs")]
    pub runs: PathBuf,
    /// The address to serve the pages on; port 0 takes a free port.
    ///
    /// On an address that other hosts reach, the pages need a token: that of the environment variable
    /// PRECALL_SERVE_TOKEN, or a new one, which is printed.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8088", value_parser = address)]
    pub listen: SocketAddr,
    /// Also answer requests that call this server by this name or address. May be given several times.
    #[arg(long = "allow-host", value_name = "HOST")]
    pub allow_hosts: Vec<String>,
    /// Also take forms of pages with this origin, as of a server in front that speaks HTTPS. May be given several
    /// times.
    #[arg(long = "allow-origin", value_name = "ORIGIN")]
    pub allow_origins: Vec<String>,
    /// The build of OpenTok.js that people test their lines with: a release, `latest`, or the path of a build.
    #[arg(long, value_name = "BUILD", default_value = "latest", add = ArgValueCompleter::new(completion::releases))]
    pub sdk: String,
    /// The directory with the scenarios that the pages can run.
    #[arg(long, value_name = "DIR", default_value = "scenarios")]
    pub scenarios: PathBuf,
    /// Start and stop no runs from the pages.
    #[arg(long)]
    pub read_only: bool,
    /// Let people send the reports of their tests, and keep them in this directory.
    #[arg(long, value_name = "DIR")]
    pub collect: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct FromReportArguments {
    /// The JSON of the report.
    #[arg(value_name = "FILE")]
    pub report: PathBuf,
    /// Write the scenario to this file; without it, it is printed.
    #[arg(long, short, value_name = "FILE")]
    pub output: Option<PathBuf>,
}

impl ServeArguments {
    /// What these arguments ask for.
    pub fn request(&self) -> ServeRequest {
        ServeRequest {
            runs: self.runs.clone(),
            listen: self.listen,
            allow_hosts: self.allow_hosts.clone(),
            allow_origins: self.allow_origins.clone(),
            scenarios: (!self.read_only).then(|| self.scenarios.clone()),
            sdk: sdk(&self.sdk),
            collect: self.collect.clone(),
        }
    }
}

/// Returns the build of a release or a tag; anything else is a path.
fn sdk(text: &str) -> SdkSpec {
    let is_release = text == "latest" || semver::Version::parse(text).is_ok();
    match SdkSpec::default() {
        SdkSpec::Npm { package, .. } if is_release => SdkSpec::Npm { package, version: text.to_owned() },
        _ => SdkSpec::Path(text.into()),
    }
}
