//! The arguments of `precall serve`.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::Args;

use super::browsers::address;
use crate::serve::ServeRequest;

#[derive(Debug, Args)]
pub(in crate::cli) struct ServeArguments {
    /// The directory with the directories of the runs.
    #[arg(long, value_name = "DIR", default_value = "runs")]
    pub runs: PathBuf,
    /// The address to serve the pages on, of the loopback interface; port 0 takes a free port.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8088", value_parser = address)]
    pub listen: SocketAddr,
}

impl ServeArguments {
    /// What these arguments ask for.
    pub fn request(&self) -> ServeRequest {
        ServeRequest { runs: self.runs.clone(), listen: self.listen }
    }
}
