//! Applications' servers on the embedded platform: the real server SDKs from npm and PyPI create sessions and tokens
//! that a real Chrome then uses, see its stream, signal to it, mute it and put it out.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::Duration;

use crate::common::Workspace;
use crate::common::npm_servers::{copy_files, npm_servers};
use crate::common::stage::{PageSetup, Stage, newest_opentok_js};
use crate::common::tls_front::TlsFront;
use precall_platform::credentials::{Project, RsaKeyPair};
use precall_support::secrets::Secret;
use serde_json::Value;

const LIMIT: Duration = Duration::from_secs(60);

/// PyPI's releases that are tested; npm's are in `tests/servers/package.json`.
const PYPI_OPENTOK: &str = "opentok==3.15.0";
const PYPI_VONAGE: [&str; 2] = ["vonage-video==1.6.1", "vonage-http-client==1.5.2"];

const SECRET: &str = "the secret of a test";

/// A server SDK, ready to be called.
struct Server {
    program: &'static str,
    script: PathBuf,
    environment: Vec<(&'static str, String)>,
}

impl Server {
    /// Runs a command of the script, and gives its answer.
    fn call(&self, arguments: &[&str]) -> Value {
        let mut command = Command::new(self.program);
        command.arg(&self.script).args(arguments).envs(self.environment.iter().map(|(name, value)| (name, value)));
        let output = command.output().expect("it starts");
        let text = said(&output);
        assert!(output.status.success(), "{arguments:?}: {text}");
        serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{arguments:?}: {error}: {text}"))
    }
}

fn said(output: &Output) -> String {
    crate::common::said(output)
}

/// The scripts in a directory of this test's own, with these packages of PyPI beside them, of which one is `module`.
fn pypi_servers(test: &str, module: &str, requirements: &[&str]) -> PathBuf {
    let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join(test);
    copy_files("tests/servers", &directory);
    let packages = directory.join("packages");
    if !packages.join(module).exists() {
        let mut pip = Command::new("python3");
        pip.args(["-m", "pip", "install", "--quiet", "--no-compile", "--disable-pip-version-check", "--target"])
            .arg(&packages);
        let output = pip.args(requirements).output().expect("python3 starts");
        assert!(output.status.success(), "pip install {requirements:?}: {}", said(&output));
    }
    directory
}

/// The next event of this type.
async fn next(stage: &mut Stage, kind: &str) -> Value {
    loop {
        let event = stage.payload(LIMIT).await;
        assert_ne!(event["type"], "failed", "{event}");
        if event["type"] == kind {
            return event;
        }
    }
}

/// Everything that a server does to a client.
async fn serve(project: Project, own_data: &str, server: impl FnOnce(String) -> Server) {
    let setup = PageSetup::open_for(newest_opentok_js().await, project).await;
    let server = server(setup.proxy_url.clone());
    let mut stage = Stage::open_with(setup).await;
    let created = server.call(&["create"]);
    let session = created["sessionId"].as_str().expect("a session").to_owned();
    stage.call("served", "run", created.clone()).await;
    let published = next(&mut stage, "published").await;
    assert_eq!(published["data"], own_data);
    let (stream, connection) = (published["stream"].as_str().expect("an id"), published["connection"].as_str());
    let streams = server.call(&["streams", &session]);
    assert_eq!(streams, serde_json::json!([{ "id": stream, "videoType": "camera" }]));
    server.call(&["signal", &session]);
    let signal = next(&mut stage, "signal").await;
    assert_eq!((&signal["signal"], &signal["data"]), (&Value::from("signal:greeting"), &Value::from("hello")));
    assert_eq!(signal["isFromServer"], true, "{signal}");
    server.call(&["mute", &session, stream]);
    loop {
        let changed = next(&mut stage, "changed").await;
        if changed["changedProperty"] == "hasAudio" {
            assert_eq!(changed["newValue"], false);
            break;
        }
    }
    server.call(&["disconnect", &session, connection.expect("an id")]);
    assert_eq!(next(&mut stage, "disconnected").await["reason"], "forceDisconnected");
    assert_eq!(server.call(&["streams", &session]), serde_json::json!([]));
    stage.close().await;
}

fn with_secret(program: &'static str, script: PathBuf, url: String) -> Server {
    let packages = script.parent().map(|directory| directory.join("packages").display().to_string());
    let environment = vec![
        ("API_URL", url),
        ("API_KEY", "100".to_owned()),
        ("API_SECRET", SECRET.to_owned()),
        ("PYTHONPATH", packages.unwrap_or_default()),
    ];
    Server { program, script, environment }
}

#[tokio::test(flavor = "multi_thread")]
async fn npm_opentok_serves_a_client() {
    let script = npm_servers("npm-opentok").join("opentok.js");
    let project = Project::opentok("100", Secret::new(SECRET));
    serve(project, "from=node", |url| with_secret("node", script, url)).await;
}

/// This SDK asks by HTTPS whatever it is given, so something that ends TLS stands in front of the platform.
#[tokio::test(flavor = "multi_thread")]
async fn pypi_vonage_video_is_served_behind_a_tls_front() {
    let script = pypi_servers("pypi-vonage", "vonage_video", &PYPI_VONAGE).join("vonage_server.py");
    let workspace = Workspace::new();
    let pair = RsaKeyPair::generate().expect("a key");
    let key = pair.private_pem().expose().to_owned();
    let file = workspace.path().join("key.pem");
    std::fs::write(&file, &key).expect("written");
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o600)).expect("set");
    let front = TlsFront::open(workspace.path()).await;
    let id = "0a1b2c3d-0000-4000-8000-000000000000";
    let host = front.host();
    let options = ["--allow-host", &host, "--application-id", id, "--private-key-file", "key.pem"];
    let running = crate::common::platform::start(&workspace, &options);
    front.forward_to(running.text("apiUrl").trim_start_matches("http://").parse().expect("an address"));
    let packages = script.parent().expect("a directory").join("packages").display().to_string();
    let environment = vec![
        ("VIDEO_HOST", host),
        ("APPLICATION_ID", id.to_owned()),
        ("PRIVATE_KEY", key),
        ("PYTHONPATH", packages),
        ("REQUESTS_CA_BUNDLE", front.certificate().display().to_string()),
    ];
    let server = Server { program: "python3", script, environment };
    let answer = tokio::task::spawn_blocking(move || server.call(&["everything"])).await.expect("it ends");
    let token = answer["token"].as_str().expect("a token");
    let session = answer["sessionId"].as_str().expect("a session");
    let info = running.ask(&format!("GET /anvil.opentok.com/session/{session}"), &[("X-OPENTOK-AUTH", token)]);
    assert!(info.contains("\"p2p\":{\"preference\":{\"value\":\"enabled\"}}"), "{info}");
    assert_eq!(answer["streams"], serde_json::json!([]));
    assert!(answer["archive"].as_str().is_some_and(|error| error.contains("501")), "{answer}");
    let lines = running.end_with_lines();
    let told = |part: &str| lines.iter().any(|line| line.contains(part));
    assert!(told("\"mediaMode\":\"relayed\"") && told("\"event\":\"not-provided\""), "{lines:?}");
}

/// Other tests cover these every day.
mod nightly {
    use super::*;

    #[tokio::test(flavor = "multi_thread")]
    async fn pypi_opentok_serves_a_client() {
        let script = pypi_servers("pypi-opentok", "opentok", &[PYPI_OPENTOK]).join("opentok_server.py");
        let project = Project::opentok("100", Secret::new(SECRET));
        serve(project, "from=python", |url| with_secret("python3", script, url)).await;
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn npm_vonage_video_serves_a_client() {
        let script = npm_servers("npm-vonage").join("vonage.js");
        let pair = RsaKeyPair::generate().expect("a key");
        let key = pair.private_pem().expose().to_owned();
        let id = "0a1b2c3d-0000-4000-8000-000000000000";
        serve(Project::vonage(id, pair), "from=vonage", |url| {
            let environment = vec![("API_URL", url), ("API_KEY", id.to_owned()), ("PRIVATE_KEY", key)];
            Server { program: "node", script, environment }
        })
        .await;
    }
}
