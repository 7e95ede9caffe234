//! The networks that precall knows by name.

use serde::Serialize;

use super::decode::{CATALOGUE, Profiles};
use super::network_group::NetworkGroup;
use super::suggest::suggestion;
use precall_netem::NetworkConfig;

/// A network with a name.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct NamedNetwork {
    /// What `network.profile` calls it.
    pub name: String,
    /// What kind of network it is.
    pub group: NetworkGroup,
    /// What it is, in a line.
    pub description: String,
    /// Where its figures come from, and of when they are.
    pub source: String,
    /// Its figures.
    pub network: NetworkConfig,
    /// The same as text, to be pasted into a scenario.
    pub toml: String,
}

/// Every network of the catalogue, in the order of their names.
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

/// One network of the catalogue.
///
/// # Errors
///
/// When there is none of the name: a sentence that says which there are.
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

/// The lines of a profile in the catalogue.
fn section(name: &str) -> String {
    let header = format!("[profiles.{name}]");
    let lines = CATALOGUE.lines().skip_while(|line| *line != header);
    let lines: Vec<_> = lines
        .enumerate()
        .take_while(|(at, line)| *at == 0 || !line.starts_with("[profiles."))
        .map(|(_, l)| l)
        .collect();
    // What follows the blank line is a remark on the next ones.
    let end = lines.iter().position(|line| line.is_empty()).unwrap_or(lines.len());
    lines[..end].iter().map(|line| format!("{line}\n")).collect()
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::load::parse;

    #[test]
    fn nothing_is_wrong_with_the_catalogue() {
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
    fn the_text_of_a_network_can_be_pasted() {
        for network in catalogue() {
            let own = network.toml.replace(&network.name, "own");
            let text = format!("{own}\n[[case]]\nname = \"a\"\nnetwork.profile = \"own\"");
            let scenario = parse(&text, Path::new("test.toml")).unwrap_or_else(|error| panic!("{error}"));
            assert_eq!(scenario.cases[0].network, network.network, "{text}");
        }
    }

    #[test]
    fn an_unknown_name_is_answered_with_those_there_are() {
        let error = named_network("3gslow").expect_err("unknown");
        assert!(error.contains("did you mean `3g-slow`"), "{error}");
    }
}
