//! `precall networks`.

use crate::arguments::NetworksArguments;
use crate::job::JobError;
use crate::show::{networks_text, view};
use precall_results::Exit;
use precall_scenario::{catalogue, named_network};
use precall_support::output::{print, print_json};

pub(super) fn networks(arguments: &NetworksArguments) -> Result<Exit, JobError> {
    match &arguments.name {
        Some(name) => {
            let network = named_network(name).map_err(JobError::UnknownNetwork)?;
            match arguments.json {
                true => print_json(serde_json::to_string_pretty(&network)?),
                false => print(network.toml),
            }
        }
        None if arguments.json => print_json(serde_json::to_string_pretty(&catalogue())?),
        None => print(networks_text(&catalogue(), view(arguments.verbose))),
    }
    Ok(Exit::Passed)
}
