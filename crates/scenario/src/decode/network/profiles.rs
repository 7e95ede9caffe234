//! Decodes `[profiles.<name>]`: the named networks of the file and of the catalogue.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::LazyLock;

use super::draft::{Draft, UnknownProfile};
use crate::node::{Node, NodeValue};
use crate::problems::Problems;
use crate::suggest::suggested_value;
use crate::table::TableReader;
use precall_netem::NetworkConfig;

/// The catalogue, in the format of `[profiles]`.
pub(crate) const CATALOGUE: &str = include_str!("../../catalogue.toml");

static BUILT_IN: LazyLock<Profiles> = LazyLock::new(|| {
    // A test checks that the catalogue has no problems, so none is lost here.
    let mut problems = Problems::default();
    let root = toml_span::parse(CATALOGUE)
        .map(|tree| Node::new(tree, CATALOGUE, 0))
        .unwrap_or(Node { span: 0..0, value: NodeValue::Boolean(false) });
    let mut reader = TableReader::new("", &root, Path::new(""), &mut problems);
    Profiles(Profiles::own(&mut reader, &Profiles::default(), &mut problems))
});

/// Networks by name.
#[derive(Debug, Default)]
pub(crate) struct Profiles(BTreeMap<String, Profile>);

#[derive(Debug, Clone)]
struct Profile {
    description: String,
    source: String,
    draft: Draft,
}

/// A profile with its description.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Described {
    pub name: String,
    pub description: String,
    pub source: String,
    pub network: NetworkConfig,
}

impl Profiles {
    /// Returns the profiles of the file and of the catalogue. Profiles of the file win.
    pub(crate) fn read(reader: &mut TableReader<'_>, problems: &mut Problems) -> Self {
        let mut profiles = BUILT_IN.0.clone();
        profiles.extend(Self::own(reader, &BUILT_IN, problems));
        Self(profiles)
    }

    /// Reads the table `profiles`. A profile can be based on one in `below`.
    fn own(reader: &mut TableReader<'_>, below: &Self, problems: &mut Problems) -> BTreeMap<String, Profile> {
        let mut profiles = BTreeMap::new();
        let Some(node) = reader.get("profiles") else { return profiles };
        let NodeValue::Table(tables) = &node.value else {
            let help = "write each profile as [profiles.<name>] with the keys of [network] below it";
            problems.add(&node.span, format!("`profiles` is {}, not a table", node.kind()), "not a table", help);
            return profiles;
        };
        for (name, (_, node)) in tables {
            let mut table = TableReader::new(&format!("profiles.{name}"), node, reader.directory(), problems);
            let text = |key: &'static str, table: &mut TableReader<'_>, problems: &mut Problems| {
                table.text(key, "in words", problems).map(|(text, _)| text.to_owned()).unwrap_or_default()
            };
            let description = text("description", &mut table, problems);
            let source = text("source", &mut table, problems);
            let draft = Draft::read(&mut table, |name| below.find(name), problems);
            table.finish(problems);
            let _ = draft.clone().checked(problems);
            profiles.insert(name.clone(), Profile { description, source, draft });
        }
        profiles
    }

    /// Returns a profile, or a suggestion if there is none of that name.
    pub(super) fn find(&self, name: &str) -> Result<Draft, UnknownProfile> {
        self.0.get(name).map(|profile| profile.draft.clone()).ok_or_else(|| self.unknown(name))
    }

    fn unknown(&self, name: &str) -> UnknownProfile {
        let names: Vec<_> = self.0.keys().map(String::as_str).collect();
        let (help, meant) = suggested_value(name, &names);
        UnknownProfile { help, meant }
    }

    /// Returns the catalogue, sorted by name.
    pub(crate) fn built_in() -> Vec<Described> {
        let described = |(name, profile): (&String, &Profile)| Described {
            name: name.clone(),
            description: profile.description.clone(),
            source: profile.source.clone(),
            network: profile.draft.clone().checked(&mut Problems::default()),
        };
        BUILT_IN.0.iter().map(described).collect()
    }
}
