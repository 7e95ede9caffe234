//! What registries publish, and which of their releases npm's settings allow. A registry of the test's own stands for
//! those that companies have; npm is the real one.

use std::os::unix::fs::{PermissionsExt, chown};
use std::path::Path;
use std::process::Output;

use super::registry::{Publishes, Registry};
use super::{precall, script};
use crate::common::{Workspace, said};

const LATEST: &str = "[[case]]\nname = \"a\"\n";
const EXACT: &str = "[sdk]\nversion = \"2.99.0\"\n[[case]]\nname = \"a\"\n";
const LAST_TWO: &str = "[matrix]\nsdk = [\"last 2\"]\n[[case]]\nname = \"a\"\n";

/// Runs a scenario up to Chrome, which does not start: what npm has to do is done then.
fn fetch(workspace: &Workspace, scenario: &str, settings: &[(&str, &str)]) -> Output {
    let chrome = script(&workspace.path().join("bin"), "chrome", "echo Chromium 156.0.0.0; test \"$1\" = --version");
    let path = workspace.scenario(scenario);
    let mut command = precall(workspace, &["run", path.to_str().expect("UTF-8")]);
    command.env("PRECALL_CHROME", chrome).envs(settings.iter().copied()).output().expect("runs")
}

fn list(workspace: &Workspace, directory: &Path, settings: &[(&str, &str)]) -> Output {
    let path = workspace.scenario(LAST_TWO);
    let mut command = precall(workspace, &["list", path.to_str().expect("UTF-8")]);
    command.current_dir(directory).envs(settings.iter().copied()).output().expect("runs")
}

#[test]
fn a_package_is_verified_by_whatever_its_registry_publishes() {
    for (publishes, parts) in [
        (Publishes::Sha1, &["OpenTok.js 2.99.0"][..]),
        (Publishes::Shasum, &["OpenTok.js 2.99.0"]),
        (Publishes::Nothing, &["cannot be verified: the registry", "publishes neither `integrity` nor `shasum`"]),
        (
            Publishes::WrongShasum,
            &["@opentok/client@2.99.0 does not match its published integrity sha1-", "serves something else"],
        ),
    ] {
        let (workspace, registry) = (Workspace::new(), Registry::start(publishes));
        let output = fetch(&workspace, EXACT, &[("npm_config_registry", &registry.url)]);
        let said = said(&output);
        assert_eq!(output.status.code(), Some(4), "{said}");
        for part in parts {
            assert!(said.contains(part), "{part} in {said}");
        }
        assert!(parts[0].starts_with("OpenTok.js") || said.contains(&registry.url), "{said}");
        assert!(!Path::new("/tmp/precall-ran-a-script").exists(), "a script of a package ran");
    }
}

#[test]
fn releases_are_those_that_npm_would_install_by_their_age() {
    let (workspace, registry) = (Workspace::new(), Registry::start(Publishes::Sha512));
    let before = ("npm_config_before", "2024-07-01");
    let of_registry = ("npm_config_registry", registry.url.as_str());
    let latest = said(&fetch(&workspace, LATEST, &[before, of_registry]));
    assert!(latest.contains("OpenTok.js 2.98.1"), "{latest}");
    let listed = said(&list(&workspace, workspace.path(), &[before, of_registry]));
    assert!(listed.contains("a,sdk=2.98.0\na,sdk=2.98.1\n") && !listed.contains("2.99.0"), "{listed}");
    let exact = fetch(&workspace, EXACT, &[before, of_registry]);
    let text = said(&exact);
    assert_eq!(exact.status.code(), Some(4), "{text}");
    for part in ["@opentok/client 2.99.0 exists", "`before` (2024-07-01", "environment", "2.98.1, 2.98.0"] {
        assert!(text.contains(part), "{part} in {text}");
    }
    // Whether npm knows the setting hangs on its version; older ones ignore it.
    let none = list(&workspace, workspace.path(), &[("npm_config_before", "2020-01-01"), of_registry]);
    assert!(none.status.code() == Some(4) && said(&none).contains("`before`"), "{}", said(&none));
}

#[test]
fn what_a_registry_or_the_way_there_answers_is_told_with_its_address() {
    for (publishes, part) in [
        (Publishes::NoPackage, "has no package @opentok/client"),
        (Publishes::Html, "is not valid JSON"),
        (Publishes::Login, "could not fetch"),
    ] {
        let (workspace, registry) = (Workspace::new(), Registry::start(publishes));
        let output = list(&workspace, workspace.path(), &[("npm_config_@opentok:registry", &registry.url)]);
        let text = said(&output);
        assert_eq!(output.status.code(), Some(4), "{text}");
        assert!(text.contains(part) && text.contains(&registry.url), "{part} in {text}");
    }
    let workspace = Workspace::new();
    let output = list(&workspace, workspace.path(), &[("npm_config_registry", "http://me:hunter2@127.0.0.1:9/")]);
    let text = said(&output);
    assert!(text.contains("connect ECONNREFUSED 127.0.0.1:9") && !text.contains("hunter2"), "{text}");
}

#[test]
fn the_settings_of_the_project_count_and_those_of_npms_output_do_not() {
    let (workspace, registry) = (Workspace::new(), Registry::start(Publishes::Sha512));
    let project = workspace.path().join("project");
    let below = project.join("packages/deep");
    std::fs::create_dir_all(&below).expect("made");
    std::fs::write(project.join("package.json"), "{\"workspaces\":[\"packages/*\"]}").expect("written");
    let settings = "dry-run=true\njson=false\nloglevel=silent\nheading=x\nlong=true\nparseable=true\nusage=true\nglobal=true\n\
                    location=global\nworkspaces=true\nversions=true\npack-destination=/no/such\nignore-scripts=false\n";
    std::fs::write(project.join(".npmrc"), format!("registry={}\n{settings}", registry.url)).expect("written");
    let chrome = script(&workspace.path().join("bin"), "chrome", "echo Chromium 156.0.0.0; test \"$1\" = --version");
    let path = workspace.scenario(LATEST);
    let elsewhere = workspace.path().join("elsewhere");
    std::fs::create_dir_all(&elsewhere).expect("made");
    let output = precall(&workspace, &["run", path.to_str().expect("UTF-8")])
        .current_dir(&below)
        .env("PRECALL_CHROME", chrome)
        .env("npm_config_pack_destination", &elsewhere)
        .envs([("npm_config_dry_run", "true"), ("npm_config_loglevel", "silent"), ("npm_config_workspaces", "true")])
        .envs([("NPM_CONFIG_WORKSPACE", "x"), ("npm_config_global", "true"), ("npm_config_usage", "true")])
        .output()
        .expect("runs");
    let text = said(&output);
    assert!(text.contains("OpenTok.js 2.99.0 (npm @opentok/client)"), "{text}");
    assert!(registry.requests().iter().any(|path| path == "/t.tgz"), "{:?}", registry.requests());
    let left = |directory: &Path| std::fs::read_dir(directory).expect("a directory").count();
    assert_eq!((left(&elsewhere), left(&below)), (0, 0), "npm wrote where it was told to");
}

#[test]
fn the_settings_that_another_user_put_into_a_shared_directory_do_not_count() {
    if !nix::unistd::geteuid().is_root() {
        println!("skipped: only root can give a file to another user");
        return;
    }
    let (workspace, registry) = (Workspace::new(), Registry::start(Publishes::NoPackage));
    let (own, trap) = (Registry::start(Publishes::Sha512), workspace.path().join("shared"));
    let below = trap.join("mine");
    std::fs::create_dir_all(&below).expect("made");
    std::fs::set_permissions(&trap, std::fs::Permissions::from_mode(0o1777)).expect("its mode");
    for (name, text) in [
        (".npmrc", format!("registry={}\n", registry.url)),
        ("package.json", "{\"workspaces\":[\"*\",\"mine\"]}".to_owned()),
    ] {
        std::fs::write(trap.join(name), text).expect("written");
        chown(trap.join(name), Some(65_534), None).expect("root may");
    }
    // By a file, since the environment would win over the project.
    let settings = workspace.path().join("npmrc");
    std::fs::write(&settings, format!("registry={}\n", own.url)).expect("written");
    let settings = settings.to_str().expect("UTF-8");
    for (directory, temporary) in
        [(&trap, "/tmp"), (&below, "/tmp"), (&workspace.path().to_owned(), trap.to_str().expect("UTF-8"))]
    {
        let output = list(&workspace, directory, &[("npm_config_userconfig", settings), ("TMPDIR", temporary)]);
        assert!(said(&output).contains("a,sdk=2.99.0"), "{}: {}", directory.display(), said(&output));
    }
    assert_eq!(registry.requests(), [""; 0], "the other user's registry was asked");
}
