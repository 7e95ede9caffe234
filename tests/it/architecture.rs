//! How the code hangs together. The compiler keeps the arrows between crates; here, no two files of a crate depend on
//! one another in a circle, no type name has two meanings, and no file grows beyond what one reads at once.

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
    /// The names that its `use` items bring in or re-export, each with the path that it stands for.
    imported: BTreeMap<String, Module>,
}

impl Paths {
    fn of(module: &Module, text: &str, file: &Path) -> Self {
        let mut paths = Self { module: module.clone(), named: Vec::new(), imported: BTreeMap::new() };
        paths.visit_file(&syn::parse_file(text).unwrap_or_else(|error| panic!("{}: {error}", file.display())));
        paths
    }

    /// The path from the root of the crate.
    fn absolute(&self, path: &[String]) -> Module {
        let is_from_root = path.first().is_some_and(|first| first == "crate");
        let mut base = if is_from_root { Vec::new() } else { self.module.clone() };
        for part in path {
            match part.as_str() {
                "crate" | "self" => {}
                "super" => drop(base.pop()),
                other => base.push(other.to_owned()),
            }
        }
        base
    }

    fn add(&mut self, path: &[String]) {
        if path.first().is_some_and(|first| ["crate", "super", "self"].contains(&first.as_str())) {
            self.named.push(self.absolute(path));
        }
    }

    /// Adds a path of a `use` item, which may begin with a module below this one: `pub use router::Router`.
    fn import(&mut self, path: &[String], name: String) {
        self.add(path);
        self.imported.insert(name, self.absolute(path));
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
                self.import(&before, name.ident.to_string());
            }
            syn::UseTree::Rename(rename) => {
                before.push(rename.ident.to_string());
                self.import(&before, rename.rename.to_string());
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

/// The file that defines what a path names, through the re-exports on the way.
fn definition(path: &[String], files: &BTreeMap<Module, Paths>) -> Option<Module> {
    let length = (0..=path.len()).rev().find(|length| files.contains_key(&path[..*length]))?;
    let (module, rest) = path.split_at(length);
    match rest.first().and_then(|name| files[module].imported.get(name)) {
        Some(imported) => definition(&[imported, &rest[1..]].concat(), files),
        None => Some(module.to_vec()),
    }
}

/// Whether an arrow belongs to the one circle that is meant: the table of metrics says how each metric is read from the
/// results of a case, and those results name metrics.
fn is_meant(source: &Path, from: &Module, to: &Module) -> bool {
    source.ends_with("crates/results/src") && from[0] == "metric" && to[0] != "metric"
}

/// The files of a crate, each with those that define what it uses. A `mod.rs` or `lib.rs` only re-exports: what is used
/// through it is an arrow to the file that defines it.
fn arrows(source: &Path) -> BTreeMap<Module, BTreeSet<Module>> {
    let mut found = Vec::new();
    files(source, &mut found);
    let is_door = |file: &Path| file.ends_with("mod.rs") || file == source.join("lib.rs");
    let mut doors = BTreeSet::new();
    let mut parsed = BTreeMap::new();
    for file in found.into_iter().filter(|file| !is_test(file)) {
        let Some(module) = module(source, &file) else { continue };
        if is_door(&file) {
            doors.insert(module.clone());
        }
        let text = std::fs::read_to_string(&file).expect("a source file");
        parsed.insert(module.clone(), Paths::of(&module, &text, &file));
    }
    let used = |module: &Module, paths: &Paths| {
        let targets = paths.named.iter().filter_map(|path| definition(path, &parsed));
        let others = targets.filter(|target| target != module && !doors.contains(target));
        others.filter(|target| !is_meant(source, module, target)).collect()
    };
    let inner = parsed.iter().filter(|(module, _)| !doors.contains(*module));
    inner.map(|(module, paths)| (module.clone(), used(module, paths))).collect()
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

/// rustfmt wraps no comments. Examples in documentation are code, and may have long texts.
#[test]
fn no_comment_is_wider_than_120_columns() {
    let mut found = Vec::new();
    let others = ["tests", "benches"].map(|folder| root().join(folder));
    crates().iter().chain(&others).for_each(|source| files(source, &mut found));
    assert!(found.len() > 500, "the sources were not found");
    let mut wide = Vec::new();
    for file in &found {
        let mut is_example = false;
        for (number, line) in std::fs::read_to_string(file).expect("a source file").lines().enumerate() {
            let Some(comment) = line.trim_start().strip_prefix("//") else { continue };
            is_example ^= comment.contains("```");
            if !is_example && line.chars().count() > 120 {
                wide.push(format!("{}:{}", file.display(), number + 1));
            }
        }
    }
    assert!(wide.is_empty(), "{}", wide.join("\n"));
}

/// Files whose programs get precall's own variables, or that pass on an environment without them.
const PASSES_VARIABLES: [&str; 3] = [
    // precall itself.
    "src/mcp/command.rs",
    // Below a supervisor or a launcher, whose own variables were removed.
    "src/process/server_supervisor.rs",
    "crates/browser/src/launcher.rs",
];

/// They can be secrets, which no program that precall starts may read.
#[test]
fn programs_get_none_of_precalls_own_variables() {
    let mut found = Vec::new();
    crates().iter().for_each(|source| files(source, &mut found));
    found.retain(|file| {
        let text = std::fs::read_to_string(file).expect("a source file");
        let text = text.split("mod tests {").next().unwrap_or_default();
        text.contains("Command::new(") && !is_test(file) && !text.contains("remove_own_variables(")
    });
    let unexpected = |file: &&PathBuf| !PASSES_VARIABLES.iter().any(|known| file.ends_with(known));
    let wrong: Vec<_> = found.iter().filter(unexpected).map(|file| file.display().to_string()).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(found.len(), PASSES_VARIABLES.len(), "{found:?}");
}
