//! Renames deprecated keys. precall still reads the old names, and warns about them.

use super::node::{Node, NodeValue, Table};
use super::problems::Problems;
use super::renamed_key::RENAMED;

/// Gives deprecated keys of a file their new names, except in matrices, and records their places. This happens before
/// tables are merged, so that one file can use the old name and another the new one.
pub(super) fn rename(root: &mut Node, problems: &mut Problems) {
    let NodeValue::Table(table) = &mut root.value else { return };
    rename_in(table, problems);
    let Some((_, cases)) = table.get_mut("case") else { return };
    let cases = match &mut cases.value {
        NodeValue::Array(cases) => cases.as_mut_slice(),
        _ => std::slice::from_mut(cases),
    };
    for case in cases {
        if let NodeValue::Table(case) = &mut case.value {
            rename_in(case, problems);
        }
    }
}

fn rename_in(table: &mut Table, problems: &mut Problems) {
    for key in &RENAMED {
        let Some((_, Node { value: NodeValue::Table(keys), .. })) = table.get_mut(key.table) else { continue };
        let Some((span, value)) = keys.remove(key.old) else { continue };
        problems.deprecate(&span, key);
        if keys.contains_key(key.new) {
            let message =
                format!("`{0}.{1}` is the old name of `{0}.{2}`, and both are here", key.table, key.old, key.new);
            problems.add(&span, message, "one too many", format!("remove `{}`", key.old));
            continue;
        }
        let value = key.current_value(&value);
        keys.insert(key.new.to_owned(), (span, value));
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use crate::{Access, PlatformSpec, Scenario, parse};

    fn read(text: &str) -> Scenario {
        parse(text, Path::new("test.toml")).unwrap_or_else(|error| panic!("{error}"))
    }

    const OLD: &str = "[platform]\nway = \"direct\"\n[network]\napply = \"cdp\"\nrate = \"1 Mbit/s\"\n\
                       [[case]]\nname = \"a\"\n[[case]]\nname = \"b\"\nplatform.way = \"proxy-url\"\nnetwork.apply = \"link\"\n";

    #[test]
    fn old_files_read_the_same() {
        let new = OLD
            .replace("way = \"direct\"", "access = \"intercept\"")
            .replace("way = \"proxy-url\"", "access = \"ip-proxy\"")
            .replace("apply = \"cdp\"", "backend = \"devtools\"")
            .replace("apply = \"link\"", "backend = \"link\"");
        let (old, new) = (read(OLD), read(&new));
        let without_places = |scenario: &Scenario| {
            let cases = scenario.cases.iter().cloned();
            cases.map(|case| crate::CaseSpec { places: crate::Places::default(), ..case }).collect::<Vec<_>>()
        };
        assert_eq!(without_places(&old), without_places(&new));
        assert!(new.deprecated.is_empty());
        let warnings: Vec<_> = old.deprecated.iter().map(|key| format!("{}: {key}", key.place.line)).collect();
        assert_eq!(
            warnings,
            [
                "2: deprecated key `platform.way`: write `platform.access`, with \"ip-proxy\" in place of \"proxy-url\" and \
                 \"intercept\" in place of \"direct\"",
                "4: deprecated key `network.apply`: write `network.backend`, with \"devtools\" in place of \"cdp\"",
                "10: deprecated key `platform.way`: write `platform.access`, with \"ip-proxy\" in place of \"proxy-url\" and \
                 \"intercept\" in place of \"direct\"",
                "11: deprecated key `network.apply`: write `network.backend`, with \"devtools\" in place of \"cdp\"",
            ]
        );
    }

    /// Baselines and unfinished runs have the old ids.
    #[test]
    fn axes_keep_their_old_ids() {
        let scenario = read(
            "[platform]\naccess = \"ip-proxy\"\n[matrix]\nplatform.way = [\"proxy-url\", \"direct\"]\n\
             [[matrix.include]]\nplatform.way = \"direct\"\nrepeat = 2\n[[matrix.exclude]]\nplatform.access = \"ip-proxy\"",
        );
        let ids: Vec<_> = scenario.cases.iter().map(|case| (&*case.axes[0].name, &*case.axes[0].value)).collect();
        assert_eq!(ids, [("way", "direct"), ("way", "direct")]);
        for case in &scenario.cases {
            let PlatformSpec::Embedded(platform) = &case.platform else { panic!("{case:?}") };
            assert_eq!(platform.access, Access::Intercept);
        }
        assert_eq!(scenario.deprecated.len(), 2);
    }

    #[test]
    fn both_names_in_one_table_are_refused() {
        let text = "[[case]]\nname = \"a\"\nplatform = { way = \"direct\", access = \"intercept\" }";
        let error = parse(text, Path::new("test.toml")).expect_err("both").to_string();
        assert!(error.contains("`platform.way` is the old name of `platform.access`"), "{error}");
    }
}
