//! The catalogue of networks as tables.

use precall_report::terminal::{NetworkRow, NetworkTable, View, networks};
use precall_scenario::{NamedNetwork, NetworkGroup};

/// Returns the networks in a table for each group, with advice on which to take.
pub fn networks_text(catalogue: &[NamedNetwork], view: View) -> String {
    let of_group = |group: NetworkGroup| NetworkTable {
        caption: format!("{}. {}", group.title(), group.advice()),
        rows: catalogue.iter().filter(|network| network.group == group).map(row).collect(),
    };
    let usage = "A case takes one with network.profile = \"3g\"; keys beside it win.\n\
                 `precall networks 3g` prints one as TOML, to be changed; `-v` adds the sources.";
    networks(&NetworkGroup::ALL.map(of_group), usage, view)
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
    use precall_scenario::{catalogue, named_network};

    #[test]
    fn the_catalogue_in_tables() {
        insta::assert_snapshot!(networks_text(&catalogue(), View::plain(80)));
    }

    #[test]
    fn tables_fit_every_width() {
        let words = |text: &str| {
            let words = text.split_whitespace().map(|word| word.trim_end_matches(':').to_owned());
            words.collect::<std::collections::BTreeSet<_>>()
        };
        let is_line = |word: &str| word.starts_with(['─', '═']);
        let known = words(&networks_text(&catalogue(), View::detailed(600)));
        for width in 60..=200 {
            let text = networks_text(&catalogue(), View::detailed(width));
            assert!(text.lines().all(|line| line.chars().count() <= width), "{width}\n{text}");
            let broken: Vec<_> = words(&text).difference(&known).filter(|word| !is_line(word)).cloned().collect();
            assert!(broken.is_empty(), "{broken:?} at {width}\n{text}");
        }
    }

    #[test]
    fn verbose_tables_have_sources() {
        let text = networks_text(&catalogue(), View::detailed(120));
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
