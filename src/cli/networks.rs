//! `precall networks`.

use super::args::NetworksArguments;
use super::error::CliError;
use crate::exit::Exit;
use crate::output::{print, stdout_width};
use crate::report::terminal::{NetworkRow, networks as table};
use crate::scenario::{NamedNetwork, catalogue, named_network};

pub(super) fn networks(arguments: &NetworksArguments) -> Result<Exit, CliError> {
    match &arguments.name {
        Some(name) => {
            let network = named_network(name).map_err(|error| CliError::new(Exit::Usage, error))?;
            print(network.toml);
        }
        None => print(listed(&catalogue(), stdout_width())),
    }
    Ok(Exit::Passed)
}

fn listed(catalogue: &[NamedNetwork], width: Option<u16>) -> String {
    let rows: Vec<_> = catalogue
        .iter()
        .map(|network| NetworkRow {
            name: &network.name,
            description: &network.description,
            source: &network.source,
            network: &network.network,
        })
        .collect();
    let usage = "A case takes one with `network.profile = \"3g\"`; keys beside it win. \
                 `precall networks 3g` prints one as TOML, to be changed.";
    format!("{}\n{usage}\n", table(&rows, width))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_catalogue_in_a_table() {
        insta::assert_snapshot!(listed(&catalogue(), Some(160)));
    }

    #[test]
    fn it_fits_a_narrow_terminal() {
        let text = listed(&catalogue(), Some(80));
        let widest = text.lines().rev().skip(1).map(|line| line.chars().count()).max();
        assert!(widest.is_some_and(|widest| widest <= 80), "{text}");
    }

    #[test]
    fn one_network_as_text() {
        insta::assert_snapshot!(named_network("satellite-leo").expect("there").toml);
    }
}
