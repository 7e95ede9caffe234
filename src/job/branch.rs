//! The branch of the repository that a run belongs to, by which trends can be grouped.

use std::path::Path;

use precall_support::environment;
use precall_support::files::read_named;

/// The variables that name the branch of a job, the first that is set counts: precall's own, and those of GitHub
/// Actions (the source branch of a pull request first), GitLab CI, Bitbucket, CircleCI, Buildkite, Azure Pipelines and
/// Jenkins.
const VARIABLES: [&str; 10] = [
    "PRECALL_BRANCH",
    "GITHUB_HEAD_REF",
    "GITHUB_REF_NAME",
    "CI_MERGE_REQUEST_SOURCE_BRANCH_NAME",
    "CI_COMMIT_REF_NAME",
    "BITBUCKET_BRANCH",
    "CIRCLE_BRANCH",
    "BUILDKITE_BRANCH",
    "BUILD_SOURCEBRANCHNAME",
    "BRANCH_NAME",
];

/// The most bytes of a file that names a branch.
const MAX_BYTES: u64 = 4096;

/// The longest name of a branch that is recorded, in characters.
const MAX_NAME_CHARS: usize = 200;

/// Returns the branch of the CI job, or else the branch that is checked out in `directory` or above it. `None` outside
/// of both, and where no branch is checked out.
pub(super) fn branch(directory: &Path) -> Option<String> {
    let name = VARIABLES.iter().find_map(|name| environment::text(name)).or_else(|| checked_out(directory))?;
    Some(name.trim().chars().filter(|c| !c.is_control()).take(MAX_NAME_CHARS).collect())
}

/// Returns the branch that Git has checked out (gitrepository-layout(5), `HEAD`).
fn checked_out(directory: &Path) -> Option<String> {
    let git = directory.ancestors().map(|above| above.join(".git")).find(|git| git.exists())?;
    // In a linked worktree, `.git` is a file that names the directory.
    let git = match git.is_dir() {
        true => git,
        false => git.parent()?.join(text(&git)?.trim().strip_prefix("gitdir: ")?),
    };
    Some(text(&git.join("HEAD"))?.trim().strip_prefix("ref: refs/heads/")?.to_owned())
}

fn text(file: &Path) -> Option<String> {
    String::from_utf8(read_named(file, MAX_BYTES).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn branch_that_is_checked_out_is_found_from_below() {
        let base = tempfile::tempdir().expect("a directory");
        let write = |path: &str, text: &str| {
            let path = base.path().join(path);
            std::fs::create_dir_all(path.parent().expect("a parent")).expect("made");
            std::fs::write(path, text).expect("written");
        };
        write("main/.git/HEAD", "ref: refs/heads/feature/x\n");
        write("main/src/a", "");
        write("linked/.git", "gitdir: ../main/.git/worktrees/linked\n");
        write("main/.git/worktrees/linked/HEAD", "ref: refs/heads/other\n");
        write("detached/.git/HEAD", "0123456789012345678901234567890123456789\n");
        for (below, branch) in [("main/src", Some("feature/x")), ("linked", Some("other")), ("detached", None)] {
            assert_eq!(checked_out(&base.path().join(below)).as_deref(), branch, "{below}");
        }
    }
}
