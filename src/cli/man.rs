//! `precall man`.

use std::io;
use std::path::Path;

use clap::{Command, CommandFactory};
use clap_mangen::Man;

use crate::arguments::Arguments;
use crate::job::JobError;
use precall_results::Exit;
use precall_support::files::write_named;
use precall_support::output::println;
use precall_support::text::count;

/// Writes a page for precall and for each of its commands.
pub(super) fn man(directory: &Path) -> Result<Exit, JobError> {
    let unwritten = |path: &Path, error| JobError::Write { path: path.to_owned(), error };
    std::fs::create_dir_all(directory).map_err(|error| unwritten(directory, error))?;
    let pages = pages().map_err(|error| unwritten(directory, error))?;
    for (name, text) in &pages {
        let path = directory.join(name);
        write_named(&path, text).map_err(|error| unwritten(&path, error))?;
    }
    println(format_args!("{} in {}", count(pages.len(), "page", "pages"), directory.display()));
    Ok(Exit::Passed)
}

/// The pages with the names of their files. They are the same at each call: no page has a date.
fn pages() -> io::Result<Vec<(String, Vec<u8>)>> {
    let mut command = Arguments::command().disable_help_subcommand(true);
    command.build();
    let mut pages = Vec::new();
    add(command, &mut pages)?;
    Ok(pages)
}

fn add(command: Command, pages: &mut Vec<(String, Vec<u8>)>) -> io::Result<()> {
    for inner in command.get_subcommands().filter(|inner| !inner.is_hide_set()) {
        add(inner.clone(), pages)?;
    }
    let page = Man::new(command).manual("precall manual");
    let mut text = Vec::new();
    page.render(&mut text)?;
    pages.push((page.get_filename(), text));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_command_has_one_page() {
        let pages = pages().expect("memory");
        assert_eq!(pages, super::pages().expect("memory"));
        let names: Vec<_> = pages.iter().map(|(name, _)| name.as_str()).collect();
        for name in ["precall.1", "precall-run.1", "precall-baseline-save.1", "precall-man.1"] {
            assert!(names.contains(&name), "{name} in {names:?}");
        }
        let (_, run) = pages.iter().find(|(name, _)| name == "precall-run.1").expect("a page");
        let run = String::from_utf8_lossy(run);
        assert!(run.contains("precall\\-run") && run.contains("\\-\\-filter"), "{run}");
    }
}
