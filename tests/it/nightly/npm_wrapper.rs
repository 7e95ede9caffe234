//! The npm packages of a release: assembled from a program, packed, installed as people install them, and run.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use crate::common::{Workspace, said};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

fn succeed(command: &mut Command) -> String {
    let output = command.output().expect("it starts");
    assert!(output.status.success(), "{command:?}: {}", said(&output));
    String::from_utf8(output.stdout).expect("UTF-8")
}

/// Installs the packages in an empty project, and returns it.
fn installed(workspace: &Workspace) -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    // The program of a release has no symbols either, and npm packs a third of the bytes.
    let program = workspace.path().join("program");
    succeed(Command::new("strip").arg("-o").arg(&program).arg(env!("CARGO_BIN_EXE_precall")));
    let platform =
        format!("linux-{}={}", if cfg!(target_arch = "aarch64") { "arm64" } else { "x64" }, program.display());
    let mut assemble = Command::new("node");
    assemble.arg(root.join("packaging/npm/assemble.js")).arg(workspace.path().join("packages")).arg(platform);
    let directories = succeed(&mut assemble);
    let project = workspace.path().join("project");
    std::fs::create_dir(&project).expect("a directory");
    std::fs::write(project.join("package.json"), "{ \"private\": true }").expect("written");
    let files: Vec<_> = directories
        .lines()
        .map(|directory| {
            let mut pack = Command::new("npm");
            pack.args(["pack", "--silent", "--pack-destination"]).arg(&project).current_dir(directory);
            project.join(succeed(&mut pack).trim())
        })
        .collect();
    succeed(Command::new("npm").args(["install", "--offline", "--no-audit"]).args(files).current_dir(&project));
    project
}

fn npx(project: &Path, arguments: &[&str]) -> Command {
    let mut npx = Command::new("npx");
    npx.args(["--no-install", "precall"]).args(arguments).current_dir(project);
    npx
}

#[test]
fn precall_runs_from_npm_with_its_exit_codes_and_signals() {
    let workspace = Workspace::new();
    let project = installed(&workspace);
    let version = succeed(&mut npx(&project, &["--version"]));
    assert!(version.starts_with(&format!("precall {}", env!("CARGO_PKG_VERSION"))), "{version}");
    let wrong = npx(&project, &["run", "no-such.toml"]).output().expect("it starts");
    assert_eq!(wrong.status.code(), Some(3), "{}", said(&wrong));

    // What npx starts: a signal for it ends precall in order.
    let mut starter = Command::new("node");
    let starter = starter.arg("node_modules/precall/bin/precall.js").arg("platform").current_dir(&project);
    let mut platform = starter.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("it starts");
    std::thread::sleep(Duration::from_secs(3));
    kill(Pid::from_raw(i32::try_from(platform.id()).expect("an id")), Signal::SIGTERM).expect("signalled");
    let code = platform.wait().expect("it ends").code();
    assert!(matches!(code, Some(0 | 130)), "{code:?}");

    std::fs::remove_dir_all(project.join("node_modules/@precall")).expect("removed");
    let missing = npx(&project, &["--version"]).output().expect("it starts");
    assert_eq!(missing.status.code(), Some(4), "{}", said(&missing));
    assert!(said(&missing).contains("error: there is no precall for linux-"), "{}", said(&missing));
}
