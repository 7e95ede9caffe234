//! The named networks that are part of precall.

use serde::Serialize;

use super::decode::{CATALOGUE, Profiles};
use super::network_group::NetworkGroup;
use super::suggest::suggestion;
use precall_netem::NetworkConfig;

/// A named network.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct NamedNetwork {
    /// The value of `network.profile`.
    pub name: String,
    /// The kind of network.
    pub group: NetworkGroup,
    /// A description in one line.
    pub description: String,
    /// The source of its values, and their date.
    pub source: String,
    /// The network itself.
    pub network: NetworkConfig,
    /// The network as TOML, to be copied into a scenario.
    pub toml: String,
}

/// Returns every network of the catalogue, sorted by name.
pub fn catalogue() -> Vec<NamedNetwork> {
    let named = Profiles::built_in().into_iter().map(|profile| NamedNetwork {
        toml: section(&profile.name),
        group: NetworkGroup::of(&profile.name),
        name: profile.name,
        description: profile.description,
        source: profile.source,
        network: profile.network,
    });
    named.collect()
}

/// Returns one network of the catalogue.
///
/// # Errors
///
/// Returns a sentence with the existing names if no network has this name.
pub fn named_network(name: &str) -> Result<NamedNetwork, String> {
    let mut all = catalogue();
    match all.iter().position(|network| network.name == name) {
        Some(found) => Ok(all.swap_remove(found)),
        None => {
            let names: Vec<_> = all.iter().map(|network| network.name.as_str()).collect();
            Err(format!("there is no network {name:?}: {}", suggestion(name, &names)))
        }
    }
}

/// Returns the lines of a network in the catalogue.
fn section(name: &str) -> String {
    let header = format!("[profiles.{name}]");
    let lines = CATALOGUE.lines().skip_while(|line| *line != header);
    let lines: Vec<_> = lines
        .enumerate()
        .take_while(|(at, line)| *at == 0 || !line.starts_with("[profiles."))
        .map(|(_, l)| l)
        .collect();
    // The text after the blank line is a comment on the next networks.
    let end = lines.iter().position(|line| line.is_empty()).unwrap_or(lines.len());
    lines[..end].iter().map(|line| format!("{line}\n")).collect()
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::load::parse;

    #[test]
    fn catalogue_is_valid() {
        let cases: String = catalogue()
            .iter()
            .map(|network| format!("[[case]]\nname = \"{0}\"\nnetwork.profile = \"{0}\"\n", network.name))
            .collect();
        let scenario =
            parse(&format!("{CATALOGUE}\n{cases}"), Path::new("test.toml")).unwrap_or_else(|e| panic!("{e}"));
        assert_eq!(scenario.cases.len(), CATALOGUE.matches("\n[profiles.").count());
        for (case, network) in scenario.cases.iter().zip(catalogue()) {
            assert_eq!(case.network, network.network);
            assert!(!case.network.is_unimpaired(), "{}", case.name);
            assert!(!network.description.is_empty() && !network.source.is_empty(), "{}", network.name);
        }
    }

    #[test]
    fn text_can_be_copied_into_a_scenario() {
        for network in catalogue() {
            let own = network.toml.replace(&network.name, "own");
            let text = format!("{own}\n[[case]]\nname = \"a\"\nnetwork.profile = \"own\"");
            let scenario = parse(&text, Path::new("test.toml")).unwrap_or_else(|error| panic!("{error}"));
            assert_eq!(scenario.cases[0].network, network.network, "{text}");
        }
    }

    #[test]
    fn unknown_name_lists_existing_names() {
        let error = named_network("3gslow").expect_err("unknown");
        assert!(error.contains("did you mean `3g-slow`"), "{error}");
    }
}
