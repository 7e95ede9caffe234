//! `precall networks`.

use super::args::NetworksArguments;
use super::view::view;
use crate::job::JobError;
use precall_report::terminal::{NetworkRow, NetworkTable, View, networks as tables};
use precall_results::Exit;
use precall_scenario::{NamedNetwork, NetworkGroup, catalogue, named_network};
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
        None => print(listed(&catalogue(), view(arguments.verbose))),
    }
    Ok(Exit::Passed)
}

fn listed(catalogue: &[NamedNetwork], view: View) -> String {
    let of_group = |group: NetworkGroup| NetworkTable {
        caption: format!("{}. {}", group.title(), group.advice()),
        rows: catalogue.iter().filter(|network| network.group == group).map(row).collect(),
    };
    let usage = "A case takes one with network.profile = \"3g\"; keys beside it win.\n\
                 `precall networks 3g` prints one as TOML, to be changed; `-v` adds the sources.";
    tables(&NetworkGroup::ALL.map(of_group), usage, view)
}

fn row(network: &NamedNetwork) -> NetworkRow<'_> {
    NetworkRow {
        name: &network.name,
        description: &network.description,
        source: &network.source,
        network: &network.network,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_catalogue_in_tables() {
        insta::assert_snapshot!(listed(&catalogue(), View::plain(80)));
    }

    #[test]
    fn they_fit_every_terminal() {
        let words = |text: &str| {
            let words = text.split_whitespace().map(|word| word.trim_end_matches(':').to_owned());
            words.collect::<std::collections::BTreeSet<_>>()
        };
        let is_line = |word: &str| word.starts_with(['─', '═']);
        let known = words(&listed(&catalogue(), View::detailed(600)));
        for width in 60..=200 {
            let text = listed(&catalogue(), View::detailed(width));
            assert!(text.lines().all(|line| line.chars().count() <= width), "{width}\n{text}");
            let broken: Vec<_> = words(&text).difference(&known).filter(|word| !is_line(word)).cloned().collect();
            assert!(broken.is_empty(), "{broken:?} at {width}\n{text}");
        }
    }

    #[test]
    fn sources_are_added_where_they_are_asked_for() {
        let text = listed(&catalogue(), View::detailed(120));
        for network in catalogue() {
            let source = network.source.split(' ').next().unwrap_or_default();
            assert!(text.contains(source), "{source} in {text}");
        }
    }

    #[test]
    fn one_network_as_text() {
        insta::assert_snapshot!(named_network("satellite-leo").expect("there").toml);
    }
}
