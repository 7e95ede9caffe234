//! How the code hangs together. The compiler keeps the arrows between crates; here, no two files of a crate depend on one another
//! in a circle, no type name has two meanings, and no file grows beyond what one reads at once.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use syn::visit::{self, Visit};

/// A module's path within its crate: `["media", "router"]`; empty for the root.
type Module = Vec<String>;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_path_buf()
}

/// The `src` directories of the workspace.
fn crates() -> Vec<PathBuf> {
    let crates = std::fs::read_dir(root().join("crates")).expect("crates/");
    let mut sources: Vec<_> = crates.map(|entry| entry.expect("an entry").path().join("src")).collect();
    sources.push(root().join("src"));
    sources.sort();
    sources
}

fn files(directory: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(directory).expect("a directory") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            files(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

/// The module that a file holds; `None` for the entry points of programs, which no module can use.
fn module(source: &Path, file: &Path) -> Option<Module> {
    let inner = file.strip_prefix(source).expect("below src").with_extension("");
    let mut parts: Module = inner.iter().map(|part| part.to_string_lossy().into_owned()).collect();
    match parts.last().map(String::as_str) {
        Some("main") if parts.len() == 1 => return None,
        Some("mod") => drop(parts.pop()),
        Some("lib") if parts.len() == 1 => parts.clear(),
        _ => {}
    }
    Some(parts)
}

/// The paths within its crate that a file names, in code and in `use`, without its tests.
struct Paths {
    module: Module,
    named: Vec<Module>,
}

impl Paths {
    fn add(&mut self, path: &[String]) {
        let mut base = match path.first().map(String::as_str) {
            Some("crate") => Vec::new(),
            Some("super" | "self") => self.module.clone(),
            _ => return,
        };
        for part in path {
            match part.as_str() {
                "crate" | "self" => {}
                "super" => drop(base.pop()),
                other => base.push(other.to_owned()),
            }
        }
        self.named.push(base);
    }

    fn add_tree(&mut self, tree: &syn::UseTree, mut before: Vec<String>) {
        match tree {
            syn::UseTree::Path(path) => {
                before.push(path.ident.to_string());
                self.add_tree(&path.tree, before);
            }
            syn::UseTree::Group(group) => group.items.iter().for_each(|tree| self.add_tree(tree, before.clone())),
            syn::UseTree::Name(name) => {
                before.push(name.ident.to_string());
                self.add(&before);
            }
            syn::UseTree::Rename(rename) => {
                before.push(rename.ident.to_string());
                self.add(&before);
            }
            syn::UseTree::Glob(_) => self.add(&before),
        }
    }
}

impl<'ast> Visit<'ast> for Paths {
    fn visit_item_mod(&mut self, inner: &'ast syn::ItemMod) {
        // Modules within a file, tests above all, are not files of their own.
        if inner.content.is_none() {
            visit::visit_item_mod(self, inner);
        }
    }

    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        self.add_tree(&item.tree, Vec::new());
    }

    /// `pub(super)` uses nothing.
    fn visit_visibility(&mut self, _: &'ast syn::Visibility) {}

    fn visit_path(&mut self, path: &'ast syn::Path) {
        let parts: Vec<_> = path.segments.iter().map(|segment| segment.ident.to_string()).collect();
        self.add(&parts);
        visit::visit_path(self, path);
    }
}

/// Whether a file holds tests, or what only tests use.
fn is_test(file: &Path) -> bool {
    file.iter().any(|part| part.to_string_lossy().contains("tests") || part == "testing.rs" || part == "fixture.rs")
}

/// The files of a crate, each with those that it uses. A `mod.rs` or `lib.rs` is a door: it is used for what it re-exports, and that
/// makes no arrow.
fn arrows(source: &Path) -> BTreeMap<Module, BTreeSet<Module>> {
    let mut found = Vec::new();
    files(source, &mut found);
    let texts: BTreeMap<_, _> = found
        .into_iter()
        .filter(|file| !is_test(file))
        .filter_map(|file| {
            Some((module(source, &file)?, (std::fs::read_to_string(&file).expect("a source file"), file)))
        })
        .collect();
    let is_door = |file: &Path| file.ends_with("mod.rs") || file == source.join("lib.rs");
    let parsed = texts.iter().filter(|(_, (_, file))| !is_door(file)).map(|(module, (text, file))| {
        let mut paths = Paths { module: module.clone(), named: Vec::new() };
        paths.visit_file(&syn::parse_file(text).unwrap_or_else(|error| panic!("{}: {error}", file.display())));
        let used = paths.named.into_iter().filter_map(|path| {
            let lengths = (1..=path.len()).rev();
            let target = lengths.map(|length| path[..length].to_vec()).find(|path| texts.contains_key(path))?;
            (target != *module && !is_door(&texts[&target].1)).then_some(target)
        });
        (module.clone(), used.collect())
    });
    parsed.collect()
}

/// A circle of files, if there is one: each uses the next, and the last uses the first.
fn circle(arrows: &BTreeMap<Module, BTreeSet<Module>>) -> Option<Vec<String>> {
    let mut left = arrows.clone();
    // Files that use no file that is left can be in no circle.
    // A file that is used and has no entry is a test or a door.
    let known: BTreeSet<_> = left.keys().cloned().collect();
    left.values_mut().for_each(|used| used.retain(|module| known.contains(module)));
    while let Some(free) = left.iter().find(|(_, used)| used.is_empty()).map(|(module, _)| module.clone()) {
        left.remove(&free);
        for used in left.values_mut() {
            used.remove(&free);
        }
    }
    let mut walk = vec![left.keys().next()?.clone()];
    loop {
        let next = left.get(walk.last()?)?.iter().next()?.clone();
        if let Some(start) = walk.iter().position(|module| *module == next) {
            return Some(walk[start..].iter().map(|module| module.join("::")).collect());
        }
        walk.push(next);
    }
}

#[test]
fn no_files_use_one_another_in_a_circle() {
    let circles: Vec<_> = crates()
        .iter()
        .filter_map(|source| Some(format!("{}: {}", source.display(), circle(&arrows(source))?.join(" -> "))))
        .collect();
    assert!(circles.is_empty(), "{}", circles.join("\n"));
}

/// The names of the types that a file defines, without those of its tests.
struct Types(Vec<String>);

impl<'ast> Visit<'ast> for Types {
    fn visit_item_mod(&mut self, _: &'ast syn::ItemMod) {}

    fn visit_item_struct(&mut self, item: &'ast syn::ItemStruct) {
        // What stands for a README in documentation tests is in no program.
        if !item.attrs.iter().any(|attribute| attribute.path().is_ident("cfg")) {
            self.0.push(item.ident.to_string());
        }
    }

    fn visit_item_enum(&mut self, item: &'ast syn::ItemEnum) {
        self.0.push(item.ident.to_string());
    }

    fn visit_item_trait(&mut self, item: &'ast syn::ItemTrait) {
        self.0.push(item.ident.to_string());
    }
}

#[test]
fn no_type_name_has_two_meanings() {
    let mut seen: BTreeMap<String, PathBuf> = BTreeMap::new();
    let mut twice = Vec::new();
    for source in crates() {
        let mut found = Vec::new();
        files(&source, &mut found);
        found.sort();
        for file in found.into_iter().filter(|file| !is_test(file)) {
            let mut types = Types(Vec::new());
            let text = std::fs::read_to_string(&file).expect("a source file");
            types.visit_file(&syn::parse_file(&text).unwrap_or_else(|error| panic!("{}: {error}", file.display())));
            for name in types.0 {
                if let Some(first) = seen.insert(name.clone(), file.clone()) {
                    twice.push(format!("{name}: {} and {}", first.display(), file.display()));
                }
            }
        }
    }
    assert!(seen.len() > 500 && twice.is_empty(), "{}", twice.join("\n"));
}

#[test]
fn no_file_is_longer_than_350_lines() {
    let mut found = Vec::new();
    crates().iter().for_each(|source| files(source, &mut found));
    assert!(found.len() > 400, "the sources were not found");
    let lines = |file: &PathBuf| std::fs::read_to_string(file).expect("a source file").lines().count();
    let long: Vec<_> = found.iter().filter(|file| lines(file) > 350).map(|file| file.display().to_string()).collect();
    assert!(long.is_empty(), "{}", long.join("\n"));
}
