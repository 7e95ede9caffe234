//! Cases in browsers that precall did not start: Chromes of the test's own, on the loopback interface.

mod gate;

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::common::tls_front::TlsFront;
use crate::common::{Workspace, said};
use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;
use precall::sdk::cache_directory;
use precall_browser::{NEEDED_ARGUMENTS, locate_chrome};
use serde_json::Value;

/// A Chrome that is somebody else's.
struct Chrome {
    child: Child,
    profile: tempfile::TempDir,
    port: u16,
    path: String,
}

impl Chrome {
    fn start(camera: &str) -> Self {
        let chrome = locate_chrome(None, &cache_directory()).expect("a browser; run `precall browser install`");
        let profile = tempfile::tempdir().expect("a directory");
        let mut command = Command::new(chrome.path);
        command.args(NEEDED_ARGUMENTS).args(["--remote-debugging-port=0", "--no-first-run", "--disable-gpu"]);
        command.arg("--disable-background-networking").arg(camera);
        command.arg(format!("--user-data-dir={}", profile.path().display()));
        if nix::unistd::geteuid().is_root() {
            command.arg("--no-sandbox");
        }
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        let child =
            command.arg("about:blank").stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("Chrome starts");
        let began = Instant::now();
        let file = profile.path().join("DevToolsActivePort");
        let (port, path) = loop {
            let text = std::fs::read_to_string(&file).unwrap_or_default();
            if let Some((port, path)) = text.trim().split_once('\n') {
                break (port.parse().expect("a port"), path.to_owned());
            }
            assert!(began.elapsed() < Duration::from_secs(30), "Chrome opens no port");
            std::thread::sleep(Duration::from_millis(50));
        };
        Self { child, profile, port, path }
    }

    fn http(&self) -> String {
        format!("http://localhost:{}", self.port)
    }

    fn web_socket(&self) -> String {
        format!("ws://127.0.0.1:{}{}", self.port, self.path)
    }

    /// The URLs of its pages, by their ids.
    fn pages(&self) -> Vec<(String, String)> {
        let mut stream = std::net::TcpStream::connect(("127.0.0.1", self.port)).expect("connected");
        let request = format!("GET /json/list HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nConnection: close\r\n\r\n", self.port);
        stream.write_all(request.as_bytes()).expect("asked");
        // Chrome leaves the connection open behind its answer.
        stream.set_read_timeout(Some(Duration::from_secs(10))).expect("set");
        let mut lines = BufReader::new(stream);
        let mut length = 0;
        loop {
            let mut line = String::new();
            lines.read_line(&mut line).expect("an answer");
            match line.trim().split_once(':') {
                Some((name, value)) if name.eq_ignore_ascii_case("content-length") => {
                    length = value.trim().parse().expect("a length");
                }
                _ if line.trim().is_empty() => break,
                _ => {}
            }
        }
        let mut list = vec![0; length];
        lines.read_exact(&mut list).expect("a list");
        let list: Value = serde_json::from_slice(&list).expect("JSON");
        let text = |page: &Value, key: &str| page[key].as_str().unwrap_or_default().to_owned();
        let pages = list.as_array().into_iter().flatten().filter(|page| page["type"] == "page");
        pages.map(|page| (text(page, "id"), text(page, "url"))).collect()
    }
}

impl Drop for Chrome {
    fn drop(&mut self) {
        let group = Pid::from_raw(i32::try_from(self.child.id()).expect("a process id"));
        let _ = killpg(group, Signal::SIGKILL);
        let _ = self.child.wait();
        let _ = &self.profile;
    }
}

const FAKE: &str = "--use-fake-device-for-media-stream=fps=30";

#[test]
fn a_killed_precall_leaves_no_page_in_a_browser_elsewhere() {
    let chrome = Chrome::start(FAKE);
    let workspace = Workspace::new();
    let path = workspace.scenario("[[case]]\nname = \"a\"");
    let mut child = workspace
        .precall(&["run", path.to_str().expect("UTF-8"), "--browser", &chrome.http()])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("precall runs");
    let until = |what: &str, is_so: &dyn Fn() -> bool| {
        let began = Instant::now();
        while !is_so() {
            assert!(began.elapsed() < Duration::from_secs(60), "{what}");
            std::thread::sleep(Duration::from_millis(100));
        }
    };
    until("no case begins", &|| workspace.run_directory().is_some_and(|run| run.join("events.jsonl").exists()));
    until("no page is opened", &|| chrome.pages().len() > 1);
    child.kill().expect("killed");
    child.wait().expect("ended");
    until("its page stays", &|| chrome.pages().len() == 1);
}

#[test]
fn a_browser_elsewhere_that_cannot_be_used_is_said() {
    let workspace = Workspace::new();
    std::fs::write(workspace.path().join("opentok.js"), "").expect("written");
    let path = workspace.scenario("[[case]]\nname = \"a\"\nsdk.path = \"opentok.js\"");
    let run = |arguments: &[&str]| {
        let mut command = workspace.precall(&["run", path.to_str().expect("UTF-8")]);
        command.args(arguments).output().expect("precall runs")
    };
    let without_camera = Chrome::start("--use-fake-device-for-media-stream=device-count=0");
    let (http, blank) = (without_camera.http(), without_camera.pages());
    for (arguments, code, part) in [
        (&["--browser", "http://127.0.0.1:1"][..], 4, "http://127.0.0.1:1 cannot be used: it does not answer"),
        (&["--browser", &http], 4, "has no camera or no microphone; start it with --use-fake-device-for-media-stream"),
        (&["--browser", "localhost:9222"], 2, "the address of a remote Chrome"),
        (&["--browser", &http, "--chrome", "x"], 2, "cannot be used with"),
        (&["--listen", "192.0.2.7:8080"], 2, "not a loopback address"),
        (&["--browser", &http, "--listen", "0.0.0.0:0"], 2, "name the one that it reaches"),
    ] {
        let output = run(arguments);
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {}", said(&output));
        assert!(said(&output).contains(part), "{part} in {}", said(&output));
    }
    assert_eq!(without_camera.pages(), blank);
    workspace.scenario("[[case]]\nname = \"a\"\nsdk.path = \"opentok.js\"\ntest.camera.frameRate = 15");
    let output = run(&["--browser", &http]);
    assert_eq!(output.status.code(), Some(2), "{}", said(&output));
    assert!(said(&output).contains("asks for a camera or a microphone of its own"), "{}", said(&output));
}

/// As in a grid: a certificate, and a token in the address, which nothing that precall prints or keeps may show.
#[tokio::test(flavor = "multi_thread")]
async fn a_browser_behind_tls_and_a_token_is_used() {
    const TOKEN: &str = "k3Jx9vQ2mZ7";
    const PASSWORD: &str = "Zq81xkCd0w";
    let chrome = Chrome::start(FAKE);
    let workspace = Workspace::new();
    let front = TlsFront::open(workspace.path()).await;
    front.forward_to(gate::open(TOKEN, ([127, 0, 0, 1], chrome.port).into()).await);
    let scenario = "[[case]]\nname = \"a\"\ntest.quality = false\nexpect.connectivity.success = true";
    let path = workspace.scenario(scenario).to_str().expect("UTF-8").to_owned();
    let run = |address: String, trusts: bool| {
        let mut command = workspace.precall(&["run", &path, "--browser", &address]);
        command.envs(trusts.then(|| ("SSL_CERT_FILE", front.certificate())));
        let output = command.output().expect("precall runs");
        (output.status.code(), said(&output))
    };
    let host = front.host();
    let web_socket = format!("wss://{host}{}?token={TOKEN}", chrome.path);
    for address in [format!("https://me:{PASSWORD}@{host}/?token={TOKEN}"), web_socket.clone()] {
        let (code, said) = tokio::task::block_in_place(|| run(address, true));
        assert_eq!(code, Some(0), "{said}");
        assert!(!said.contains(TOKEN) && !said.contains(PASSWORD), "{said}");
    }
    let kept = Command::new("grep")
        .args(["-rl", "-e", TOKEN, "-e", PASSWORD])
        .arg(workspace.path().join("runs"))
        .output()
        .expect("grep runs");
    assert_eq!(kept.status.code(), Some(1), "files with the token: {}", said(&kept));
    let refused = [
        (format!("https://{host}/?token=wrong"), true, "it refuses precall (401 Unauthorized)"),
        (format!("wss://{host}{}", chrome.path), true, "it refuses precall (401 Unauthorized)"),
        (web_socket, false, "no TLS connection to its DevTools"),
        (
            format!("https://{host}/?token={TOKEN}"),
            false,
            "check its address, and that this host trusts its certificate",
        ),
    ];
    for (address, trusts, reason) in refused {
        let (code, said) = tokio::task::block_in_place(|| run(address, trusts));
        assert_eq!(code, Some(4), "{said}");
        assert!(said.contains(reason) && said.contains(&format!("://{host}")), "{reason} in {said}");
        assert!(!said.contains(TOKEN), "{said}");
    }
}

mod alone {
    use super::*;

    #[test]
    fn cases_go_to_browsers_elsewhere_and_leave_them_as_they_were() {
        let chromes = [Chrome::start(FAKE), Chrome::start(FAKE)];
        let before = chromes.each_ref().map(Chrome::pages);
        assert!(before.iter().all(|pages| pages.len() == 1), "{before:?}");
        let workspace = Workspace::new();
        let scenario = "[expect]\nconnectivity.success = true\n[[case]]\nname = \"a\"\ntest.quality = false\nrepeat = 4\n\
                        [[case]]\nname = \"relay\"\ntest.quality = false\nplatform.relay = \"udp\"\n\
                        [[case]]\nname = \"quality\"\ntest.audioOnly = true\ntest.timeout = \"6 s\"\nexpect.audio.supported = true\n\
                        [[case]]\nname = \"denied\"\ntest.quality = false\ndevices.camera = \"denied\"\n\
                        expect.connectivity = { success = false, failedTests = \"PermissionDeniedError\" }";
        let path = workspace.scenario(scenario);
        let (http, web_socket) = (chromes[0].http(), chromes[1].web_socket());
        let arguments = ["run", path.to_str().expect("UTF-8"), "--browser", &http, "--browser", &web_socket];
        let mut child = workspace
            .precall(&arguments)
            // Another address of loopback: page and media come from the one that was given.
            .args(["--listen", "127.0.0.2:0", "--quiet"])
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("precall runs");
        let mut used = BTreeSet::new();
        while child.try_wait().expect("it can be waited for").is_none() {
            for (number, chrome) in chromes.iter().enumerate() {
                let is_ours = |(_, url): &(String, String)| url.starts_with("http://127.0.0.2:");
                if chrome.pages().iter().any(is_ours) {
                    used.insert(number);
                }
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        let output = child.wait_with_output().expect("ended");
        assert_eq!(output.status.code(), Some(0), "{}", said(&output));
        assert_eq!(workspace.results()["cases"].as_array().map(Vec::len), Some(7));
        assert_eq!(workspace.results()["run"]["slots"], 2);
        assert_eq!(used, BTreeSet::from([0, 1]), "browsers that had pages");
        // What was there is there, and nothing else.
        assert_eq!(chromes.each_ref().map(Chrome::pages), before);
    }
}
