//! The commit of a git checkout, read from its files: git need not be installed.

use std::fs::read_to_string;
use std::path::{Path, PathBuf};

/// The number of digits of a commit that are shown.
const DIGITS: usize = 12;

/// The commit of a checkout.
#[derive(Debug, PartialEq, Eq)]
pub struct Checkout {
    /// The first digits of the commit.
    pub commit: String,
    /// The files that change when the checkout gets another commit.
    pub files: Vec<PathBuf>,
}

/// Returns the commit of the checkout in this directory. `None` if it is none, as with the archive of a crate; a
/// checkout further up is that of another project.
pub fn of_checkout(root: &Path) -> Option<Checkout> {
    let own = git_directory(&root.join(".git"))?;
    // In a linked worktree the branches are in the directory that all worktrees share.
    let shared = match read_to_string(own.join("commondir")) {
        Ok(path) => own.join(path.trim()),
        Err(_) => own.clone(),
    };
    let head_file = own.join("HEAD");
    let head = read_to_string(&head_file).ok()?;
    let mut files = vec![head_file];
    let commit = match head.trim().strip_prefix("ref: ") {
        None => head,
        Some(branch) => {
            let loose = shared.join(branch);
            match read_to_string(&loose) {
                Ok(commit) => {
                    files.push(loose);
                    commit
                }
                Err(_) => {
                    let packed = shared.join("packed-refs");
                    let commit = packed_commit(&read_to_string(&packed).ok()?, branch)?;
                    // The next commit makes a file of its own for the branch, in this directory.
                    files.extend(
                        [packed].into_iter().chain(loose.parent().filter(|above| above.is_dir()).map(Path::to_owned)),
                    );
                    commit
                }
            }
        }
    };
    let commit = commit.trim();
    let is_commit = commit.len() >= 40 && commit.chars().all(|c| c.is_ascii_hexdigit());
    is_commit.then(|| Checkout { commit: commit[..DIGITS].to_owned(), files })
}

/// Returns the directory that `.git` is, or that a file of this name leads to.
fn git_directory(path: &Path) -> Option<PathBuf> {
    if path.is_dir() {
        return Some(path.to_owned());
    }
    let text = read_to_string(path).ok()?;
    let target = text.trim().strip_prefix("gitdir: ")?;
    Some(path.parent()?.join(target))
}

/// Returns the commit of a branch in `packed-refs`.
fn packed_commit(text: &str, branch: &str) -> Option<String> {
    let mut lines = text.lines().filter_map(|line| line.split_once(' '));
    lines.find(|(_, name)| *name == branch).map(|(commit, _)| commit.to_owned())
}
