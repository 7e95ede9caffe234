//! Cases on a platform elsewhere: here `precall platform` as a process of its own, which is asked as the cloud would
//! be.

use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

use crate::common::platform::{Running, start};
use crate::common::{Workspace, case, said};
use precall::cloud::{Account, CloudClient, CloudError, SessionCredentials, resolve_account_in};
use precall::sdk::cache_directory;
use precall_browser::locate_chrome;
use precall_platform::credentials::RsaKeyPair;
use precall_scenario::{CloudKind, CloudSpec};
use serde_json::Value;

const APPLICATION: &str = "0a1b2c3d-0000-4000-8000-000000000000";

/// Credentials of the environment that the tests themselves run in must not decide anything.
const VARIABLES: [&str; 9] = [
    "PRECALL_API_KEY",
    "PRECALL_API_SECRET",
    "PRECALL_APPLICATION_ID",
    "PRECALL_PRIVATE_KEY",
    "PRECALL_PRIVATE_KEY_FILE",
    "PRECALL_SESSION_ID",
    "PRECALL_TOKEN",
    "PRECALL_API_URL",
    "PRECALL_PROXY_URL",
];

/// A platform with a project and an application, whose key is in `private.key`; pages of `origin` may use it.
fn platform(workspace: &Workspace, origin: &str) -> Running {
    start(workspace, &["--application-id", APPLICATION, "--private-key-file", "private.key", "--allow-origin", origin])
}

fn account(kind: CloudKind, api_url: &str, variables: &[(&str, &str)]) -> Account {
    let cloud = CloudSpec { kind, api_url: api_url.to_owned(), proxy_url: None, credentials_file: None };
    let variables = [variables, &[("PRECALL_API_URL", api_url)]].concat();
    resolve_account_in(&cloud, |name| {
        variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
    })
    .expect("credentials")
}

async fn admit(account: &Account) -> Result<SessionCredentials, CloudError> {
    CloudClient::new().expect("a client").admit(account).await
}

#[tokio::test]
async fn each_kind_creates_a_session_and_signs_a_token_for_it() {
    let workspace = Workspace::new();
    let running = platform(&workspace, "http://127.0.0.1:1");
    let (url, secret) = (running.text("apiUrl"), running.text("apiSecret"));
    let pem = std::fs::read_to_string(workspace.path().join("private.key")).expect("a key");
    let opentok = [("PRECALL_API_KEY", "100"), ("PRECALL_API_SECRET", secret.as_str())];
    let vonage = [("PRECALL_APPLICATION_ID", APPLICATION), ("PRECALL_PRIVATE_KEY", pem.as_str())];
    for (kind, variables, key) in [(CloudKind::OpenTok, opentok, "100"), (CloudKind::Vonage, vonage, APPLICATION)] {
        let account = account(kind, &url, &variables);
        let (first, second) = (admit(&account).await.expect("a session"), admit(&account).await.expect("a session"));
        assert_ne!(first.session_id, second.session_id);
        assert_eq!(first.api_key, key);
        // The platform lets the token's bearer in: it describes the session, and names no error.
        let path = format!("GET /anvil.opentok.com/session/{}", first.session_id);
        let answer = running.ask(&path, &[("X-TB-TOKEN-AUTH", first.token.expose())]);
        assert!(answer.contains("messaging_url") && !answer.contains("error"), "{answer}");
    }
    let ready = [
        ("PRECALL_API_KEY", "100"),
        ("PRECALL_SESSION_ID", &running.text("sessionId")),
        ("PRECALL_TOKEN", &running.text("token")),
    ];
    let admission = admit(&account(CloudKind::OpenTok, &url, &ready)).await.expect("a session");
    assert_eq!(admission.session_id.as_str(), running.text("sessionId"));
    // One of its own, two of each kind, and none for a session that exists.
    let created = running.end_with_lines().into_iter().filter(|line| line.contains("session-created"));
    assert_eq!(created.count(), 5);
}

#[tokio::test]
async fn refused_credentials_are_named() {
    let workspace = Workspace::new();
    let running = platform(&workspace, "http://127.0.0.1:1");
    let (url, secret) = (running.text("apiUrl"), running.text("apiSecret"));
    let other = RsaKeyPair::generate().expect("a key").private_pem().expose().to_owned();
    let mut texts = Vec::new();
    for (kind, variables) in [
        (CloudKind::OpenTok, [("PRECALL_API_KEY", "100"), ("PRECALL_API_SECRET", "wrong")]),
        (CloudKind::OpenTok, [("PRECALL_API_KEY", "7"), ("PRECALL_API_SECRET", &secret)]),
        (CloudKind::Vonage, [("PRECALL_APPLICATION_ID", APPLICATION), ("PRECALL_PRIVATE_KEY", &other)]),
        (CloudKind::Vonage, [("PRECALL_APPLICATION_ID", "unknown"), ("PRECALL_PRIVATE_KEY", &other)]),
    ] {
        let error = admit(&account(kind, &url, &variables)).await.expect_err("refused");
        assert!(matches!(error, CloudError::Refused { status: 403, .. }), "{error}");
        texts.push(error.to_string().replace(&url, "URL"));
    }
    insta::assert_snapshot!(texts.join("\n"));
    assert_eq!(running.end(), 0);
}

/// precall without credentials of the tests' own environment.
fn precall(workspace: &Workspace, arguments: &[&str]) -> Command {
    let mut command = workspace.precall(arguments);
    for name in VARIABLES {
        command.env_remove(name);
    }
    command
}

/// Lets the command's Chrome and npm note their environments in a file before they run.
fn watched(workspace: &Workspace, command: &mut Command) {
    let chrome = locate_chrome(None, &cache_directory()).expect("a browser; run `precall browser install`").path;
    let search = std::env::var_os("PATH").unwrap_or_default();
    let npm = std::env::split_paths(&search).map(|path| path.join("npm")).find(|path| path.exists()).expect("npm");
    let (directory, file) = (workspace.path().join("bin"), workspace.path().join("environments"));
    std::fs::create_dir_all(&directory).expect("a directory");
    for (name, program) in [("chrome", chrome), ("npm", npm)] {
        let (file, program) = (file.display(), program.display());
        let script = format!("#!/bin/sh\n{{ echo {name}:; env; }} >> '{file}'\nexec '{program}' \"$@\"\n");
        let path = directory.join(name);
        std::fs::write(&path, script).expect("written");
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).expect("set");
    }
    let paths = std::iter::once(directory.clone()).chain(std::env::split_paths(&search));
    command.env("PATH", std::env::join_paths(paths).expect("paths")).arg("--chrome").arg(directory.join("chrome"));
}

/// An address that was free a moment ago: pages have to be allowed by their origin before it is listened on.
fn free_address() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.local_addr().expect("an address").to_string()
}

fn private(path: &Path, text: &str) {
    std::fs::write(path, text).expect("written");
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600)).expect("set");
}

/// Nothing written or printed holds a token, or one of these.
fn nowhere(secrets: &[&str], workspace: &Workspace, printed: &str) {
    let mut texts = vec![printed.to_owned()];
    let mut directories = vec![workspace.run_directory().expect("a run")];
    while let Some(directory) = directories.pop() {
        for entry in std::fs::read_dir(directory).expect("a directory").flatten() {
            match entry.path() {
                path if path.is_dir() => directories.push(path),
                path => texts.push(std::fs::read_to_string(path).expect("text")),
            }
        }
    }
    assert!(texts.len() > 3);
    for secret in ["T1==", "T1%3D%3D", "eyJhbGciOi", "eyJ0eXAi"].iter().chain(secrets) {
        assert!(texts.iter().all(|text| !text.contains(secret)), "{secret}");
    }
}

#[test]
fn cases_on_different_platforms_run_side_by_side_with_credentials_from_files() {
    let (workspace, address) = (Workspace::new(), free_address());
    let running = platform(&workspace, &format!("http://{address}"));
    let (url, session, token) = (running.text("apiUrl"), running.text("sessionId"), running.text("token"));
    let vonage = format!("applicationId = \"{APPLICATION}\"\nprivateKeyFile = \"private.key\"\napiUrl = \"{url}\"\n");
    private(&workspace.path().join("vonage.toml"), &vonage);
    let ready = format!("apiKey = 100\nsessionId = \"{session}\"\ntoken = \"{token}\"\nproxyUrl = \"{url}\"\n");
    private(&workspace.path().join("ready.toml"), &ready);
    let text = format!(
        r#"
        [test]
        quality = false
        [[case]]
        name = "vonage"
        sdk.package = "@vonage/client-sdk-video"
        platform = {{ kind = "vonage", apiUrl = "{url}", proxyUrl = "{url}", credentialsFile = "vonage.toml" }}
        network.delay = "30 ms"
        [[case]]
        name = "ready"
        platform = {{ kind = "opentok", apiUrl = "{url}", proxyUrl = "{url}", credentialsFile = "ready.toml" }}
        [[case]]
        name = "embedded"
        network.delay = "20 ms"
        "#
    );
    let scenario = workspace.scenario(&text);
    let output = precall(&workspace, &["run", scenario.to_str().expect("UTF-8"), "--listen", &address]).output();
    let output = output.expect("precall runs");
    let text = said(&output);
    assert_eq!(output.status.code(), Some(0), "{text}");
    let results = workspace.results();
    for (name, kind, is_applied) in
        [("vonage", "vonage", true), ("ready", "opentok", false), ("embedded", "embedded", true)]
    {
        let case = case(&results, name);
        assert_eq!(case["outcome"], "passed", "{text}");
        assert_eq!(
            (&case["platform"]["kind"], &case["network"]["applied"]),
            (&Value::from(kind), &Value::from(is_applied))
        );
    }
    assert_eq!(case(&results, "ready")["platform"]["sessionId"], session.as_str());
    // Media went there through the relay, with the network on the way.
    let links = &case(&results, "vonage")["network"]["counters"];
    assert!(links["up"]["packetsIn"].as_u64() > Some(50) && links["down"]["packetsIn"].as_u64() > Some(50), "{links}");
    nowhere(&[&running.text("apiSecret"), "PRIVATE KEY"], &workspace, &text);
    assert_eq!(running.end(), 0);
}

#[test]
fn a_scenario_gets_no_credentials_for_a_server_of_its_own() {
    let workspace = Workspace::new();
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.set_nonblocking(true).expect("set");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    let scenario = workspace
        .scenario(&format!("[[case]]\nname = \"a\"\nplatform = {{ kind = \"opentok\", apiUrl = \"{url}\" }}\n"));
    let output = precall(&workspace, &["run", scenario.to_str().expect("UTF-8")])
        .envs([("PRECALL_API_KEY", "100"), ("PRECALL_API_SECRET", "s3cret-of-the-cloud"), ("PATH", "")])
        .output()
        .expect("it runs");
    let text = said(&output);
    assert_eq!(output.status.code(), Some(2), "{text}");
    assert!(
        text.contains("are for https://api.opentok.com") && text.contains(&format!("PRECALL_API_URL={url}")),
        "{text}"
    );
    assert!(!text.contains("s3cret"), "{text}");
    // Nobody was asked anything.
    assert_eq!(listener.accept().map_err(|error| error.kind()).err(), Some(std::io::ErrorKind::WouldBlock));
}

#[test]
fn missing_credentials_are_said_before_anything_is_looked_for() {
    let workspace = Workspace::new();
    let scenario = workspace.scenario("[[case]]\nname = \"a\"\nplatform.kind = \"vonage\"\n");
    let scenario = scenario.to_str().expect("UTF-8");
    let check = precall(&workspace, &["check", scenario]).output().expect("it runs");
    assert_eq!(check.status.code(), Some(0), "{}", said(&check));
    let output = precall(&workspace, &["run", scenario]).env("PATH", "").output().expect("it runs");
    let text = said(&output);
    assert_eq!(output.status.code(), Some(2), "{text}");
    assert!(text.contains("PRECALL_APPLICATION_ID and PRECALL_PRIVATE_KEY are not in the environment"), "{text}");
    assert!(workspace.run_directory().is_none());
}

/// Other tests cover these every day.
mod nightly {
    use super::*;

    #[test]
    fn a_case_runs_elsewhere_with_credentials_from_the_environment() {
        let (workspace, address) = (Workspace::new(), free_address());
        let running = platform(&workspace, &format!("http://{address}"));
        let (url, secret) = (running.text("apiUrl"), running.text("apiSecret"));
        let text = format!(
            r#"
            [test]
            quality = false
            [platform]
            kind = "opentok"
            apiUrl = "{url}"
            proxyUrl = "{url}"
            [[case]]
            name = "elsewhere"
            expect.connectivity.success = true
            "#
        );
        let scenario = workspace.scenario(&text);
        let command = |secret: &str| {
            let mut command = precall(&workspace, &["run", scenario.to_str().expect("UTF-8"), "--listen", &address]);
            command.env("PRECALL_API_KEY", "100").env("PRECALL_API_SECRET", secret).env("PRECALL_API_URL", &url);
            watched(&workspace, &mut command);
            command
        };
        let output = command(&secret).output().expect("precall runs");
        let text = said(&output);
        assert_eq!(output.status.code(), Some(0), "{text}");
        assert!(text.contains("not applied (opentok)") && text.contains("as 100 (from the environment)"), "{text}");
        let results = workspace.results();
        let case = case(&results, "elsewhere");
        assert_eq!(case["measured"]["connectivity"]["success"], true);
        assert_eq!(
            (&case["platform"]["kind"], &case["platform"]["apiUrl"]),
            (&Value::from("opentok"), &Value::from(url.as_str()))
        );
        assert_eq!(case["network"]["applied"], false);
        assert_eq!(case["network"]["counters"]["up"]["packetsIn"], 0);
        let directory = workspace.run_directory().expect("a run").join("cases/elsewhere");
        assert!(directory.join("result.json").exists() && !directory.join("link.jsonl").exists());
        nowhere(&[&secret], &workspace, &text);

        // What it started had no secret to lose.
        let environments =
            std::fs::read_to_string(workspace.path().join("environments")).expect("programs were started");
        assert!(environments.contains("PATH=") && environments.contains("chrome:") && environments.contains("npm:"));
        assert!(!environments.contains("PRECALL_API"), "{environments}");

        // A secret that is refused ends the run before anything is started. A proxy is no way to this host.
        let output = command("another secret").env("HTTP_PROXY", "http://127.0.0.1:1").output().expect("precall runs");
        let text = said(&output);
        assert_eq!(output.status.code(), Some(2), "{text}");
        assert!(text.contains("refuses the credentials") && text.contains("PRECALL_API_SECRET"), "{text}");
        assert!(!text.contains("another secret") && !text.contains("prepare"), "{text}");

        // What happened there was in the session that the result names.
        let session = case["platform"]["sessionId"].as_str().expect("an id");
        let lines = running.end_with_lines();
        assert!(lines.iter().any(|line| line.contains("\"published\"") && line.contains(session)), "{lines:#?}");
    }
}
